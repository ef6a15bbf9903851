"""The privacy pages: what is held about a person, and every right with its clock, its result and its receipt."""
