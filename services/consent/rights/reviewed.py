"""A review as its person reads it: what they or a rule said, and what a human decided and why, opened. Pure."""

from typing import Any

import msgspec

from infra.clock import written
from infra.crypto.sealed import Context, open_sealed
from schemas.keys import Subkey
from schemas.rights import REVIEW_SCHEMA
from schemas.topics import PRIVACY_ANSWERS
from services.consent.ledger import Standing
from services.consent.rights.filed import Filed
from services.consent.rights.reviews import statement_place

Document = dict[str, Any]


def reviewed(standing: Standing, trail: Subkey, filed: Filed) -> Document:
    """What came of it, and what a rule has asked a human to look at, where it was a rule; its `reason` is null until
    somebody has decided.
    """
    return {
        **(said(standing, trail, filed) if filed.cause == "rule" else {}),
        "assessment": filed.assessment,
        "decision": filed.outcome,
        "reason": _reason(standing, trail, filed),
        "decided_at": None if filed.completed_at is None else written(filed.completed_at),
    }


def said(standing: Standing, trail: Subkey, filed: Filed) -> Document:
    """The person's `statement`, or `why` a rule calls for a human; nothing where nothing was said."""
    if filed.statement is None:
        return {}
    opened = open_sealed(trail, filed.statement, statement_place(standing, filed.request))
    document: Document = msgspec.json.decode(opened)
    return document


def review_place(standing: Standing, request: str) -> Context:
    """Where a reviewer's sealed reason belongs."""
    return Context(standing.tenant, standing.alias, PRIVACY_ANSWERS.name, REVIEW_SCHEMA, request, standing.key_id)


def _reason(standing: Standing, trail: Subkey, filed: Filed) -> str | None:
    if filed.answer is None:
        return None
    opened = open_sealed(trail, filed.answer, review_place(standing, filed.request))
    return str(msgspec.json.decode(opened)["reason"])
