"""What a person may ask advice about. Sent as a body and never in an address, because goals are personal."""

from schemas.answers import occupation_code
from schemas.fields import Integer, Strict, Text

RANKINGS = ("likeness", "distance", "resilience", "openings", "wage")


class PlanQuestion(Strict):
    """How many hours a month there are to learn, for how many months."""

    hours_per_month = Integer(1, 200)
    months = Integer(1, 60)


class CounterfactualQuestion(Strict):
    """Which score, in whole points, is to be reached; without it the smallest change that could be detected."""

    target = Integer(0, 100)


class QualificationQuestion(Strict):
    """By what other occupations are ranked."""

    ranked_by = Text(10, choices=RANKINGS)


class PathQuestion(Strict):
    """To which occupation a way is looked for."""

    occupation = occupation_code(required=True)
