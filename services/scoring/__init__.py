"""The batch loop: open, score, explain, seal."""
