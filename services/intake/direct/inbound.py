"""Hand-ins from `inbound.<organisation>`: opened, accepted like any other, and answered where they do not fit.

Offsets are stored with what is accepted from them, so that a replay below them makes nobody new. A record's
CloudEvents id is its Idempotency-Key: the same one again is the same hand-in, for 48 hours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson
from aiokafka import ConsumerRecord

from infra.http.body import BODY_BYTES
from infra.http.problems import Problem
from infra.kafka.batch_loop import Unavailable
from infra.kafka.producer import BrokerUnavailable, Headers, Outgoing, Producer
from schemas.direct import CONTENT_TYPE, EVENT_ID, HANDED_IN_TYPE, NOT_ACCEPTED_TYPE
from schemas.topics import inbound_errors
from services.intake.direct.sealing import InboundKey, NotSealed, OrganisationKey
from services.intake.handing_in.acceptance import Acceptance, Answer, Origin
from services.intake.handing_in.idempotency import Events, IdempotencyKeys
from services.intake.handing_in.lines import CHUNK_LINES
from services.intake.organisations.callers import Caller

_ID = re.compile(EVENT_ID)
_LARGEST = 2 * BODY_BYTES
"""A JWE of the largest hand-in: base64 and its headers come on top."""


@dataclass(frozen=True, slots=True)
class _Received:
    """A record as far as it could be read: its CloudEvents id, and its body or what does not fit."""

    event: str
    body: bytes | Problem


class _EachItsOwn:
    """The event ids of a chunk in which each line has a key of its own."""

    def __init__(self, events: Sequence[Events]) -> None:
        self._events = events

    def event_id(self, line: int) -> str:
        """The id of the event in line `line`, from 1."""
        return self._events[line - 1].event_id(1)


class Inbound:
    """The work of one organisation's batch loop."""

    def __init__(
        self,
        tenant: str,
        *,
        key: InboundKey,
        theirs: Callable[[], OrganisationKey],
        acceptance: Acceptance,
        keys: IdempotencyKeys,
        producer: Producer,
    ) -> None:
        self._caller = Caller(tenant)
        self._key = key
        self._theirs = theirs
        self._acceptance = acceptance
        self._keys = keys
        self._producer = producer

    async def work(self, records: Sequence[ConsumerRecord]) -> None:
        """Accept a batch, chunk by chunk. Raises Unavailable where it is to be tried again."""
        left = records
        while left:
            size = self._acceptance.admission.largest(self._caller.tenant, CHUNK_LINES)
            chunk, left = left[:size], left[size:]
            await self._chunk(chunk)

    async def _chunk(self, records: Sequence[ConsumerRecord]) -> None:
        tenant = self._caller.tenant
        received = await self._acceptance.slices.done(tenant, records, self._read)
        events = await self._keys.each(tenant, [f"kafka {one.event}" for one in received])
        lines = [(number, one.body) for number, one in enumerate(received, start=1)]
        last = records[-1]

        async def told(answers: Mapping[int, Answer]) -> None:
            refused = [
                self._error(records[number - 1], received[number - 1].event, one)
                for number, one in answers.items()
                if isinstance(one, Problem)
            ]
            if refused:
                await self._producer.send(refused)

        try:
            self._acceptance.admission.open()
            origin = Origin({f"{last.topic}/{last.partition}": last.offset + 1}, told)
            answers = await self._acceptance.take(self._caller, _EachItsOwn(events), lines, origin)
        except (Problem, BrokerUnavailable) as error:
            raise Unavailable(str(error)) from error
        away = [one for one in answers if isinstance(one, Problem) and one.status in (409, 503)]
        if away:
            raise Unavailable(away[0].title)

    def _read(self, record: ConsumerRecord) -> _Received:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        try:
            attributes = {name: value.decode() for name, value in record.headers}
        except (UnicodeDecodeError, AttributeError):
            return _Received(place, _no_event("a header is not in UTF-8"))
        event = attributes.get("ce_id", "")
        if _ID.fullmatch(event) is None:
            return _Received(place, _no_event("ce_id has 1 to 255 visible ASCII characters"))
        right = {"ce_specversion": "1.0", "ce_type": HANDED_IN_TYPE, "content-type": CONTENT_TYPE}
        wrong = [f"{name} is {value}" for name, value in right.items() if attributes.get(name) != value]
        if wrong:
            return _Received(event, _no_event(", ".join(wrong)))
        value = record.value or b""
        return _Received(event, self._opened(value))

    def _opened(self, value: bytes) -> bytes | Problem:
        if len(value) > _LARGEST:
            return Problem(413, "too-large", "Too large", f"A value has at most {_LARGEST} bytes.")
        try:
            body = self._key.opened(value, self._caller.tenant)
        except NotSealed as error:
            return Problem(422, "not-sealed", "Not a JWE for this topic", str(error))
        if len(body) > BODY_BYTES:
            return Problem(413, "too-large", "Too large", f"What is sealed has at most {BODY_BYTES} bytes.")
        return body

    def _error(self, record: ConsumerRecord, event: str, problem: Problem) -> Outgoing:
        """The answer, sealed: the pointer to a field may quote what was handed in."""
        place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        minted = sha256(f"{record.topic}/{record.partition}/{record.offset}".encode()).hexdigest()[:32]
        body = orjson.dumps({"id": event, "record": place, "problem": problem.document()})
        topic = inbound_errors(self._caller.tenant)
        return Outgoing(topic, minted, self._theirs().sealed(body), event_headers(minted, NOT_ACCEPTED_TYPE))


def event_headers(event: str, kind: str) -> Headers:
    """CloudEvents 1.0 in binary mode around a JWE of ours."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", event.encode()),
        ("ce_source", b"/careerpulse/intake"),
        ("ce_type", kind.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    )


def _no_event(right: str) -> Problem:
    return Problem(422, "no-event", "Not a CloudEvent in binary mode", f"Right is: {right}.")
