"""Reviews by a human of automated results (GDPR Art. 22(3)): what consent hands over, and what is decided.

A decision changes nothing that was computed. It is stored with its reason, sealed under the person's key, and with
its entry, which binds the reason and the officer's name. Consent is told until the broker has it: it closes the
request and lets the person read the decision.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, select, update
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
from schemas.keys import ReleasedKey
from schemas.rights import ANSWER_TYPE, REVIEW_SCHEMA, STATEMENT_SCHEMA, Decision, Reviewed, ReviewOrder
from schemas.topics import PRIVACY_ANSWERS, PRIVACY_REQUESTS, Topic
from services.audit.acts import BEARER, Act, Acts, By, Erased, Holder
from services.audit.tables import fence, officer_decisions, reviews, trails

MOST = 200
"""Reviews listed at once, those whose clock ends first before the others."""
DECIDED: Mapping[Decision, EntryType] = {
    "confirmed": "reviewed",
    "annotated": "oversight-note",
    "overruled": "override",
}
"""The entry of each decision."""
Document = dict[str, Any]


class Reviews:
    """The queue of the reviewers."""

    def __init__(self, database: Database, keys: KeyClient, producer: Producer, acts: Acts) -> None:
        self._database = database
        self._keys = keys
        self._producer = producer
        self._acts = acts

    async def keep(self, alias: str, order: ReviewOrder) -> None:
        """Take a review in; asked for again it is answered again. Nothing is kept for the erased."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        row = {"alias": alias, **msgspec.structs.asdict(order)}
        async with self._database.write() as connection:
            if await connection.scalar(select(fence.c.alias).where(fence.c.alias == alias)) is not None:
                return
            await connection.execute(insert(reviews).values(**row).on_conflict_do_nothing(index_elements=["request"]))
            await connection.execute(update(reviews).where(reviews.c.request == order.request).values(told=0))

    async def listed(self, decided: bool) -> list[Document]:
        """The open reviews, or those that are decided."""
        ended = reviews.c.decision.is_not(None) if decided else reviews.c.decision.is_(None)
        return [_listed(row) for row in await self._rows(ended)]

    async def one(self, request: str) -> Document:
        """One review, what is sealed left sealed. Raises Problem (404)."""
        return _listed(await self._row(request))

    async def opened(self, request: str, stated: str, by: By = BEARER) -> Document:
        """One review with the person's statement; that it was opened is an act of its own. Raises Problem."""
        row = await self._row(request)
        try:
            async with self._keys.held("review", [row["alias"]]) as released:
                key = _demand_released(released[row["alias"]])
                fields = (("purpose", stated), ("key", "review"), ("event", row["assessment"]), ("request", request))
                holder = Holder(key.subkeys["trail"], key.key_id, row["alias"], row["tenant"])
                await self._acts.record(Act("key-released-to-a-human", fields, holder, by=by))
                return {**_listed(row), "statement": _statement(row, key), "reason": _reason(row, key)}
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            raise not_found("review") from None

    async def decide(
        self, request: str, decision: Decision, reason: str, officer: str | None = None, by: By = BEARER
    ) -> Document:
        """Decide a review; what is decided stays decided. Its entry binds who decided and why. Raises Problem.

        `officer` is the id of who decides, under which decisions are counted.
        """
        row = await self._row(request)
        try:
            async with self._keys.held("review", [row["alias"]]) as released:
                key = _demand_released(released[row["alias"]])
                plain = msgspec.json.encode({"reason": reason})
                sealed = seal(key.subkeys["trail"], plain, _place(row, key, PRIVACY_ANSWERS, REVIEW_SCHEMA))
                async with self._database.write() as connection:
                    undecided = reviews.c.request == request, reviews.c.decision.is_(None)
                    made = {
                        "decided_by": officer,
                        "decision": decision,
                        "reason": sealed,
                        "decided_at": written(now()),
                        "told": 0,
                    }
                    if not (await connection.execute(update(reviews).where(*undecided).values(**made))).rowcount:
                        raise Problem(409, "decided", "Decided before", "A decision stands; it is not taken twice.")
                    if officer is not None:
                        await self._count(connection, officer, decision)
                    told = (("event", row["assessment"]), ("request", request), ("decision", decision))
                    holder = Holder(key.subkeys["trail"], key.key_id, row["alias"], row["tenant"])
                    act = Act(DECIDED[decision], (*told, ("reason", reason)), holder, by=by)
                    await self._acts.put(connection, act)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            raise not_found("review") from None
        self._acts.wake()
        return _listed(await self._row(request))

    async def tell(self) -> None:
        """Tell consent of decisions that it may not know. Without a broker they are told later."""
        rows = await self._rows(reviews.c.decision.is_not(None), reviews.c.told == 0)
        try:
            await self._producer.send([_told(row) for row in rows])
        except BrokerUnavailable:
            return
        async with self._database.write() as connection:
            ids = [row["request"] for row in rows]
            await connection.execute(update(reviews).where(reviews.c.request.in_(ids)).values(told=1))

    async def _count(self, connection: AsyncConnection, officer: str, decision: Decision) -> None:
        """Count apart from the review, which goes with an erasure."""
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        counted = insert(officer_decisions).values(officer=officer, decision=decision, taken=1)
        again = {"taken": officer_decisions.c.taken + 1}
        await connection.execute(counted.on_conflict_do_update(index_elements=["officer", "decision"], set_=again))

    async def _row(self, request: str) -> Document:
        found = await self._rows(reviews.c.request == request)
        if not found:
            raise not_found("review")
        return found[0]

    async def _rows(self, *conditions: ColumnElement[bool]) -> list[Document]:
        query = (
            select(reviews, trails.c.log_index)
            .outerjoin(trails, trails.c.event_id == reviews.c.assessment)
            .where(*conditions)
            .order_by(reviews.c.answer_by, reviews.c.request)
            .limit(MOST)
        )
        async with self._database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


