"""Replays of dead letters: asked for once, logged, and sent again as they came, until the broker has them.

The record goes back to its topic, key and partition, with one more header: where it first stood. Its consumers know
repetitions by the event's id, and what follows names the first place as its cause. So a replay has its effect once,
however often it is sent, and where it fails again no second entry comes of it.
"""

import re
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from infra.clock import now, written
from infra.db.engine import Database
from infra.http.problems import Problem, not_found
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from schemas.envelope import REPLAY_OF
from schemas.events import DeadLettered, ErasureOrder
from schemas.rights import read_order
from schemas.topics import PRIVACY_ANSWERS, PRIVACY_REQUESTS, REFUSED, SCORED, SUBMITTED
from services.audit.acts import Act, Acts, By
from services.audit.operations.dead_letters import DeadLetter, DeadLetters
from services.audit.tables import fence, replays

_OF_PERSONS = frozenset(topic.name for topic in (SUBMITTED, SCORED, REFUSED, PRIVACY_ANSWERS))
_ID = re.compile(r"[0-9a-f]{32}")
log = structlog.get_logger(__name__)


class Replays:
    """Asks for replays and sends them."""

    def __init__(self, database: Database, acts: Acts, letters: DeadLetters, producer: Producer) -> None:
        self._database = database
        self._acts = acts
        self._letters = letters
        self._producer = producer

    async def ask(self, replay: str, topic: str, offset: int, reason: str, by: By) -> None:
        """Replay the dead letter at this place, for a stated reason; asked under one id twice it is asked once.

        `replay` is that id, 32 hexadecimal digits. Raises Problem: 404 without such a letter, 409 where it cannot be.
        """
        if _ID.fullmatch(replay) is None:
            raise Problem(422, "invalid", "Not a replay", "Its id has 32 hexadecimal digits.")
        letter = await self._letters.one(topic, offset)
        if letter is None:
            raise not_found("dead letter")
        if letter.target is None:
            raise Problem(409, "no-replay", "It cannot be replayed", f"The reason is: {letter.why_not()}.")
        if await self._is_of_the_erased(letter):
            raise Problem(409, "erased", "It cannot be replayed", "Its person was erased: nothing is sent for them.")
        told = (("dead_letter", letter.id), ("reason", reason), ("replay", replay))
        row = {"id": replay, "topic": topic, "offset": offset, "asked_at": written(now())}
        try:
            async with self._database.write() as connection:
                await connection.execute(insert(replays).values(**row))
                await self._acts.put(connection, Act("dead-letter-replayed", told, cause=letter.cause, by=by))
        except IntegrityError:
            return
        self._acts.wake()
        await self.send_due()

    async def send_due(self) -> None:
        """Send what was asked for and may not have been sent. Without a broker it is sent later."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(replays).where(replays.c.sent_at.is_(None)))).all()
        for row in rows:
            try:
                letter = await self._letters.one(row.topic, row.offset)
                if letter is None or letter.target is None:
                    log.error("replay-lost", letter=f"{row.topic}/{row.offset}", reason="the broker holds it no more")
                elif await self._is_of_the_erased(letter):
                    log.warning("replay-dropped", letter=f"{row.topic}/{row.offset}", reason="its person was erased")
                else:
                    await self._producer.send([replayed(letter)])
            except (BrokerUnavailable, Problem) as error:
                log.warning("replay-postponed", letter=f"{row.topic}/{row.offset}", reason=str(error))
                return
            async with self._database.write() as connection:
                sent = update(replays).where(replays.c.id == row.id).values(sent_at=written(now()))
                await connection.execute(sent)

    async def _is_of_the_erased(self, letter: DeadLetter) -> bool:
        """Whether it would put what is sealed for an erased person into the broker beyond the receipt's date."""
        value = letter.value
        if value is None or value.key is None or not _carries_what_is_sealed(value):
            return False
        async with self._database.read() as connection:
            fenced = select(fence.c.alias).where(fence.c.alias == value.key.decode())
            return await connection.scalar(fenced) is not None

    async def of(self, letter: DeadLetter) -> list[datetime]:
        """When this one was replayed, the last time first."""
        mine = replays.c.topic == letter.topic, replays.c.offset == letter.offset
        query = select(replays.c.asked_at).where(*mine).order_by(replays.c.asked_at.desc())
        async with self._database.read() as connection:
            return [datetime.fromisoformat(one) for one in await connection.scalars(query)]


def _carries_what_is_sealed(value: DeadLettered) -> bool:
    """Whether the record is about a person and more than the order to erase them."""
    if value.cause.topic != PRIVACY_REQUESTS.name:
        return value.cause.topic in _OF_PERSONS
    try:
        return not isinstance(read_order(value.value), ErasureOrder)
    except msgspec.DecodeError:
        return True


def replayed(letter: DeadLetter) -> Outgoing:
    """The record as it came, with the place where it first stood. Raises ValueError for one that is not replayed."""
    value, cause, target = letter.value, letter.cause, letter.target
    if value is None or value.key is None or cause is None or target is None:
        raise ValueError(f"{letter.id} cannot be replayed: {letter.why_not()}")
    kept = tuple((name, each) for name, each in value.headers if name != REPLAY_OF)
    place = f"{cause.topic}/{cause.partition}/{cause.offset}"
    return Outgoing(
        target, value.key.decode(), value.value, (*kept, (REPLAY_OF, place.encode())), value.cause.partition
    )
