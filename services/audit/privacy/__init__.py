"""Audit's part in what consent orders: erasures, disclosures and reviews."""
