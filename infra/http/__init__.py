"""HTTP: problem details, health, limits, tokens."""
