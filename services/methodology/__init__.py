"""The published methodology: pure data and functions, the only package that services share."""
