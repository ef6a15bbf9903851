"""Keys, sealed payloads and commitments."""
