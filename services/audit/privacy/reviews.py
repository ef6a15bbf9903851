"""Reviews by a human of automated results (GDPR Art. 22(3)): what consent hands over, and what is decided.

A decision changes nothing that was computed. It is stored with its reason, sealed under the person's key, and with
its entry, which binds the reason and the officer's name and names the reviewed decision as its cause. Nobody decides
what they have not opened. Consent is told until the broker has it: it closes the request and lets the person read the
decision.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.sealed import Context, open_sealed, seal
from infra.db.engine import Database
from infra.http.problems import Problem, not_found, unavailable
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.entry import EntryType
from schemas.envelope import headers
from schemas.events import Cause
from schemas.keys import ReleasedKey
from schemas.rights import ANSWER_TYPE, REVIEW_SCHEMA, STATEMENT_SCHEMA, Decision, Reviewed, ReviewOrder
from schemas.topics import PRIVACY_ANSWERS, PRIVACY_REQUESTS, Topic
from services.audit.acts import Act, Acts, By, Erased, Holder
from services.audit.openings import Closed, Opened, Openings, cause_of, proven
from services.audit.privacy.review_rows import Document, ReviewRows, listed
from services.audit.reading.arrivals import Trail
from services.audit.tables import acts, fence, officer_decisions, reviews
from services.audit.tlog.logs import Logs

DECIDED: Mapping[Decision, EntryType] = {
    "confirmed": "reviewed",
    "annotated": "oversight-note",
    "overruled": "override",
}
"""The entry of each decision."""
_OPEN_FIRST = "Open it first: nobody decides upon a result that they have not looked at."


@dataclass(frozen=True, slots=True)
class OpenedReview:
    """A review with what was sealed of it; `decision` is what is reviewed, None where its trail is not kept here.

    `why` is what a rule asks for, where it was a rule: `low-quality` with the groups of signs, `boundary` with the
    uses and limits of the organisation.
    """

    review: Document
    statement: str | None
    reason: str | None
    decision: Opened | Closed | None
    why: Document | None = None


class Reviews:
    """The queue of the reviewers."""

    def __init__(
        self,
        *,
        database: Database,
        keys: KeyClient,
        producer: Producer,
        acts: Acts,
        openings: Openings,
        logs: Logs,
    ) -> None:
        self.rows = ReviewRows(database)
        self._database = database
        self._keys = keys
        self._producer = producer
        self._acts = acts
        self._openings = openings
        self._logs = logs

    async def keep(self, alias: str, order: ReviewOrder) -> None:
        """Take a review in; asked for again it is answered again. Nothing is kept for the erased."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"alias": alias, **msgspec.structs.asdict(order)}
        async with self._database.write() as connection:
            if await connection.scalar(select(fence.c.alias).where(fence.c.alias == alias)) is not None:
                return
            await connection.execute(insert(reviews).values(**row).on_conflict_do_nothing(index_elements=["request"]))
            await connection.execute(update(reviews).where(reviews.c.request == order.request).values(told=0))

    async def opened(self, request: str, stated: str, by: By) -> OpenedReview:
        """One review with the person's statement and the decision; that it was opened is an act. Raises Problem."""
        row = await self.rows.one(request)
        decided = await self._decided(row)
        try:
            async with self._keys.held("review", [row["alias"]]) as released:
                key = _demand_released(released[row["alias"]])
                decision = None if decided is None else await asyncio.to_thread(proven, *decided, key)
                fields = (("purpose", stated), ("key", "review"), ("event", row["assessment"]), ("request", request))
                kind: EntryType = "key-released-to-a-human"
                act = Act(kind, fields, _holder(row, key), _cause(decided), by, about=row["assessment"])
                await self._acts.record(act)
                said = _said(row, key)
                return OpenedReview(listed(row), said.get("statement"), _reason(row, key), decision, said.get("why"))
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            raise not_found("review") from None

    async def has_opened(self, request: str, by: By) -> bool:
        """Whether this officer has opened it, and so may decide. Raises Problem (404)."""
        row = await self.rows.one(request)
        async with self._database.read() as connection:
            return await _opened_by(connection, row, by)

    async def decide(self, request: str, decision: Decision, reason: str, by: By) -> Document:
        """Decide a review; what is decided stays decided. Its entry binds who decided and why.

        Raises Problem: 409 for who has not opened the decision, and where one stands.
        """
        row = await self.rows.one(request)
        decided = await self._decided(row)
        try:
            async with self._keys.held("review", [row["alias"]]) as released:
                key = _demand_released(released[row["alias"]])
                plain = msgspec.json.encode({"reason": reason})
                sealed = seal(key.subkeys["trail"], plain, _place(row, key, PRIVACY_ANSWERS, REVIEW_SCHEMA))
                told = (("event", row["assessment"]), ("request", request), ("decision", decision))
                act = Act(DECIDED[decision], (*told, ("reason", reason)), _holder(row, key), _cause(decided), by)
                async with self._database.write() as connection:
                    if not await _opened_by(connection, row, by):
                        raise Problem(409, "not-opened", "You have not opened the decision", _OPEN_FIRST)
                    await self._decide(connection, request, decision, sealed, by)
                    await self._acts.put(connection, act)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            raise not_found("review") from None
        self._acts.wake()
        return listed(await self.rows.one(request))

    async def tell(self) -> None:
        """Tell consent of decisions that it may not know. Without a broker they are told later."""
        rows = await self.rows.untold()
        try:
            await self._producer.send([_told(row) for row in rows])
        except BrokerUnavailable:
            return
        async with self._database.write() as connection:
            ids = [row["request"] for row in rows]
            await connection.execute(update(reviews).where(reviews.c.request.in_(ids)).values(told=1))

    async def _decide(
        self, connection: AsyncConnection, request: str, decision: Decision, sealed: bytes, by: By
    ) -> None:
        """Store it, and count it apart from the review, which goes with an erasure. Raises Problem (409)."""
        undecided = reviews.c.request == request, reviews.c.decision.is_(None)
        made = {
            "decided_by": by.id,
            "decision": decision,
            "reason": sealed,
            "decided_at": written(now()),
            "told": 0,
        }
        if not (await connection.execute(update(reviews).where(*undecided).values(**made))).rowcount:
            raise Problem(409, "decided", "Decided before", "A decision stands; it is not taken twice.")
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        counted = insert(officer_decisions).values(officer=by.id, decision=decision, taken=1)
        again = {"taken": officer_decisions.c.taken + 1}
        await connection.execute(counted.on_conflict_do_update(index_elements=["officer", "decision"], set_=again))

    async def _decided(self, row: Document) -> tuple[bytes, Trail] | None:
        """The entry and the trail of what is reviewed; None where these are not kept here, or not in the log yet."""
        number, index = row["log"], row["log_index"]
        if index is None or index >= self._logs[number].state.size:
            return None
        entry = await asyncio.to_thread(self._logs[number].reader().entry, index)
        trail = (await self._openings.trails({index: entry}, number)).get(index)
        return None if trail is None else (entry, trail)


