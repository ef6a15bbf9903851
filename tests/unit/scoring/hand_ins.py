"""Sealed hand-ins as intake puts them into the topic."""

import json
from typing import Any

import msgspec

from infra.crypto.sealed import Context, seal
from schemas.envelope import headers
from schemas.events import HAND_IN_SCHEMA, SUBMITTED_TYPE, Submitted
from schemas.topics import SUBMITTED
from services.methodology.specimen import specimen
from tests.twins.broker import Record
from tests.twins.ledger import Ledger


def document(seed: str = "a", **named: Any) -> dict[str, Any]:
    return {"assessment": specimen(seed, **named)}


def record(
    ledger: Ledger,
    alias: str,
    number: int = 0,
    body: bytes | None = None,
    sealed: bytes | None = None,
    tenant: str = "acme",
) -> Record:
    """The record at offset `number`, of event `number`."""
    event = f"{number:032x}"
    if sealed is None:
        body = json.dumps(document()).encode() if body is None else body
        place = Context(tenant, alias, SUBMITTED.name, HAND_IN_SCHEMA, event, ledger.key_id(alias))
        sealed = seal(ledger.subkey(alias, "answers"), body, place)
    value = msgspec.msgpack.encode(Submitted(tenant, sealed, b"m" * 16, b"{}"))
    return Record(SUBMITTED.name, 0, number, alias.encode(), value, headers(event, SUBMITTED_TYPE, "intake"))
