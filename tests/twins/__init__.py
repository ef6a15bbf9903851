"""In-memory twins of the parts that a test does without: they keep the promises of the real ones."""
