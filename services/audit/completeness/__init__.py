"""Whether anything is missing from the log: counted, and held against the broker."""
