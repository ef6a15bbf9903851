"""Packs of evidence: what they hold, how they are made, and the single-file verifier that trusts nobody."""
