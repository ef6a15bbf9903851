"""Storage limitation: how long what is kept, what ends, and what a legal claim holds."""
