"""Invitations: an organisation asks an employee, who fills in the form under a code."""
