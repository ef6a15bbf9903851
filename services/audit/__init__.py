"""The Merkle log, its proofs and its verifier."""
