"""Intake's part in what consent orders: erasures, the end of single assessments, disclosures."""
