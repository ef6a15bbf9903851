"""Consent ledger, key store, people's rights, erasure and its receipts."""
