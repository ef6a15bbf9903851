"""Who calls for whom: organisations, their secrets and the tokens of their platforms."""
