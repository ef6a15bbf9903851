"""What an auditor is told of the stability of scores and of answers."""

from marshmallow import fields

from schemas.fields import Integer, Items, Strict, Text
from schemas.statistics import ANSWER_CELLS

VERDICTS = ("too-few", "stable", "moved", "drifted")
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOST = 2**53 - 1


def day() -> Text:
    """A day in UTC."""
    return Text(10, minimum=10, pattern=DAY, example="2026-11-23", required=True)


class CountedPeriod(Strict):
    """From a day to before another; people are rounded down to a multiple of five."""

    start = day()
    end = day()
    people = Integer(0, _MOST, required=True)


class AnswerDrift(Strict):
    """The index of one kind of answers."""

    answers = Text(20, choices=tuple(ANSWER_CELLS), required=True)
    verdict = Text(10, choices=VERDICTS, required=True)
    index_thousandths = Integer(0, _MOST, required=True, allow_none=True)


class ScoreDrift(Strict):
    """The population stability index of a period against a reference, over those who consented to statistics: that of
    the displayed scores, and those of their answers.
    """

    organisation = Text(64, required=True)
    current = fields.Nested(CountedPeriod, required=True)
    reference = fields.Nested(CountedPeriod, required=True)
    verdict = Text(10, choices=VERDICTS, required=True)
    index_thousandths = Integer(0, _MOST, required=True, allow_none=True)
    answers = Items(fields.Nested(AnswerDrift), len(ANSWER_CELLS), required=True)
