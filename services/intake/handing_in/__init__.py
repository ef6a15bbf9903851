"""Hand-ins: from the bytes of a request to the record that carries them."""
