"""The requests of data subjects: each right with its path, its clock and its answer."""
