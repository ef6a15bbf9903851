"""Assessments as they are kept: rows, from a beginning to an end, and the fence around the erased."""
