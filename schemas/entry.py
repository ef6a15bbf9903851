"""An audit entry as its producer writes it: a leaf of the log without its place, which audit adds.

A leaf is canonical JSON (RFC 8785) of strings and integers. It holds no personal data in the clear, no alias and
no stable pseudonym: `commitment` binds the salted fields, `payload` the ciphertext.
"""

from typing import Literal

import orjson

from schemas.events import Cause

VERSION = 1
SCORED_FIELDS = ("tenant", "result", "detail", "trail")
"""What the commitment of a `scored` entry binds, in this order."""

EntryType = Literal[
    "received",
    "scored",
    "refused",
    "dead-lettered",
    "consent-given",
    "consent-withdrawn",
    "request-opened",
    "request-closed",
    "erased",
    "restored",
    "configuration-changed",
]


def canonical(document: object) -> bytes:
    """RFC 8785 bytes of a document of objects, lists, strings, integers below 2**53, booleans and null."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def leaf(
    entry_type: EntryType,
    entry_id: str,
    time: str,
    actor: str,
    software: str,
    *,
    methodology: str | None = None,
    cause: Cause | None = None,
    commitment: str | None = None,
    payload: str | None = None,
) -> bytes:
    """The leaf of one entry.

    `time` is UTC, `2026-11-23T18:00:00Z`; `actor` a role (`service:scoring`, `person`, `organisation`,
    `operator`); `methodology` and `payload` are `sha256:` and 64 hexadecimal digits; `commitment` 64 digits.
    """
    document: dict[str, object] = {
        "v": VERSION,
        "type": entry_type,
        "id": entry_id,
        "time": time,
        "actor": actor,
        "software": software,
    }
    if methodology is not None:
        document["methodology"] = methodology
    if cause is not None:
        document["cause"] = {"topic": cause.topic, "partition": cause.partition, "offset": cause.offset}
    if commitment is not None:
        document["commitment"] = commitment
    if payload is not None:
        document["payload"] = payload
    return canonical(document)