def _listed(row: Mapping[str, Any]) -> Document:
    place = f"/v1/audit/reviews/{row['request']}"
    links = {"open": f"{place}:open", "decide": f"{place}:decide"}
    if row["log_index"] is not None:
        links["trail"] = f"/v1/audit/entries/0/{row['log_index']}/trail"
    told = {name: row[name] for name in ("request", "assessment", "opened_at", "answer_by", "decision", "decided_at")}
    return {**told, "log_index": row["log_index"], "has_statement": row["statement"] is not None, "links": links}


def _demand_released(key: ReleasedKey) -> ReleasedKey:
    if key.status == "refused":
        raise Problem(403, "closed", "The review stays sealed", f"The reason is: {key.reason}.")
    return key


def _place(row: Mapping[str, Any], key: ReleasedKey, topic: Topic, schema: str) -> Context:
    return Context(row["tenant"], row["alias"], topic.name, schema, row["request"], key.key_id)


def _statement(row: Mapping[str, Any], key: ReleasedKey) -> str | None:
    return _open(row["statement"], _place(row, key, PRIVACY_REQUESTS, STATEMENT_SCHEMA), key, "statement")


def _reason(row: Mapping[str, Any], key: ReleasedKey) -> str | None:
    return _open(row["reason"], _place(row, key, PRIVACY_ANSWERS, REVIEW_SCHEMA), key, "reason")


def _open(sealed: bytes | None, place: Context, key: ReleasedKey, member: str) -> str | None:
    if sealed is None:
        return None
    document: dict[str, str] = msgspec.json.decode(open_sealed(key.subkeys["trail"], sealed, place))
    return document[member]


def _told(row: Mapping[str, Any]) -> Outgoing:
    said = Reviewed(row["request"], row["decision"], row["reason"], row["decided_at"])
    return Outgoing(
        PRIVACY_ANSWERS,
        row["alias"],
        msgspec.msgpack.encode(said),
        headers(row["request"], ANSWER_TYPE, "audit"),
    )
