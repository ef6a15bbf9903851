"""An unfinished questionnaire, as it is sealed, and as it goes into a person's own file."""

from typing import Any

import msgspec
from marshmallow import fields

from schemas.fields import Items, Strict, Text

DRAFT_SCHEMA = "draft/1"
DRAFT_PLACE = "drafts"
"""Where a draft is sealed for, in place of a topic: none carries one."""
MOST_BYTES = 65_536
"""Of a draft as it is sealed."""


class Unfinished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A questionnaire as far as it was filled in: the step at which it was left, the fields of its form as they were
    filled, also wrongly, and what of them is an answer, in the shape of `schemas.answers.Answers`.
    """

    step: str
    form: dict[str, list[str]]
    answers: dict[str, Any]


class FilledField(Strict):
    """One field of the form as it was filled: `f:OCCUPATION:ID` how much of the work an activity is, `s:ID` level and
    months since it was refreshed of a skill, `k:ID` and `b:ID` a level, `i:FIGURE` an amount of the income.
    """

    name = Text(MOST_BYTES, required=True, example="s:2.A.1.a")
    values = Items(Text(MOST_BYTES), MOST_BYTES, required=True)


class PortableDraft(Strict):
    """A draft in the file of a portability request: the page of the form at which it was left, and its fields."""

    saved_at = Text(20, required=True, example="2026-11-23T18:00:00Z")
    step = Text(20, required=True, example="skills")
    form = Items(fields.Nested(FilledField), MOST_BYTES, required=True)
