"""What scoring emits: ``Deliverable``, ``Detail`` and ``Trail``, each sealed for another circle of readers.

``Deliverable`` is exactly what an employer may get: the ``core`` score, its band and its dimensions. ``Detail``
holds the reasons of ``core`` down to the items; with it the person's ``Result`` is whole again. ``Trail`` holds all
that reproduces the decision, ``core+income`` included.

Units: a *unit* is 10⁻⁸ of a point, so scores run from 0 to 10¹⁰ and are exact. A dimension's ``value`` and an
item's ``value`` are parts of 10⁸ and of 10⁴. Where something was left unanswered ``low`` and ``high`` differ,
and the truth lies between them; else they are equal. ``points`` are whole points, rounded half up, for
display only.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.answers import PROFILES, Answers, occupation_code
from schemas.fields import Factors, Flag, Integer, Items, Line, Month, Strict, Text

SCORE_MAXIMUM = 10**10
DIMENSION_MAXIMUM = 10**8
VALUE_MAXIMUM = 10**4
DIMENSIONS = ("tasks", "skills", "ai", "learning", "market", "transfer", "income")
ITEMS_MAXIMUM = 200


def mark_id(**kwargs: Any) -> Text:
    """A short name of a limit that applies to this result, such as ``typical_mix`` or ``target``."""
    return Text(40, pattern=r"[a-z_]+", example="typical_mix", **kwargs)


def content_hash(**kwargs: Any) -> Text:
    """SHA-256 of data and code, lower-case hexadecimal behind its name."""
    return Text(71, minimum=71, pattern=r"sha256:[0-9a-f]{64}", **kwargs)


class Methodology(Strict):
    """Which published version decided; ``hash`` is over what decides the questions and the bytes of a result."""

    version = Text(20, pattern=r"[0-9]+(\.[0-9]+)*", required=True)
    hash = content_hash(required=True)


class Edition(Strict):
    """Of which day the advice is, and a hash over its code, tables and words: it is renewed within a version."""

    date = Text(10, pattern=r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", required=True)
    hash = content_hash(required=True)


class ScoreRange(Strict):
    """Units from 0 to 10¹⁰; equal ends where everything was answered."""

    low = Integer(0, SCORE_MAXIMUM, required=True)
    high = Integer(0, SCORE_MAXIMUM, required=True)


class ContributionRange(Strict):
    """Signed units that are added to the base."""

    low = Integer(-SCORE_MAXIMUM, SCORE_MAXIMUM, required=True)
    high = Integer(-SCORE_MAXIMUM, SCORE_MAXIMUM, required=True)


class DimensionRange(Strict):
    """Parts of 10⁸ of a dimension."""

    low = Integer(0, DIMENSION_MAXIMUM, required=True)
    high = Integer(0, DIMENSION_MAXIMUM, required=True)


class Points(Strict):
    """Whole points for display: the score and its band, each from low to high."""

    low = Integer(0, 100, required=True)
    high = Integer(0, 100, required=True)
    band_low = Integer(0, 100, required=True)
    band_high = Integer(0, 100, required=True)


class DimensionResult(Strict):
    """One dimension: its weight in percent of the score and its value."""

    id = Text(20, choices=DIMENSIONS, required=True)
    weight = Integer(0, 100, required=True)
    value = fields.Nested(DimensionRange, required=True)


class Deliverable(Strict):
    """Score, band, dimensions and version of ``core``: what an employer may get, and nothing else."""

    methodology = fields.Nested(Methodology, required=True)
    score = fields.Nested(ScoreRange, required=True)
    band = fields.Nested(ScoreRange, required=True)
    points = fields.Nested(Points, required=True)
    dimensions = Items(fields.Nested(DimensionResult), 6, minimum=6, required=True)


class Result(Deliverable):
    """The result of ``core`` as its person is told it. ``marks`` tell of the answers, so that no employer gets them.

    ``detectable_change`` (units) is the smallest difference between two results of one person, the same
    version and the same occupations that is more than measurement error.
    """

    profile = Text(4, choices=("core",), required=True)
    as_of = Month(required=True)
    detectable_change = Integer(0, SCORE_MAXIMUM, required=True)
    marks = Items(mark_id(), 20, required=True)


class ItemDetail(Strict):
    """One explained item: its weight (parts of 10⁴ of its dimension), what it adds to the base, and why.

    An item that was answered has ``value`` (parts of 10⁴) and ``contribution`` (units); one that was not has
    ``bounds``, its contribution at worst and at best. ``occupation`` stands where the item belongs to one.
    """

    id = Text(120, required=True)
    occupation = occupation_code()
    weight = Integer(0, VALUE_MAXIMUM, required=True)
    value = Integer(0, VALUE_MAXIMUM)
    contribution = Integer(-SCORE_MAXIMUM, SCORE_MAXIMUM)
    bounds = fields.Nested(ContributionRange)
    factors = Factors(required=True)


class DimensionDetail(DimensionResult):
    """One dimension with its items; their contributions sum to the dimension's exactly."""

    contribution = fields.Nested(ContributionRange, required=True)
    items = Items(fields.Nested(ItemDetail), ITEMS_MAXIMUM, required=True)


