"""From the audited topics into the log: every record once, in the order of its source."""
