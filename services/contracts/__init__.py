"""Not a service: the interfaces as they are published, and what of a change would break who uses them."""
