"""The client side of the key API: release, cache, forget."""
