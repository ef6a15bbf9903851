"""Notices to an organisation (GDPR Art. 19) as it is told them: polled, pushed, and in its topic."""

from typing import get_args

from marshmallow import fields

from schemas.assessment import LINKS, event_id, moment
from schemas.fields import Integer, Items, Open, Strict, Text
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


class NoticesTold(Strict):
    """Those that are not acknowledged yet, the oldest first."""

    notices = Items(fields.Nested(NoticeTold), 200, required=True)
