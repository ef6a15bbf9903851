"""Reading a result: a key released for the reader's own purpose opens what that purpose may see, and nothing else.

Whatever is opened is opened within a view, and a view that cannot be recorded shows nothing.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec

from infra.crypto.salted_fields import salted
from infra.crypto.sealed import Context, open_sealed
from infra.http.problems import Problem, not_found, unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.entry import SCORED_FIELDS
from schemas.events import DETAIL_SCHEMA, HAND_IN_SCHEMA, RESULT_SCHEMA, TRAIL_SCHEMA
from schemas.keys import Domain, ReleasedKey, Subkey
from schemas.purposes import INDIVIDUALS, Purpose
from schemas.result import deliverable, whole
from schemas.topics import SCORED, SUBMITTED
from services.intake.assessments.rows import Row
from services.intake.assessments.store import Store
from services.intake.organisations.callers import Caller, Callers
from services.intake.results.holding_back import HELD_BACK, crossed, held_back
from services.intake.results.views import NotRecorded, Views, What, delivered, viewed


class Reading:
    """Opens stored results for those who may read them."""

    def __init__(self, store: Store, keys: KeyClient, callers: Callers, views: Views) -> None:
        self._store = store
        self._keys = keys
        self._callers = callers
        self._views = views

    @asynccontextmanager
    async def view(
        self, caller: Caller, what: str, rows: Sequence[Row], *, series: Sequence[Row] = ()
    ) -> AsyncIterator["View"]:
        """What the caller is about to be shown of these assessments, called `what`; its entry is stored at the end.

        A person's `series` beside it is a view with an entry of its own, stored with the other. Show nothing before
        the block has ended. Raises Problem (503) where the entries cannot be stored.
        """
        async with AsyncExitStack() as holding:
            view = View(caller, self._keys, holding)
            yield view
            shown = [delivered(row, sealed, what) for row, sealed, what in view.delivered]
            if view.person is not None:
                shown.append(viewed(what, rows, view.person))
                if series:
                    shown.append(viewed("series", series, view.person))
            if shown:
                try:
                    await self._views.seen(shown)
                except NotRecorded:
                    raise unavailable("The record of who looked at what") from None

    async def row(self, caller: Caller, assessment: str) -> Row:
        """The assessment, if it is the caller's; an employee's own claim code opens what their organisation has too.

        Raises Problem: 401, 404, 410.
        """
        alias = await self._alias(caller) if caller.is_person else None
        row = await self._store.get(assessment)
        if row is None or (row.tenant != caller.tenant and (alias is None or row.alias != alias)):
            raise not_found("assessment")
        if row.state == "gone":
            raise Problem(
                410, "gone", "Erased", "The person of this assessment was erased, and the result with them."
            )
        if alias is not None and row.alias != alias:
            raise not_found("assessment")
        return row

    async def to_change(self, caller: Caller, assessment: str) -> Row:
        """The assessment, if the caller may bring other answers to it: an employee's go through their organisation.

        Raises Problem: 401, 403, 404, 410.
        """
        row = await self.row(caller, assessment)
        if row.tenant != caller.tenant:
            raise Problem(
                403,
                "controllers-to-decide",
                "Your organisation decides",
                "Ask for a rectification at the consent service; your organisation hands the corrected answers in.",
            )
        return row

    async def own(self, caller: Caller, most: int) -> list[Row]:
        """A person's own assessments, the newest first, at most so many. Raises Problem (401)."""
        return await self._store.newest_of(await self._alias(caller), most)

    async def has_ended(self, assessment: str) -> bool:
        """Whether the end of an assessment is stored."""
        row = await self._store.get(assessment)
        return row is not None and row.state != "accepted"

    async def is_known(self, assessment: str) -> bool:
        """Whether anything was handed in under this id."""
        return await self._store.get(assessment) is not None

    async def _alias(self, caller: Caller) -> str:
        try:
            return await self._callers.alias(caller)
        except KeysUnavailable:
            raise unavailable("The consent service") from None


