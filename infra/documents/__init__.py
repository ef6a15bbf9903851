"""Documents for people, out of HTML."""
