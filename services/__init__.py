"""The four services and the methodology that they share."""
