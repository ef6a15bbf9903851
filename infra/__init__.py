"""Technical parts that know nothing of careers."""