def _cause(decided: tuple[bytes, Trail] | None) -> Cause | None:
    return None if decided is None else cause_of(decided[0])


async def _opened_by(connection: AsyncConnection, row: Document, by: By) -> bool:
    looked = exists().where(
        acts.c.alias == row["alias"],
        acts.c.about == row["assessment"],
        acts.c.officer == by.id,
        acts.c.entry_type == "key-released-to-a-human",
    )
    return bool(await connection.scalar(select(looked)))


def _holder(row: Document, key: ReleasedKey) -> Holder:
    return Holder(key.subkeys["trail"], key.key_id, row["alias"], row["tenant"])


def _demand_released(key: ReleasedKey) -> ReleasedKey:
    if key.status == "refused":
        raise Problem(403, "closed", "The review stays sealed", f"The reason is: {key.reason}.")
    return key


def _place(row: Mapping[str, Any], key: ReleasedKey, topic: Topic, schema: str) -> Context:
    return Context(row["tenant"], row["alias"], topic.name, schema, row["request"], key.key_id)


def _said(row: Mapping[str, Any], key: ReleasedKey) -> Document:
    """What the person says, or what a rule asks for."""
    return _open(row["statement"], _place(row, key, PRIVACY_REQUESTS, STATEMENT_SCHEMA), key)


def _reason(row: Mapping[str, Any], key: ReleasedKey) -> str | None:
    return _open(row["reason"], _place(row, key, PRIVACY_ANSWERS, REVIEW_SCHEMA), key).get("reason")


def _open(sealed: bytes | None, place: Context, key: ReleasedKey) -> Document:
    if sealed is None:
        return {}
    document: Document = msgspec.json.decode(open_sealed(key.subkeys["trail"], sealed, place))
    return document


def _told(row: Mapping[str, Any]) -> Outgoing:
    said = Reviewed(row["request"], row["decision"], row["reason"], row["decided_at"])
    return Outgoing(
        PRIVACY_ANSWERS,
        row["alias"],
        msgspec.msgpack.encode(said),
        headers(row["request"], ANSWER_TYPE, "audit"),
    )
