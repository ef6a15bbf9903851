"""The keys of people: made, released by purpose, forgotten, and wrapped in the epochs of the root key."""
