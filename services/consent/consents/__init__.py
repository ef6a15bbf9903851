"""A person's records of consent: given, withdrawn, told as linked data, and a receipt of each."""
