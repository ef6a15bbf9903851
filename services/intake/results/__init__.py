"""How an end reaches those who may have it: one feed, one delivery, many channels."""
