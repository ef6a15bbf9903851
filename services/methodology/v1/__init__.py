"""Version 1 of the methodology: its definition, its integer tables and the functions that score with them."""
