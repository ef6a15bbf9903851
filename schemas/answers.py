"""The answers of one assessment: everything that a score may depend on, and nothing else.

There is no name, age, sex, nationality or address here, and an unknown field is refused, so no such attribute
can enter a score. What is optional and left out is not guessed: the score becomes an interval between the
bounds.

::

    {
      "as_of": "2026-11",
      "profile": "core",
      "occupations": [{"code": "15-1252.00", "share": 1000}],
      "activities": [{"id": "4.A.2.a.4.I07", "factor": 2000}],
      "skills": [
        {"id": "2.C.3.a", "level": 3, "months": 2},
        {"id": "tech.development-environment-software", "level": 4, "months": 0, "technology": "Python"}
      ],
      "knowledge": [{"id": "2.C.4.a", "level": 2}],
      "behaviours": [{"id": "ai.used", "level": 4}],
      "response": {"seconds": 540, "instructed": 2}
    }

Meaning beyond form (shares that sum to 1,000, an item asked of this occupation, an item given twice, a total
below its largest part) is checked by the methodology's ``validate``, which knows the version's tables.
"""

from typing import Any

from marshmallow import fields

from schemas.fields import Currency, Flag, Integer, Items, Line, Money, Month, OneCurrency, Strict, Text

CORE = "core"
CORE_INCOME = "core+income"
PROFILES = (CORE, CORE_INCOME)
FACTORS = (0, 500, 1000, 2000, 4000)
"""How much more or less than typical an activity takes of one's own work, per mille."""
LEVEL_MAXIMUM = 4
MONTHS_MAXIMUM = 720


def occupation_code(**kwargs: Any) -> Text:
    """An O*NET-SOC code, ``NN-NNNN.NN``."""
    right = "Must be an O*NET-SOC code, such as 15-1252.00; GET /v1/occupations?q= finds it by its title."
    return Text(10, minimum=10, pattern=r"[0-9]{2}-[0-9]{4}\.[0-9]{2}", example="15-1252.00", right=right, **kwargs)


def item_id(**kwargs: Any) -> Text:
    """The stable id of an item: an O*NET element or activity, ``tech.…``, ``ai.…`` or ``learning.…``."""
    return Text(100, pattern=r"[A-Za-z0-9][A-Za-z0-9.\-]*", example="2.C.3.a", **kwargs)


class OccupationShare(Strict):
    """An occupation and its part of working time, per mille; the shares of an assessment sum to 1,000."""

    code = occupation_code(required=True)
    share = Integer(1, 1000, required=True)


class ActivityAnswer(Strict):
    """How one activity (an IWA id of O*NET, or ``rest``) differs from typical in one's own work.

    ``occupation`` says in which occupation; it may be left out where there is only one. What is not answered
    keeps the typical factor of 1,000 per mille.
    """

    occupation = occupation_code()
    id = item_id(required=True)
    factor = Integer(0, 4000, choices=FACTORS, required=True)


class SkillAnswer(Strict):
    """Level 0 (do not have it) to 4 of a knowledge area or a technology group, and months since it was last
    refreshed.

    ``months`` may be left out at level 0 only. ``technology`` names the strongest technology of the group; it
    explains the answer and changes no score.
    """

    id = item_id(required=True)
    level = Integer(0, LEVEL_MAXIMUM, required=True)
    months = Integer(0, MONTHS_MAXIMUM)
    technology = Line(100)


class KnowledgeAnswer(Strict):
    """Level 0 to 4 of a knowledge area that only transferability asks for; each area is asked once."""

    id = item_id(required=True)
    level = Integer(0, LEVEL_MAXIMUM, required=True)


class BehaviourAnswer(Strict):
    """How often in the last three months, 0 (never, none) to 4; ``ai.…`` or ``learning.…``."""

    id = item_id(required=True)
    level = Integer(0, LEVEL_MAXIMUM, required=True)


class IncomeAnswer(OneCurrency):
    """Monthly means of the last twelve months in minor units of one currency (so currencies cannot be mixed).

    ``reserve`` is a balance; ``months_covered`` are the months of the last twelve with income at or above
    expenses; ``sources`` is their number and is not scored. A figure left out makes the profile
    ``core+income`` an interval.
    """

    currency = Currency(required=True)
    largest_source = Money()
    sources_total = Money()
    expenses = Money()
    reserve = Money()
    months_covered = Integer(0, 12)
    sources = Integer(0, 1000)


class ResponseAnswer(Strict):
    """How the form was filled in; optional, supplied with notice, never part of a score.

    ``seconds`` is the time taken, ``instructed`` the level chosen where the form asked to choose level 2
    ("monthly").
    """

    seconds = Integer(0, 604_800)
    instructed = Integer(0, LEVEL_MAXIMUM)


class Answers(Strict):
    """The answers of one assessment. ``as_of`` is the month they describe and part of the input: no clock is
    read.

    ``target`` is true for someone without work who names the occupation aimed at. ``pause_months`` (parental
    leave, illness, care; no reason is asked) are taken off the months of every skill.
    """

    as_of = Month(required=True)
    profile = Text(11, choices=PROFILES, required=True)
    occupations = Items(fields.Nested(OccupationShare), 3, minimum=1, required=True)
    target = Flag()
    activities = Items(fields.Nested(ActivityAnswer), 27)
    skills = Items(fields.Nested(SkillAnswer), 36)
    knowledge = Items(fields.Nested(KnowledgeAnswer), 12)
    behaviours = Items(fields.Nested(BehaviourAnswer), 12)
    pause_months = Integer(0, MONTHS_MAXIMUM)
    income = fields.Nested(IncomeAnswer)
    response = fields.Nested(ResponseAnswer)
