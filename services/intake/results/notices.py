"""Notices to organisations (GDPR Art. 19), as their platforms poll and acknowledge them.

An acknowledgement is told to consent first, and marked here when the broker has it: said twice it is one.
"""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
from aiohttp import web
from aiokafka import ConsumerRecord
from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.operation import json_of, operation
from infra.http.parameters import Parameters
from infra.http.problems import not_found, unavailable
from infra.kafka.dead_letter import dead_letter
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from schemas.envelope import headers
from schemas.notices import NoticesTold, NoticeTold
from schemas.rights import ANSWER_TYPE, Notice, NoticeAcknowledged
from schemas.topics import DEAD_INTAKE, PRIVACY_ANSWERS
from services.intake.contract import READER
from services.intake.organisations.callers import Callers
from services.intake.tables import notices

MOST = 200
"""Notices told at once, the oldest first; once they are acknowledged the next ones come."""
_TENANT = re.compile(rb"[a-z0-9-]{1,40}")
_PLACE = "/v1/privacy/notices"


class Notices:
    """The notices of all organisations."""

    def __init__(self, database: Database, producer: Producer) -> None:
        self._database = database
        self._producer = producer

    async def take(self, record: ConsumerRecord) -> None:
        """Keep a notice; a repetition changes nothing. What is none goes to `dead.intake`."""
        try:
            notice = msgspec.msgpack.decode(record.value or b"", type=Notice)
        except msgspec.DecodeError:
            notice = None
        if notice is None or _TENANT.fullmatch(record.key or b"") is None:
            await self._producer.send([dead_letter(DEAD_INTAKE, "intake", record, f"no notice of {record.topic}")])
            return
        row = {
            "id": notice.id,
            "tenant": record.key.decode(),
            "kind": notice.kind,
            "assessments": orjson.dumps(notice.assessments).decode(),
            "replaced_by": notice.replaced_by,
            "issued_at": notice.at,
        }
        insert = sqlite.insert if self._database.is_sqlite else postgresql.insert
        async with self._database.write() as connection:
            await connection.execute(insert(notices).values(**row).on_conflict_do_nothing(index_elements=["id"]))

    async def open_of(self, tenant: str) -> list[dict[str, Any]]:
        """An organisation's notices that it has not acknowledged, the oldest first."""
        wanted = (
            select(notices)
            .where(notices.c.tenant == tenant, notices.c.acknowledged_at.is_(None))
            .order_by(notices.c.issued_at, notices.c.id)
            .limit(MOST)
        )
        async with self._database.read() as connection:
            return [_shown(row._mapping) for row in await connection.execute(wanted)]

    async def acknowledge(self, tenant: str, notice: str) -> dict[str, Any] | None:
        """Keep that the organisation has taken it; None where it has no such notice. Raises BrokerUnavailable."""
        own = notices.c.id == notice, notices.c.tenant == tenant
        async with self._database.read() as connection:
            row = (await connection.execute(select(notices).where(*own))).one_or_none()
        if row is None or row.acknowledged_at is not None:
            return None if row is None else _shown(row._mapping)
        said = NoticeAcknowledged(notice, written(now()))
        envelope = headers(notice, ANSWER_TYPE, "intake")
        await self._producer.send([Outgoing(PRIVACY_ANSWERS, tenant, msgspec.msgpack.encode(said), envelope)])
        async with self._database.write() as connection:
            await connection.execute(update(notices).where(*own).values(acknowledged_at=said.at))
        return {**_shown(row._mapping), "acknowledged_at": said.at}


class NoticesApi:
    """The handlers."""

    def __init__(self, callers: Callers, notices: Notices) -> None:
        self._callers = callers
        self._notices = notices

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.get(_PLACE, self.listed),
            web.post(f"{_PLACE}/{{id:[0-9a-f]{{32}}}}:acknowledge", self.acknowledge),
        ]

    @operation(name="list_notices", proofs=(READER,), answers={200: json_of(NoticesTold)}, problems=(401, 403, 422))
    async def listed(self, request: web.Request) -> web.Response:
        """What the organisation has still to take notice of."""
        caller = self._callers.organisation(request)
        Parameters(request).settle()
        return _answer({"notices": await self._notices.open_of(caller.tenant)})

    @operation(
        name="acknowledge_notice",
        proofs=(READER,),
        answers={200: json_of(NoticeTold)},
        problems=(401, 403, 404, 503),
    )
    async def acknowledge(self, request: web.Request) -> web.Response:
        """Take notice → 200 with the notice, again as often as it is said."""
        caller = self._callers.organisation(request)
        try:
            shown = await self._notices.acknowledge(caller.tenant, request.match_info["id"])
        except BrokerUnavailable:
            raise unavailable("The message broker") from None
        if shown is None:
            raise not_found("notice")
        return _answer(shown)


def _answer(document: dict[str, Any]) -> web.Response:
    return web.Response(
        body=orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "assessments": orjson.loads(row["assessments"]),
        "replaced_by": row["replaced_by"],
        "issued_at": row["issued_at"],
        "acknowledged_at": row["acknowledged_at"],
        "links": {"acknowledge": f"{_PLACE}/{row['id']}:acknowledge"},
    }
