"""Notices to organisations: what became of data that they received (GDPR Art. 19), and what their employees ask for.

Each takes a number of the organisation's feed, so that every channel tells it. A webhook's success says that it was
delivered; an acknowledgement is given in so many words. Both are told to consent: said twice they are one.
"""

import asyncio
import re
from collections.abc import Callable, Sequence

import msgspec
import structlog
from aiokafka import ConsumerRecord
from sqlalchemy import exists, func, insert, select, update

from infra.clock import now, written
from infra.db.engine import Database
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from schemas.envelope import headers
from schemas.rights import ANSWER_TYPE, Notice, NoticeAcknowledged, NoticeDelivered
from schemas.topics import DEAD_INTAKE, PRIVACY_ANSWERS
from services.intake.invitations.call_again import call_again
from services.intake.results.notice import FORWARDED, REVIEWED, KeptNotice, columns_of, notice_of
from services.intake.results.numbering import advance, number
from services.intake.tables import assessments, notices

MOST = 200
"""Notices told at once, the oldest first; once they are acknowledged the next ones come."""
_TENANT = re.compile(rb"[a-z0-9-]{1,40}")
log = structlog.get_logger(__name__)


class Notices:
    """The notices of all organisations. `announce` is called with an organisation that has a new one."""

    def __init__(self, database: Database, producer: Producer, announce: Callable[[str], None]) -> None:
        self._database = database
        self._producer = producer
        self._announce = announce
        self._reporting = asyncio.Lock()

    async def take(self, record: ConsumerRecord) -> None:
        """Keep a notice; a repetition changes nothing. What is none goes to `dead.intake`."""
        try:
            said = msgspec.msgpack.decode(record.value or b"", type=Notice)
        except msgspec.DecodeError:
            said = None
        if said is None or _TENANT.fullmatch(record.key or b"") is None:
            why = Poisoned(f"no notice of {record.topic}")
            await self._producer.send([dead_letter(DEAD_INTAKE, "intake", record, why)])
            return
        tenant = record.key.decode()
        if said.kind == REVIEWED:
            await self._reviewed(tenant, said)
            return
        async with self._database.write() as connection:
            if await connection.scalar(select(exists().where(notices.c.id == said.id))):
                return
            sequence = await advance(connection, tenant, 1)
            await connection.execute(insert(notices).values(**columns_of(tenant, said), sequence=sequence))
        self._announce(tenant)

    async def _reviewed(self, tenant: str, said: Notice) -> None:
        """Keep what a human decided. What a boundary held back is told anew; a repetition changes nothing."""
        fresh = (
            assessments.c.id.in_(said.assessments),
            assessments.c.tenant == tenant,
            assessments.c.state != "gone",
            func.coalesce(assessments.c.decision, "") != said.decision,
        )
        async with self._database.write() as connection:
            decided = update(assessments).where(*fresh).values(decision=said.decision)
            rows = (await connection.execute(decided.returning(assessments.c.id, assessments.c.oversight))).all()
            held = [(tenant, row.id) for row in rows if row.oversight is not None]
            await number(connection, held)
            await call_again(connection, [assessment for _, assessment in held])
        if held:
            self._announce(tenant)

    async def open_of(self, tenant: str) -> list[KeptNotice]:
        """What an organisation has to acknowledge and has not, the oldest first."""
        wanted = (
            select(notices)
            .where(notices.c.tenant == tenant, notices.c.acknowledged_at.is_(None), notices.c.kind != FORWARDED)
            .order_by(notices.c.issued_at, notices.c.id)
            .limit(MOST)
        )
        async with self._database.read() as connection:
            return [notice_of(row._mapping) for row in await connection.execute(wanted)]

    async def acknowledge(self, tenant: str, notice: str) -> KeptNotice | None:
        """Keep that the organisation has taken it; None where it has no such notice. Raises BrokerUnavailable."""
        own = notices.c.id == notice, notices.c.tenant == tenant, notices.c.kind != FORWARDED
        async with self._database.read() as connection:
            row = (await connection.execute(select(notices).where(*own))).one_or_none()
        if row is None or row.acknowledged_at is not None:
            return None if row is None else notice_of(row._mapping)
        said = NoticeAcknowledged(notice, written(now()))
        await self._producer.send([_answer(tenant, said)])
        async with self._database.write() as connection:
            await connection.execute(update(notices).where(*own).values(acknowledged_at=said.at))
        return notice_of({**row._mapping, "acknowledged_at": said.at})

    async def delivered(self, notice: str) -> None:
        """A webhook has taken it: kept first, and told to consent as soon as the broker answers."""
        first = notices.c.id == notice, notices.c.delivered_at.is_(None)
        async with self._database.write() as connection:
            await connection.execute(update(notices).where(*first).values(delivered_at=written(now())))
        await self.report()

    async def report(self) -> None:
        """Tell consent what was delivered and is not told yet; without a broker it waits for the next time."""
        async with self._reporting:
            await self._report()

    async def _report(self) -> None:
        unsaid = notices.c.delivered_at.is_not(None), notices.c.reported.is_(False)
        async with self._database.read() as connection:
            rows = (await connection.execute(select(notices).where(*unsaid).limit(MOST))).all()
        if not rows:
            return
        try:
            said = [_answer(row.tenant, NoticeDelivered(row.id, row.delivered_at)) for row in rows]
            await self._producer.send(said)
        except BrokerUnavailable:
            log.warning("report-of-notices-waits", count=len(rows))
            return
        told: Sequence[str] = [row.id for row in rows]
        async with self._database.write() as connection:
            await connection.execute(update(notices).where(notices.c.id.in_(told)).values(reported=True))


def _answer(tenant: str, said: NoticeDelivered | NoticeAcknowledged) -> Outgoing:
    envelope = headers(said.notice, ANSWER_TYPE, "intake")
    return Outgoing(PRIVACY_ANSWERS, tenant, msgspec.msgpack.encode(said), envelope)
