"""Intake's own reading: submissions as the broker has them, and the ends that scoring gives them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import msgspec
from aiokafka import ConsumerRecord

from infra.clock import now, written
from infra.kafka.batch_loop import Unavailable
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import BrokerUnavailable, Outgoing, Producer
from infra.kafka.record_key import alias_of
from schemas.entry import role
from schemas.envelope import NoEnvelope, event_id, headers
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
from schemas.purposes import INDIVIDUALS
from schemas.rights import ANSWER_TYPE, Corrected
from schemas.topics import DEAD_INTAKE, DEAD_SCORING, PRIVACY_ANSWERS, REFUSED, SCORED, SUBMITTED
from services.intake.assessments.rows import Accepted, Ended, Superseded
from services.intake.assessments.store import Store
from services.intake.handing_in.admission import Admission

READ = (SUBMITTED, SCORED, REFUSED, DEAD_SCORING)


class Arrivals:
    """Lets requests wait for the end of their assessments, and feeds for the next end of their organisation."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[asyncio.Event]] = {}

    async def wait(self, name: str, seconds: float, ended: Callable[[], Awaitable[bool]]) -> bool:
        """Whether an end was stored within the time; `ended` tells whether it was before anybody waited.

        `name` is the assessment's id, or an organisation, whose every end it is then.
        """
        event = asyncio.Event()
        waiting = self._waiting.setdefault(name, set())
        waiting.add(event)
        try:
            if await ended():
                return True
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return False
        finally:
            waiting.discard(event)
            if not waiting:
                self._waiting.pop(name, None)
        return True

    def announce(self, ended: Sequence[Ended]) -> None:
        """These have ended."""
        for name in {one.id for one in ended} | {one.tenant for one in ended}:
            self.wake(name)

    def wake(self, name: str) -> None:
        """Something has come for this assessment or organisation."""
        for event in self._waiting.get(name, ()):
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
                dead.append(dead_letter(DEAD_INTAKE, "intake", record, poisoned))
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
        corrections = [one.id for one in accepted if one.supersedes is not None]
        scored = [one.id for one in ended if one.state == "scored"]
        superseded = await self._store.supersede([*corrections, *scored])
        if ended:
            self._arrivals.announce(ended)
            self._admission.ended([(one.tenant, one.id) for one in ended])
        if out := [*dead, *map(corrected, superseded)]:
            try:
                await self._producer.send(out)
            except BrokerUnavailable as error:
                raise Unavailable(str(error)) from error


def read(record: ConsumerRecord) -> Accepted | Ended | None:
    """What a record tells intake; None where that is nothing. Raises Poisoned."""
    try:
        return _READERS[record.topic](record)
    except (msgspec.DecodeError, TypeError):
        raise Poisoned(f"its value is not that of a record of {record.topic}") from None
    except NoEnvelope:
        raise Poisoned(f"its headers are not those of a record of {record.topic}") from None


def corrected(one: Superseded) -> Outgoing:
    """What consent is told of a correction, which answers a request for rectification."""
    actor: Literal["person", "organisation"] = "person" if one.tenant == INDIVIDUALS else "organisation"
    said = Corrected(one.id, one.by, actor, one.asked_at)
    return Outgoing(PRIVACY_ANSWERS, one.alias, msgspec.msgpack.encode(said), headers(one.by, ANSWER_TYPE, "intake"))


def own(value: Submitted | Scored, part: bytes) -> bytes | None:
    """What is kept of a part that only people who came by themselves ever ask for."""
    return part if value.tenant == INDIVIDUALS else None


class _Acted(msgspec.Struct):
    """Of an entry, in which role somebody acted."""

    actor: str


def answered_themself(value: Submitted) -> bool:
    """Whether the person gave the answers: by themself, or invited by an organisation, as the record's entry says."""
    if value.tenant == INDIVIDUALS:
        return True
    return msgspec.json.decode(value.leaf, type=_Acted).actor == role("person", value.tenant)


def _submitted(record: ConsumerRecord) -> Accepted:
    value = msgspec.msgpack.decode(record.value, type=Submitted)
    found = event_id(record.headers, SUBMITTED_TYPE)
    return Accepted(
        found,
        value.tenant,
        alias_of(record.key),
        value.mac,
        written(now()),
        value.sealed if answered_themself(value) else None,
        value.reference,
        supersedes=value.supersedes,
    )


def _scored(record: ConsumerRecord) -> Ended:
    value = msgspec.msgpack.decode(record.value, type=Scored)
    found = event_id(record.headers, SCORED_TYPE)
    return Ended(
        found,
        value.tenant,
        alias_of(record.key),
        "scored",
        written(now()),
        result=value.result,
        detail=value.detail,
        leaf=own(value, value.leaf),
        scored_partition=record.partition,
        scored_offset=record.offset,
        trail=own(value, value.trail),
        oversight=value.oversight,
    )


def _refused(record: ConsumerRecord) -> Ended:
    value = msgspec.msgpack.decode(record.value, type=Refused)
    found = event_id(record.headers, REFUSED_TYPE)
    return Ended(found, value.tenant, alias_of(record.key), "refused", written(now()), reason=value.reason)


def _dead(record: ConsumerRecord) -> Ended | None:
    """The assessment behind a dead letter of scoring has failed, where the dead record was one of ours."""
    value = msgspec.msgpack.decode(record.value, type=DeadLettered)
    event_id(record.headers, DEAD_LETTERED_TYPE)
    try:
        inner = msgspec.msgpack.decode(value.value or b"", type=Submitted)
        found = event_id(value.headers, SUBMITTED_TYPE)
        alias = alias_of(value.key)
    except (msgspec.DecodeError, NoEnvelope, Poisoned):
        return None
    return Ended(found, inner.tenant, alias, "failed", written(now()), reason=value.reason)


_READERS: dict[str, Callable[[ConsumerRecord], Accepted | Ended | None]] = {
    SUBMITTED.name: _submitted,
    SCORED.name: _scored,
    REFUSED.name: _refused,
    DEAD_SCORING.name: _dead,
}
