"""Erasure: from its request to its receipt, across every store, and after a restore."""
