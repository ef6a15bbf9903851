"""Databases: one writer and many readers, migrations at start, the outbox, and traces wiped after an erasure."""
