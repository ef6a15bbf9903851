"""Boundaries: a score at which an organisation would act, for a use that it declares.

A score that others draw strongly on is itself a decision based solely on automated processing (GDPR Art. 22(1); CJEU
C-634/21, SCHUFA, 7 December 2023). So a result whose band crosses a boundary is passed on only when a human has
decided upon it, and hiring and dismissal are no uses unless the operator has said why.
"""

from collections.abc import Mapping
from typing import Any, Literal, get_args

from marshmallow import fields

from schemas.assessment import moment
from schemas.entry import sha256_name
from schemas.fields import Integer, Items, Line, Open, Strict, Text

Use = Literal["training", "career-talk", "mobility", "task-allocation", "promotion", "hiring", "dismissal"]
USES: tuple[Use, ...] = get_args(Use)
USE_WORDS: Mapping[str, Mapping[Use, str]] = {
    "en": {
        "training": "offering training",
        "career-talk": "inviting to a talk about the career",
        "mobility": "moving within the organisation",
        "task-allocation": "allocating tasks",
        "promotion": "promotion",
        "hiring": "hiring",
        "dismissal": "dismissal",
    },
    "de": {
        "training": "Weiterbildung anbieten",
        "career-talk": "zu einem Gespräch über den Berufsweg einladen",
        "mobility": "innerhalb der Organisation wechseln",
        "task-allocation": "Aufgaben zuteilen",
        "promotion": "Beförderung",
        "hiring": "Einstellung",
        "dismissal": "Kündigung",
    },
}
"""What an organisation may draw on a score for, by language: employees and officers read the same words."""
EXCEPTIONAL: tuple[Use, ...] = ("hiring", "dismissal")
"""Refused unless the operator has allowed one to this organisation, with a reason."""
Limits = Mapping[Use, int]
"""Whole points by use."""
OVERSIGHT_SCHEMA = "oversight/1"
_NO_LIMIT = 255


def packed(limits: Limits) -> bytes:
    """One byte for each use, so that the length tells nothing."""
    return bytes(limits.get(use, _NO_LIMIT) for use in USES)


def unpacked(data: bytes) -> dict[Use, int]:
    """The limits in such bytes."""
    return {use: limit for use, limit in zip(USES, data, strict=True) if limit != _NO_LIMIT}


def use(**kwargs: Any) -> Text:
    """What the score would be drawn on for."""
    return Text(16, choices=USES, **kwargs)


class SetBoundary(Strict):
    """`PUT /v1/boundaries/{use}`. A score below `limit` is what the organisation would act upon; `human_step` says
    who there acts upon a reviewed result and may depart from it, by office and not by name. People are told both.
    """

    limit = Integer(1, 100, required=True)
    human_step = Line(200, minimum=10, required=True)


class Boundary(SetBoundary):
    """A boundary as it stands. `payload` is what its entry `configuration-changed` binds: the SHA-256 of `bound` as
    canonical JSON.
    """

    use = use(required=True)
    set_at = moment(required=True)
    bound = Open({"type": "object"}, required=True)
    payload = sha256_name(required=True)


class Boundaries(Strict):
    """All of an organisation's; `uses` are those that it may declare."""

    boundaries = Items(fields.Nested(Boundary), len(USES), required=True)
    uses = Items(use(), len(USES), required=True)