class OccupationDetail(Strict):
    """An occupation that was scored, by its title in the version, with its share per mille."""

    code = occupation_code(required=True)
    title = Line(200, required=True)
    share = Integer(1, 1000, required=True)


class MarkDetail(Strict):
    """A limit of this result: to which dimension and occupation it applies, and which codes stand in."""

    id = mark_id(required=True)
    dimension = Text(20, choices=DIMENSIONS)
    occupation = occupation_code()
    codes = Items(Text(10), 20)


class Explanation(Strict):
    """One score with all its reasons: ``base`` plus every item's contribution is the score, with no
    residual.
    """

    profile = Text(11, choices=PROFILES, required=True)
    base = Integer(0, SCORE_MAXIMUM, required=True)
    score = fields.Nested(ScoreRange, required=True)
    band = fields.Nested(ScoreRange, required=True)
    detectable_change = Integer(0, SCORE_MAXIMUM, required=True)
    dimensions = Items(fields.Nested(DimensionDetail), 7, minimum=6, required=True)


class Detail(Strict):
    """The reasons of ``core``."""

    methodology = fields.Nested(Methodology, required=True)
    as_of = Month(required=True)
    occupations = Items(fields.Nested(OccupationDetail), 3, minimum=1, required=True)
    explanation = fields.Nested(Explanation, required=True)
    marks = Items(fields.Nested(MarkDetail), 60, required=True)


class Figure(Strict):
    """One published figure that was used: of which occupation, its value as published, and its source's
    id.
    """

    occupation = occupation_code(required=True)
    name = Text(60, required=True)
    value = Text(40, required=True)
    source = Text(60, required=True)


class Quality(Strict):
    """Response quality: the groups of signs that were seen; two or more raise the flag. Never part of a
    score.
    """

    flagged = Flag(required=True)
    groups = Items(Text(40), 4, required=True)


class Trail(Strict):
    """Everything that reproduces the decision: the answers in canonical order, the reasons of each profile,
    the figures.

    ``explanations`` holds ``core`` and, where income was asked, ``core+income``.
    """

    methodology = fields.Nested(Methodology, required=True)
    as_of = Month(required=True)
    answers = fields.Nested(Answers, required=True)
    occupations = Items(fields.Nested(OccupationDetail), 3, minimum=1, required=True)
    explanations = Items(fields.Nested(Explanation), 2, minimum=1, required=True)
    marks = Items(fields.Nested(MarkDetail), 60, required=True)
    quality = fields.Nested(Quality, required=True)
    figures = Items(fields.Nested(Figure), 60, required=True)


_DELIVERABLE = tuple(Deliverable().fields)


def deliverable(result: Mapping[str, Any]) -> dict[str, Any]:
    """Of a ``Result`` what an employer may get."""
    return {name: result[name] for name in _DELIVERABLE}


def whole(told: Mapping[str, Any], detail: Mapping[str, Any]) -> dict[str, Any]:
    """The ``Result`` again, of what of it is sealed for all its readers and of the ``Detail`` of the same score."""
    reasons = detail["explanation"]
    beside = {name: reasons[name] for name in ("profile", "detectable_change")}
    return {**told, **beside, "as_of": detail["as_of"], "marks": sorted({mark["id"] for mark in detail["marks"]})}
