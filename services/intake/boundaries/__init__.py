"""Boundaries that organisations set: declared uses, limits, and that nothing follows from a score without a human."""
