"""Delivery: what an organisation is told of an end, by whatever channel.

One function opens, so that no channel can tell more than another, nor anything without an entry `delivered`: the key
released for `delivery` opens score, band, dimensions and version, and the platform's own name for its employee. Where
the ledger says no it is `withheld`, and why it says no is the person's own affair. What crosses a boundary is
withheld until a human has decided. A notice is told as it is kept: nothing in it is sealed for a person.

Whoever sends what was opened has its keys in hand until it is sent, so that an erasure waits for a delivery that is
under way, and none follows it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from infra.crypto.sealed import Context, open_sealed
from infra.keys.client import KeyClient
from schemas.delivery import SCALE, SCALE_MAX, SCALE_MIN, SUMMARY_STATUS
from schemas.events import REFERENCE_SCHEMA, RESULT_SCHEMA
from schemas.keys import ReleasedKey
from schemas.points import rounded
from schemas.purposes import is_sandbox
from schemas.result import deliverable
from schemas.topics import SCORED, SUBMITTED
from services.intake.assessments.rows import Row
from services.intake.results.feed import Told
from services.intake.results.holding_back import held_back
from services.intake.results.views import Beside, Views, aggregated, delivered

Document = dict[str, Any]
REASONS = {"refused": "not-allowed", "failed": "not-scorable"}
"""What an organisation is told of why there is no result. That somebody has objected, or withdrawn, is not among it,
nor which answer could not be scored.
"""


class Delivery:
    """Opens ends for the organisation that handed them in."""

    def __init__(self, keys: KeyClient, views: Views) -> None:
        self._keys = keys
        self._views = views

    async def documents(self, rows: Sequence[Told]) -> list[Document]:
        """A document for each row of a feed, in the same order. Raises KeysUnavailable or NotRecorded."""
        async with self.opened(rows) as opened:
            await self.told(rows, opened)
            return opened

    async def told(self, rows: Sequence[Told], opened: Sequence[Document], beside: Beside | None = None) -> None:
        """Record that these are told, with what is stored `beside`; those without a result leave nothing.

        Raises NotRecorded.
        """
        shown = [row for row, one in zip(rows, opened, strict=True) if isinstance(row, Row) and "result" in one]
        if shown:
            await self._views.seen([delivered(row, row.result or b"") for row in shown], beside)

    async def aggregate(self, tenant: str, body: bytes, beside: Beside) -> None:
        """Record that an organisation is told figures over many, as they are sent, with what is stored `beside`.

        Raises NotRecorded.
        """
        await self._views.seen([aggregated(tenant, body)], beside)

    @asynccontextmanager
    async def opened(self, rows: Sequence[Told]) -> AsyncIterator[list[Document]]:
        """As `documents`, for a caller that records with `told` or `aggregate` before anything goes out.

        While the block runs no revocation of a key that opened one of them is acknowledged.
        """
        aliases = list({row.alias for row in rows if isinstance(row, Row) and row.alias is not None})
        if not aliases:
            yield [_shown(row, {}) for row in rows]
            return
        async with self._keys.held("delivery", aliases) as keys:
            yield [_shown(row, keys) for row in rows]


def event(row: Told, told: Document) -> str:
    """The type of the message that tells it: `assessment.scored`, `privacy.erased`."""
    return f"assessment.{told['status']}" if isinstance(row, Row) else row.event


def _shown(row: Told, keys: Mapping[str, ReleasedKey]) -> Document:
    return document(row, keys.get(row.alias or "")) if isinstance(row, Row) else row.document()


def document(row: Row, key: ReleasedKey | None) -> Document:
    """What is told of one end. `status` is `withheld` where there is a result and no key for its delivery, or a human
    is to decide first, which `reason` says then.
    """
    told: Document = {"id": row.id, "sequence": row.sequence, "status": row.state, "submitted_at": row.submitted_at}
    if row.state != "accepted":
        told["ended_at"] = row.since
    if is_sandbox(row.tenant):
        told["test"] = True
    if row.state != "gone":
        told |= _opened(row, key)
    return told | {"summary": summary(told["status"], told.get("result"))}


def summary(status: str, result: Document | None) -> Document:
    """The fields of `schemas.delivery.Summary`, from what is told anyhow."""
    told: Document = {"status": SUMMARY_STATUS.get(status, status)}
    if result is None:
        return told
    score, points = result["score"], result["points"]
    return told | {
        "value": rounded((score["low"] + score["high"]) // 2),
        "min": SCALE_MIN,
        "max": SCALE_MAX,
        "scale": SCALE,
        "band_low": points["band_low"],
        "band_high": points["band_high"],
        "model_version": result["methodology"]["version"],
    }


def _opened(row: Row, key: ReleasedKey | None) -> Document:
    """What the key opens of an end that is not erased."""
    told: Document = {}
    opened = key is not None and key.status == "released"
    if key is not None and opened and row.reference is not None:
        told["external_id"] = open_sealed(key.subkeys["reference"], row.reference, _reference(row, key)).decode()
    if row.state != "scored":
        return told | ({"reason": REASONS[row.state]} if row.state in REASONS else {})
    if key is None or not opened or row.result is None:
        return told | {"status": "withheld"}
    if (reason := held_back(row, key)) is not None:
        return told | {"status": "withheld", "reason": reason}
    place = Context(row.tenant, row.alias or "", SCORED.name, RESULT_SCHEMA, row.id, key.key_id)
    return told | {"result": deliverable(msgspec.json.decode(open_sealed(key.subkeys["result"], row.result, place)))}


def _reference(row: Row, key: ReleasedKey) -> Context:
    return Context(row.tenant, row.alias or "", SUBMITTED.name, REFERENCE_SCHEMA, row.id, key.key_id)
