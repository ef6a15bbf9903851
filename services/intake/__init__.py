"""The front door: people and HR platforms hand in assessments and fetch results."""
