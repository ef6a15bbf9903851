"""Idempotency keys: the same key and line are the same event, for 48 hours, and afterwards mean nothing.

An event id is a keyed hash of tenant, key and line number, and of the claim code where one came with the request,
never of the content, under the secret of the day on which the key was first seen. So a request under another claim
code, or without the one that it had, is another request, however it names itself (compare CVE-2026-42303). A secret
is destroyed 48 hours after its day has ended; then nobody can tell any more which key an event id came from, not with
a backup of the database either. What recognises a body, the MAC beside an assessment, ages out in the same way.
Shape of the header: IETF draft-ietf-httpapi-idempotency-key-header.
"""

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now
from infra.crypto.claim_code import NotAClaimCode, canonical
from infra.db.engine import Database
from infra.http.problems import Problem
from schemas.purposes import INDIVIDUALS
from services.intake.assessments.recognised import Recognised
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.tables import idempotency_keys

KEPT = timedelta(hours=48)
_CHUNK = 1_000
_FORM = re.compile(r'"?([\x21\x23-\x7e]{1,255})"?')
UNGUESSABLE = 32
"""Characters of a person's key: whoever knows it and the answers is answered again, claim code included."""


class EventIds(Protocol):
    """Gives the id of the event in a line."""

    def event_id(self, line: int) -> str:
        """32 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Events:
    """Gives the event ids of one request; `secret` is None where the request named no key."""

    secret: bytes | None
    scope: bytes = b""

    def event_id(self, line: int) -> str:
        """The id of the event in line `line` (1 for a single hand-in): 32 hexadecimal digits."""
        if self.secret is None:
            return secrets.token_hex(16)
        return hmac.digest(self.secret, b"event" + self.scope + line.to_bytes(8, "big"), "sha256")[:16].hex()

    def derived(self, what: str) -> bytes:
        """32 random bytes that are the same as often as the request is sent under its key."""
        if self.secret is None:
            return secrets.token_bytes(32)
        return hmac.digest(self.secret, what.encode() + self.scope, "sha256")


def checked(header: str | None, tenant: str) -> str | None:
    """The key in an `Idempotency-Key` header. Raises Problem (400)."""
    if header is None:
        return None
    match = _FORM.fullmatch(header)
    if match is None:
        raise _malformed("1 to 255 visible ASCII characters")
    if tenant == INDIVIDUALS and len(match[1]) < UNGUESSABLE:
        raise _malformed(f"at least {UNGUESSABLE} random characters, for example a UUID")
    return match[1]


def demanded(header: str | None, tenant: str) -> str:
    """The key in a header that may not be left out, for what must go on after a break. Raises Problem (400)."""
    key = checked(header, tenant)
    if key is None:
        raise Problem(
            400,
            "idempotency-key-missing",
            "Idempotency-Key is missing",
            "A stream is named by 1 to 255 visible ASCII characters; after a break send it again under the same.",
        )
    return key


class IdempotencyKeys:
    """The keys that were seen while their day's secret lives."""

    def __init__(self, database: Database, days: DaySecrets) -> None:
        self._database = database
        self._days = days
        self._recognised = Recognised(database)

    async def events(self, tenant: str, key: str | None, claim_code: str | None = None) -> Events:
        """The event ids of a request with this key and claim code: the same as when they first came together."""
        return Events(None) if key is None else (await self.each(tenant, [key], claim_code))[0]

    async def each(self, tenant: str, keys: Sequence[str], claim_code: str | None = None) -> list[Events]:
        """The event ids of many requests, each with a key of its own, with one look and one write."""
        moment = now()
        today = moment.date().isoformat()
        alive = self._days.alive(today, _oldest(moment))
        scopes = [_scope(tenant, key, claim_code) for key in keys]
        digests = {scope: {_digest(secret, scope): day for day, secret in alive.items()} for scope in scopes}
        async with self._database.write() as connection:
            seen = await _seen(connection, [digest for one in digests.values() for digest in one])
            fresh = [one for one in digests.values() if not seen & one.keys()]
            if fresh:
                rows = [{"digest": _of(one, today), "day": today} for one in fresh]
                await connection.execute(insert(idempotency_keys), rows)
        day_of = {scope: next((one[at] for at in one if at in seen), today) for scope, one in digests.items()}
        return [Events(alive[day_of[scope]], scope) for scope in scopes]

    async def expire(self) -> None:
        """Destroy the secrets whose 48 hours are over, the keys seen under them, and what recognises the bodies of
        hand-ins of those days.
        """
        oldest = _oldest(now())
        self._days.destroy(oldest)
        async with self._database.write() as connection:
            dead = await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.day < oldest))
        if await self._recognised.age(oldest) or dead.rowcount:
            await self._database.wipe_traces()


def _scope(tenant: str, key: str, claim_code: str | None) -> bytes:
    parts = [tenant.encode(), key.encode(), *([] if claim_code is None else [_spelt(claim_code)])]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _spelt(claim_code: str) -> bytes:
    """The code however it was written; what is none stands for itself, and is refused by the ledger."""
    try:
        return canonical(claim_code)
    except NotAClaimCode:
        return claim_code.encode()


def _digest(secret: bytes, scope: bytes) -> bytes:
    return hmac.digest(secret, b"key" + scope, "sha256")


def _of(digests: Mapping[bytes, str], day: str) -> bytes:
    return next(digest for digest, one in digests.items() if one == day)


async def _seen(connection: AsyncConnection, digests: Sequence[bytes]) -> set[bytes]:
    """Those of these that were seen."""
    found: set[bytes] = set()
    for start in range(0, len(digests), _CHUNK):
        wanted = idempotency_keys.c.digest.in_(digests[start : start + _CHUNK])
        found.update(map(bytes, await connection.scalars(select(idempotency_keys.c.digest).where(wanted))))
    return found


def _oldest(moment: datetime) -> str:
    """The oldest day whose end is less than 48 hours ago."""
    return (moment - KEPT).date().isoformat()


def key_reused() -> Problem:
    """422 for another request under a key that names one already."""
    return Problem(
        422,
        "idempotency-key-reused",
        "Another body under the same Idempotency-Key",
        "A key names one request. Send this one under a key of its own.",
    )


def _malformed(right: str) -> Problem:
    return Problem(400, "idempotency-key", "Malformed Idempotency-Key", f"An Idempotency-Key has {right}.")
