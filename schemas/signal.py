"""A market signal that an operator adds: a dated statement with its publisher and a grade of evidence."""

from schemas.fields import Flag, Line, Month, Strict, Text

GRADES = ("A", "B", "C", "D")
CHECKED = r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"


class Signal(Strict):
    """``date`` is the month it speaks of, ``checked`` the day somebody last looked; ``against`` names the signal
    that it answers. What was not read at its primary source has grade D. ``source`` is where it was read, an address
    or a citation; ``added_by`` is who answers for it, a role or a name, and is told to everybody.
    """

    id = Text(60, pattern=r"[a-z0-9][a-z0-9\-]*", example="software-openings", required=True)
    statement = Line(300, required=True)
    publisher = Line(200, required=True)
    source = Line(500, required=True)
    date = Month(required=True)
    grade = Text(1, choices=GRADES, required=True)
    primary_checked = Flag(required=True)
    against = Text(60, pattern=r"[a-z0-9][a-z0-9\-]*")
    checked = Text(10, minimum=10, pattern=CHECKED, example="2026-11-23", required=True)
    added_by = Line(100, required=True)