class View:
    """What one caller is shown at once. `person` is the key that salts a person's entry, once anything was opened.

    Each key stays held as long as `holding` is open: until then its revocation is not acknowledged. What is told
    twice is opened once.
    """

    def __init__(self, caller: Caller, keys: KeyClient, holding: AsyncExitStack) -> None:
        self._holding = holding
        self.person: Subkey | None = None
        self.delivered: list[tuple[Row, bytes, What]] = []
        self._told: dict[tuple[str, Domain], dict[str, Any]] = {}
        self._caller = caller
        self._keys = keys

    async def result(self, row: Row) -> dict[str, Any]:
        """Score, band, dimensions and version; to whom it is about all of the result, which takes its reasons.

        Raises Problem: 403 where the ledger says no, 409 for an organisation whose boundary holds it back.
        """
        key = await self._key("access" if self._caller.reads_own else "delivery", row)
        self._demand_passed_on(row, key)
        told = self._opened(row, key, "result", _place(row, key, RESULT_SCHEMA), row.result)
        return whole(told, await self.detail(row)) if self._caller.reads_own else deliverable(told)

    async def detail(self, row: Row) -> dict[str, Any]:
        """The reasons. An organisation gets them only where the person has chosen so. Raises as `result`."""
        if not self._caller.reads_own and row.oversight is not None:
            self._demand_passed_on(row, await self._key("delivery", row))
        key = await self._key("access" if self._caller.reads_own else "delivery-detail", row)
        return self._opened(row, key, "detail", _place(row, key, DETAIL_SCHEMA), row.detail)

    async def oversight(self, row: Row) -> dict[str, Any] | None:
        """What a human has to do with a person's own result because of limits of the organisation, if anything."""
        if row.oversight is None:
            return None
        limits = crossed(row, await self._key("access", row))
        told = [{"use": use, "limit": limit} for use, limit in limits.items()]
        return {"boundaries": told, "decision": row.decision} if told else None

    async def trail(self, row: Row) -> dict[str, Any]:
        """All that reproduces a person's own score, `core+income` included: `schemas.result.Trail`.

        Raises Problem: 403, or 409 where it is not kept.
        """
        if row.trail is None:
            raise _not_kept(row, "trail", "The trail is not kept", "was scored before trails were kept")
        key = await self._key("access", row)
        return self._opened(row, key, "trail", _place(row, key, TRAIL_SCHEMA), row.trail)

    async def answers(self, row: Row) -> dict[str, Any]:
        """A person's own answers, `schemas.answers.Answers`. Raises Problem: 403, or 409 where they are not kept."""
        answers: dict[str, Any] = (await self.handed_in(row))["assessment"]
        return answers

    async def handed_in(self, row: Row) -> dict[str, Any]:
        """A person's own hand-in, `schemas.submission.PersonHandIn`. Raises as `answers`."""
        if row.hand_in is None:
            raise _not_kept(row, "answers", "The answers are not kept", "was handed in before answers were kept")
        key = await self._key("access", row)
        return self._opened(row, key, "answers", _place(row, key, HAND_IN_SCHEMA, SUBMITTED.name), row.hand_in)

    async def salts(self, row: Row) -> dict[str, str]:
        """What hides the fields of the entry of a person's own score, as hexadecimal digits by field."""
        key = await self._key("access", row)
        fields = salted(key.subkeys["trail"], row.id, [(name, b"") for name in SCORED_FIELDS])
        return {field.name: field.salt.hex() for field in fields}

    def _demand_passed_on(self, row: Row, key: ReleasedKey) -> None:
        reason = None if self._caller.reads_own else held_back(row, key)
        if reason is not None:
            raise Problem(409, reason, "The result is held back", HELD_BACK[reason])

    def _opened(
        self, row: Row, key: ReleasedKey, domain: Domain, place: Context, sealed: bytes | None
    ) -> dict[str, Any]:
        if sealed is None:
            raise not_found("result")
        if (opened := self._told.get((row.id, domain))) is None:
            opened = msgspec.json.decode(open_sealed(key.subkeys[domain], sealed, place))
            self._told[row.id, domain] = opened
        if self._caller.reads_own:
            self.person = key.subkeys["trail"]
        else:
            self.delivered.append((row, sealed, "detail" if domain == "detail" else "result"))
        return opened

    async def _key(self, purpose: Purpose, row: Row) -> ReleasedKey:
        if row.alias is None:
            raise not_found("assessment")
        try:
            key = (await self._holding.enter_async_context(self._keys.held(purpose, [row.alias])))[row.alias]
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        if key.status == "refused":
            reason = f" The reason is: {key.reason}." if self._caller.reads_own else ""
            said = f"No key is released for the purpose {purpose}.{reason}"
            raise Problem(403, "refused", "Refused by the consent ledger", said)
        return key


def _not_kept(row: Row, kind: str, title: str, why: str) -> Problem:
    detail = f"This assessment {why}. Hand in again under the same claim code."
    if row.tenant != INDIVIDUALS:
        detail = "Of what an organisation hands in, no copy is kept here. Access gives everything that is held of it."
    return Problem(409, f"no-{kind}", title, detail)


def _place(row: Row, key: ReleasedKey, schema: str, topic: str = SCORED.name) -> Context:
    return Context(row.tenant, row.alias or "", topic, schema, row.id, key.key_id)
