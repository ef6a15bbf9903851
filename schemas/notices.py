"""Notices to an organisation (GDPR Art. 19) as it is told them: polled, pushed, and in its topic."""

from typing import get_args

from marshmallow import fields

from schemas.assessment import LINKS, event_id, moment
from schemas.fields import Integer, Items, Open, Strict, Text
from schemas.privacy_request import REQUEST_TYPES
from schemas.purposes import PURPOSES
from schemas.rights import NoticeKind


class NoticeTold(Strict):
    """What became of assessments that the organisation received; `replaced_by` is the corrected one.

    `sequence` is its place in the organisation's feed.
    """

    id = event_id(required=True)
    sequence = Integer(0, 2**53 - 1, required=True, allow_none=True)
    kind = Text(40, choices=get_args(NoticeKind), required=True)
    assessments = Items(event_id(), 100_000, required=True)
    replaced_by = Text(32, required=True, allow_none=True)
    issued_at = moment(required=True)
    acknowledged_at = Text(20, required=True, allow_none=True)
    links = Open(LINKS, required=True)


class RequestForwardedTold(Strict):
    """What an employee asks for, by when it has to be handed over and answered, and the assessment that it is about,
    if one.
    """

    type = Text(20, choices=REQUEST_TYPES, required=True)
    hand_over_by = moment(required=True)
    answer_by = moment(required=True)
    purpose = Text(40, choices=PURPOSES, required=True, allow_none=True)
    assessment = event_id(required=True, allow_none=True)


class RequestTold(Strict):
    """A request of an employee that waits for the organisation's word; `assessments` are those it was handed in for,
    by which the organisation knows who asks.
    """

    id = event_id(required=True)
    sequence = Integer(0, 2**53 - 1, required=True, allow_none=True)
    kind = Text(40, choices=("request-forwarded",), required=True)
    assessments = Items(event_id(), 100_000, required=True)
    issued_at = moment(required=True)
    request = fields.Nested(RequestForwardedTold, required=True)
    links = Open(LINKS, required=True)


class NoticesTold(Strict):
    """Those that are not acknowledged yet, the oldest first."""

    notices = Items(fields.Nested(NoticeTold), 200, required=True)
