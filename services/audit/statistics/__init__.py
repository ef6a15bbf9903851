"""Statistics over the displayed scores of those who gave their consent to them, outside of the scoring path."""
