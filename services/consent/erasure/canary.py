"""The canary: a person who does not exist is handed in, erased, and looked for with everything there is.

It takes the way of all others: a hand-in with its records, an assessment of made-up answers through intake, scoring
and audit, a request for erasure (without a window), the acknowledgements of the key clients, the reports of the
stores, the receipt. It is no person: requests and counts of people leave it out.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, func, select

from infra.db.engine import Database
from infra.db.files import files_with
from schemas.keys import CreatedKey, CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from schemas.privacy_notice import NEWEST
from schemas.purposes import INDIVIDUALS, PURPOSES, Purpose
from services.consent.erasure.canary_assessment import CanaryAssessment, Check
from services.consent.erasure.receipt import NotVerified, verify
from services.consent.erasure.requests import PrivacyRequests
from services.consent.erasure.steps import STORES
from services.consent.keys.keystore import KeyStore
from services.consent.tables import hand_ins, metadata, persons

_EVENTS = "self-test/"
"""What the ids of its hand-ins begin with; a real one is a digest."""
_PURPOSES: tuple[Purpose, ...] = ("scoring", "delivery")
_RECORDS = tuple(RecordDraft(purpose, "consent", NEWEST, "en") for purpose in _PURPOSES)
_POLL_SECONDS = 0.1
_DESTROYED = {"intake": {"assessments": 1}, "audit": {"trails": 1}}
"""What a store's report counts of it, at least."""


class Canary:
    """`changed` is called when there is work to do; a run waits `patience` for the erasure to be complete. Each run
    has an assessment of its own.
    """

    def __init__(
        self,
        database: Database,
        keystore: KeyStore,
        requests: PrivacyRequests,
        *,
        assessment: Callable[[], CanaryAssessment],
        receipt_key: Ed25519PublicKey,
        changed: Callable[[], None],
        patience: timedelta,
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._requests = requests
        self._assessment = assessment
        self._receipt_key = receipt_key
        self._changed = changed
        self._patience = patience

    async def clear_up(self) -> None:
        """Erase what a run that was broken off left behind."""
        async with self._database.read() as connection:
            left = (await connection.scalars(select(hand_ins.c.alias).where(of_a_canary()))).all()
        for alias in left:
            await self._requests.open_erasure(alias or "", "service:consent", "self-test")

    async def checks(self) -> AsyncIterator[Check]:
        """One run, check by check."""
        event_id = _EVENTS + secrets.token_hex(16)
        made = await self._hand_in(event_id)
        alias, code = made.alias or "", made.claim_code or ""
        yield Check("a hand-in gets a key", "" if made.status == "active" else f"{made.status}: {made.reason}")
        yield Check("scoring gets the key", await self._refusal(alias, None, "scoring"))
        wrapped, assessment = await self._wrapped_key(alias), self._assessment()
        async for check in assessment.given(alias, code):
            yield check
        request = (await self._requests.open_erasure(alias, "service:consent", "self-test")).request
        self._changed()
        yield Check("the erasure is complete", await self._completed(request))
        yield Check("the receipt verifies, and counts the assessment and its trail", await self._verified(request))
        async for check in assessment.gone(code):
            yield check
        for purpose in PURPOSES:
            yield Check(f"no key for {purpose}", await self._refusal(alias, "erased", purpose))
        yield Check("the claim code leads nowhere", "it resolves" if await self._keystore.resolve(code) else "")
        again, by_code = await self._hand_in(event_id), await self._hand_in(_EVENTS + secrets.token_hex(16), code)
        yield Check("the same hand-in is gone", "" if again.status == "gone" else f"answered {again.status}")
        yield Check(
            "a hand-in by claim code is refused", "" if by_code.status == "refused" else f"answered {by_code.status}"
        )
        yield Check("no row leads to the person", await self._rows(alias))
        yield Check("no byte of the wrapped key is in the database's files", await self._bytes(wrapped))

    async def _hand_in(self, event_id: str, code: str | None = None) -> CreatedKey:
        person = NewPerson(event_id, _RECORDS, claim_code=code)
        return (await self._keystore.create(CreateKeys(INDIVIDUALS, (person,)))).persons[0]

    async def _refusal(self, alias: str, expected: str | None, purpose: Purpose) -> str:
        """What is wrong with the answer to a release; `expected` is the reason it must be refused for."""
        key = (await self._keystore.release(ReleaseKeys(purpose, (alias,)))).keys[0]
        return "" if key.reason == expected else f"{key.status}: {key.reason or 'with a key'}"

    async def _completed(self, request: str) -> str:
        deadline = time.monotonic() + self._patience.total_seconds()
        while True:
            erasure = await self._requests.find(request)
            if erasure is None or erasure.state == "complete":
                return "" if erasure else "the request is lost"
            if time.monotonic() > deadline:
                silent = ", ".join(sorted(STORES - erasure.reports)) or "none"
                seconds = round(self._patience.total_seconds())
                return f"it is {erasure.state} after {seconds} s; stores that have not reported: {silent}"
            await asyncio.sleep(_POLL_SECONDS)

    async def _verified(self, request: str) -> str:
        try:
            signed = await self._requests.receipt(request) or b""
            document: Any = verify(signed, self._receipt_key).document
        except NotVerified as error:
            return str(error)
        if document["stage"] != "complete":
            return f"its stage is {document['stage']}"
        counts = {one["store"]: one["counts"] for one in document["destroyed"]}
        missing = [name for name, least in _DESTROYED.items() if not least.items() <= counts[name].items()]
        return f"it does not count what was in {' and '.join(missing)}" if missing else ""

    async def _wrapped_key(self, alias: str) -> bytes:
        async with self._database.read() as connection:
            found = await connection.scalar(select(persons.c.wrapped_key).where(persons.c.alias == alias))
        return bytes(found or b"")

    async def _rows(self, alias: str) -> str:
        """The tables that still name the alias; the tombstone may, if it is empty."""
        found = []
        async with self._database.read() as connection:
            for table in metadata.sorted_tables:
                if "alias" not in table.c:
                    continue
                mine = select(func.count()).select_from(table).where(table.c.alias == alias)
                if table is persons:
                    mine = mine.where((persons.c.state != "erased") | persons.c.wrapped_key.is_not(None))
                if await connection.scalar(mine):
                    found.append(table.name)
        return ", ".join(found)

    async def _bytes(self, wrapped: bytes) -> str:
        if not wrapped:
            return "there was no wrapped key to look for"
        found = await files_with(self._database, wrapped)
        return ", ".join(path.name for path in found)


def of_a_canary() -> ColumnElement[bool]:
    """The hand-ins of canaries whose erasure has not been carried out."""
    return hand_ins.c.event_id.startswith(_EVENTS, autoescape=True) & hand_ins.c.alias.is_not(None)


def no_canary() -> ColumnElement[bool]:
    """That a person is none."""
    return persons.c.alias.not_in(select(hand_ins.c.alias).where(of_a_canary()))
