"""Intake's own reading: submissions as the broker has them, and the ends that scoring gives them."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from aiokafka import ConsumerRecord

from infra.clock import now, written
from infra.kafka.batch_loop import Unavailable
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from schemas.envelope import NoEnvelope, event_id
from schemas.events import (
    DEAD_LETTERED_TYPE,
    REFUSED_TYPE,
    SCORED_TYPE,
    SUBMITTED_TYPE,
    DeadLettered,
    Refused,
    Scored,
    Submitted,
)
from schemas.topics import DEAD_INTAKE, DEAD_SCORING, REFUSED, SCORED, SUBMITTED
from services.intake.admission import Admission
from services.intake.store import Accepted, Ended, Store

TOPICS = (SUBMITTED, SCORED, REFUSED, DEAD_SCORING)


class Arrivals:
    """Lets a request wait for the end of its assessment."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    async def wait(self, assessment: str, seconds: float) -> bool:
        """Whether the end was stored by this process within the time."""
        event = self._waiting.setdefault(assessment, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(assessment, None)
        return True

    def announce(self, assessments: Sequence[str]) -> None:
        """These have ended."""
        for assessment in assessments:
            if (event := self._waiting.get(assessment)) is not None:
                event.set()


class ResultsLoop:
    """The work of the batch loop."""

    def __init__(self, store: Store, producer: Producer, arrivals: Arrivals, admission: Admission) -> None:
        self._store = store
        self._producer = producer
        self._arrivals = arrivals
        self._admission = admission

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        """Store what the batch tells; a record that tells nothing goes to `dead.intake`."""
        accepted: list[Accepted] = []
        ended: list[Ended] = []
        dead: list[Outgoing] = []
        for record in records:
            try:
                one = read(record)
            except Poisoned as poisoned:
                dead.append(dead_letter(DEAD_INTAKE, "intake", record, str(poisoned)))
                continue
            if isinstance(one, Accepted):
                accepted.append(one)
            elif one is not None:
                ended.append(one)
        await self._keep(accepted, ended, dead)

    async def _keep(self, accepted: list[Accepted], ended: list[Ended], dead: list[Outgoing]) -> None:
        if accepted:
            await self._store.accept(accepted)
        if ended:
            await self._store.end(ended)
            self._arrivals.announce([one.id for one in ended])
            self._admission.leave([one.id for one in ended])
        if dead:
            try:
                await self._producer.send(dead)
            except BrokerUnavailable as error:
                raise Unavailable(str(error)) from error


def read(record: ConsumerRecord) -> Accepted | Ended | None:
    """What a record tells intake; None where that is nothing. Raises Poisoned."""
    try:
        return _READERS[record.topic](record)
    except (msgspec.DecodeError, NoEnvelope, UnicodeDecodeError, AttributeError) as error:
        raise Poisoned(f"not a record of {record.topic}: {error}") from None


def _submitted(record: ConsumerRecord) -> Accepted:
    value = msgspec.msgpack.decode(record.value, type=Submitted)
    moment = written(now())
    return Accepted(event_id(record.headers, SUBMITTED_TYPE), value.tenant, record.key.decode(), value.mac, moment)


def _scored(record: ConsumerRecord) -> Ended:
    value = msgspec.msgpack.decode(record.value, type=Scored)
    found = event_id(record.headers, SCORED_TYPE)
    return Ended(
        found,
        value.tenant,
        record.key.decode(),
        "scored",
        written(now()),
        result=value.result,
        detail=value.detail,
    )


def _refused(record: ConsumerRecord) -> Ended:
    value = msgspec.msgpack.decode(record.value, type=Refused)
    found = event_id(record.headers, REFUSED_TYPE)
    return Ended(found, value.tenant, record.key.decode(), "refused", written(now()), reason=value.reason)


def _dead(record: ConsumerRecord) -> Ended | None:
    """The assessment behind a dead letter of scoring has failed, where the dead record was one of ours."""
    value = msgspec.msgpack.decode(record.value, type=DeadLettered)
    event_id(record.headers, DEAD_LETTERED_TYPE)
    try:
        inner = msgspec.msgpack.decode(value.value or b"", type=Submitted)
        found = event_id(value.headers, SUBMITTED_TYPE)
        alias = (value.key or b"").decode()
    except (msgspec.DecodeError, NoEnvelope, UnicodeDecodeError):
        return None
    return Ended(found, inner.tenant, alias, "failed", written(now()), reason=value.reason)


_READERS: dict[str, Callable[[ConsumerRecord], Accepted | Ended | None]] = {
    SUBMITTED.name: _submitted,
    SCORED.name: _scored,
    REFUSED.name: _refused,
    DEAD_SCORING.name: _dead,
}
