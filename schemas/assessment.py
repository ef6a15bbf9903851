"""What intake answers about an assessment: its status, the lines of a stream, a person's series and record."""

from typing import Any

from marshmallow import fields

from schemas.answers import CORE_INCOME, Answers
from schemas.entry import Leaf
from schemas.fields import Flag, Integer, Items, Month, Open, Strict, Text
from schemas.problem import ProblemDocument
from schemas.result import (
    SCORE_MAXIMUM,
    Deliverable,
    Detail,
    DimensionResult,
    Methodology,
    Points,
    Result,
    ScoreRange,
    mark_id,
)

STATES = ("accepted", "scored", "refused", "failed")
VERDICTS = ("risen", "fallen", "not-detectable", "not-comparable")
LINKS = {"type": "object", "additionalProperties": {"type": "string"}}


def event_id(**kwargs: Any) -> Text:
    """The id of an assessment: 32 hexadecimal digits."""
    return Text(32, minimum=32, pattern="[0-9a-f]{32}", **kwargs)


def moment(**kwargs: Any) -> Text:
    """A time in UTC, to the second."""
    return Text(20, minimum=20, pattern=r"[0-9-]{10}T[0-9:]{8}Z", example="2026-11-23T18:00:00Z", **kwargs)


class WithIncome(Strict):
    """The score of `core+income`, for the person alone."""

    profile = Text(11, choices=(CORE_INCOME,), required=True)
    score = fields.Nested(ScoreRange, required=True)
    band = fields.Nested(ScoreRange, required=True)
    detectable_change = Integer(0, SCORE_MAXIMUM, required=True)
    points = fields.Nested(Points, required=True)
    dimensions = Items(fields.Nested(DimensionResult), 7, minimum=7, required=True)


class ResultRead(Deliverable):
    """A result as it is read: to an organisation what it may get, to its person all of `Result`."""

    profile = Text(4, choices=("core",))
    as_of = Month()
    detectable_change = Integer(0, SCORE_MAXIMUM)
    marks = Items(mark_id(), 20)


class Assessment(Strict):
    """Where an assessment stands. `result` is there when it is scored, `reason` when it is refused or failed (to an
    organisation `not-allowed` or `not-scorable`); to its person also the score `with_income`, where income was asked,
    and the `earlier` ones of the same version. `test` stands, and is true, where a sandbox organisation handed in.
    """

    id = event_id(required=True)
    status = Text(10, choices=STATES, required=True)
    result = fields.Nested(ResultRead)
    with_income = fields.Nested(WithIncome)
    earlier = Open({"type": "array", "items": {"type": "object"}})
    reason = Text(1_000)
    supersedes = event_id()
    superseded_by = event_id()
    test = Flag()


class HandedIn(Assessment):
    """An accepted hand-in. `claim_code` is told to a person here, and only here; what could not be read yet of a
    result stands as `problem`.
    """

    claim_code = Text(200)
    problem = fields.Nested(ProblemDocument)
    links = Open(LINKS, required=True)


class StreamLine(Strict):
    """What one line of a stream is answered: 202 with `id` and `state`, else the status and the problem."""

    line = Integer(1, 2**53 - 1, required=True)
    status = Integer(200, 599, required=True)
    id = event_id()
    state = Text(10, choices=STATES)
    problem = fields.Nested(ProblemDocument)


class RowChecked(Strict):
    """What one row of a dry run is answered: 200 where it would be taken, else the status and the problem."""

    line = Integer(1, 2**53 - 1, required=True)
    status = Integer(200, 599, required=True)
    problem = fields.Nested(ProblemDocument)


class SeriesMember(Strict):
    """One of a person's own assessments, with the figures of `core` when it is scored."""

    id = event_id(required=True)
    status = Text(10, choices=STATES, required=True)
    submitted_at = moment(required=True)
    as_of = Text(7)
    methodology = fields.Nested(Methodology)
    occupations = Open({"type": "array", "items": {"type": "object"}})
    profile = Text(11)
    score = fields.Nested(ScoreRange)
    band = fields.Nested(ScoreRange)
    detectable_change = Integer(0, 10**10)
    reason = Text(1_000)
    older_version = Flag()
    links = Open(LINKS, required=True)


class SeriesChange(Strict):
    """Two neighbours of the scored ones. `least`, `most` and `detectable_change` are units, told where the two are
    compared; else `differs` says why they are not.
    """

    earlier = event_id(required=True)
    later = event_id(required=True)
    verdict = Text(20, choices=VERDICTS, required=True)
    least = Integer(-(10**10), 10**10)
    most = Integer(-(10**10), 10**10)
    detectable_change = Integer(0, 10**10)
    differs = Text(200)


class SeriesDocument(Strict):
    """All that was handed in under one claim code, the oldest first."""

    newest_methodology = fields.Nested(Methodology)
    assessments = Items(fields.Nested(SeriesMember), 100, required=True)
    changes = Items(fields.Nested(SeriesChange), 99, required=True)
    older_left_out = Flag(required=True)


class Record(Strict):
    """What a replay needs: answers, result and reasons as they were sealed, and the audit entry of the score with
    the salts of its fields.
    """

    id = event_id(required=True)
    tenant = Text(40, required=True)
    answers = fields.Nested(Answers, required=True)
    result = fields.Nested(Result, required=True)
    detail = fields.Nested(Detail, required=True)
    entry = fields.Nested(Leaf)
    salts = Open(LINKS)


class Rescored(Strict):
    """The assessment that scores old answers by the newest version."""

    id = event_id(required=True)
    status = Text(10, choices=STATES, required=True)
    methodology = fields.Nested(Methodology, required=True)
    links = Open(LINKS, required=True)


class Valid(Strict):
    """A hand-in that would be taken, and by which methodology."""

    valid = Flag(required=True)
    methodology = fields.Nested(Methodology, required=True)
