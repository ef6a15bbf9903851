"""The transparency log itself: a Merkle tree in tiles, signed checkpoints, proofs and their verifier.

Pure where it can be: of audit's service it knows nothing.
"""
