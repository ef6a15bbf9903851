"""How a workforce's scores lie, in cells in which nobody can be made out."""

from typing import Any

from marshmallow import fields

from schemas.assessment import moment
from schemas.fields import Integer, Items, Strict, Text
from schemas.result import DIMENSIONS


def points(**kwargs: Any) -> Integer:
    """Whole points."""
    return Integer(0, 100, **kwargs)


class Cell(Strict):
    """People from `low` to below `high`, the last cell to 100 itself; rounded down to a multiple of five."""

    low = points(required=True)
    high = points(required=True)
    people = Integer(10, 2**53 - 1, required=True)


class Distribution(Strict):
    """Cells that cover 0 to 100, each with at least ten people, and the median where ten stand on either side."""

    cells = Items(fields.Nested(Cell), 10, minimum=1, required=True)
    median = points()


class DimensionDistribution(Distribution):
    """The distribution of one dimension, in per cent of it."""

    id = Text(20, choices=DIMENSIONS, required=True)


class Workforce(Strict):
    """Each person once, by the newest result from before `before`, the beginning of this month."""

    before = moment(required=True)
    people = Integer(10, 2**53 - 1, required=True)
    score = fields.Nested(Distribution, required=True)
    dimensions = Items(fields.Nested(DimensionDistribution), 7, required=True)
