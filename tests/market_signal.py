"""A market signal that an operator added, as tests tell it."""

SIGNAL = {
    "id": "harbour-openings",
    "statement": "Openings in harbours down 3 % on the year.",
    "publisher": "Statistical office",
    "source": "https://statistics.example/harbours",
    "date": "2026-09",
    "grade": "A",
    "primary_checked": True,
    "checked": "2026-11-20",
    "added_by": "Market desk",
}
