"""The Merkle log, its proofs and its verifier.

From the inside out: `merkle` hashes and proves; `note`, `checkpoint`, `tiles` and `proof` write that in the
formats of C2SP; `entry` says what is logged, `canonical` how; `log` appends it to a `disk`, committed by its
`state`; `stored` reads it there and `sources` anywhere else; `verify` recomputes it, `export` hands it out,
`cli` does so by hand.
"""
