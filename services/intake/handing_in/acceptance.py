"""Accepting a chunk of hand-ins: one call for all keys, one batch to the broker, one transaction, then the answers.

Nothing is answered as accepted before the broker has it with `acks=all`. A hand-in that comes again under the same
Idempotency-Key is answered from what was stored, and makes nobody new.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from infra.clock import now, written
from infra.http.problems import Problem, invalid, unavailable
from infra.kafka.producer import BrokerUnavailable, Producer
from infra.keys.client import KeyClient, KeysUnavailable, UnknownTenant
from infra.lasting import survived
from schemas.faults import Faulty
from schemas.keys import CreatedKey
from services.intake.assessments.recognised import AGED
from services.intake.assessments.rows import Accepted, Row
from services.intake.assessments.store import Store
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.hand_in import HandIn, Parts, mac, read, sealed_parts, submitted
from services.intake.handing_in.idempotency import EventIds, Events, key_reused
from services.intake.handing_in.slices import REQUEST_SECONDS, Slices
from services.intake.handing_in.turns import Turns
from services.intake.organisations.callers import Caller
from services.methodology.version import ENGLISH, Version


@dataclass(frozen=True, slots=True)
class Taken:
    """A hand-in that is accepted, now or earlier."""

    id: str
    state: Literal["accepted", "scored", "refused", "failed"]
    claim_code: str | None = None


@dataclass(frozen=True, slots=True)
class Fits:
    """A hand-in that would be taken."""


Answer = Taken | Problem
Limits = Callable[[str], Awaitable[bytes | None]]
"""The packed limits of an organisation's boundaries, where it has set any."""
_NO_EVENTS = Events(None)
CODE_NEEDED = "claim-code-needed"
"""Why the ledger refuses an invited employee who has a claim code and did not bring it."""
AT_ONCE = 3
"""Chunks under way at a time: one at consent, one at the broker, one at the database."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A topic that hand-ins are read from.

    `told` tells its owner what is not accepted; only then are `marks`, where to go on, stored with what is.
    """

    marks: Mapping[str, int]
    told: Callable[[Mapping[int, Answer]], Awaitable[None]]


class Acceptance:
    """Accepts chunks of hand-ins."""

    def __init__(
        self,
        version: Version,
        keys: KeyClient,
        producer: Producer,
        store: Store,
        admission: Admission,
        *,
        limits: Limits,
    ) -> None:
        self.admission = admission
        self.version = version
        self._keys = keys
        self._producer = producer
        self._store = store
        self._limits = limits
        self._in_flight: set[str] = set()
        self._turns = Turns(AT_ONCE, admission.shares.others)
        self.slices = Slices(admission.shares.others)

    async def take(
        self,
        caller: Caller,
        events: EventIds,
        lines: Sequence[tuple[int, bytes | Problem]],
        origin: Origin | None = None,
        *,
        corrects: Row | None = None,
        language: str = ENGLISH,
        in_stream: bool = True,
    ) -> list[Answer]:
        """One answer for each line, in order. A line is its number and its bytes, or why it could not be read.

        What it `corrects` has been read for the same caller. `language` is that of the methodology's findings.
        What is not `in_stream` is a request of its own.
        """
        answers: dict[int, Answer] = {}
        hand_ins: dict[int, HandIn] = {}
        seen = await self.slices.done(
            caller.tenant,
            lines,
            lambda line: self._read(caller, events, *line, language),
            0.0 if in_stream else REQUEST_SECONDS,
        )
        for (number, _), one in zip(lines, seen, strict=True):
            if isinstance(one, Problem):
                answers[number] = one
            elif corrects is None:
                hand_ins[number] = one
            else:
                hand_ins[number] = one.correcting(corrects.id, corrects.alias or "")
        if origin is not None:
            await origin.told(answers)
        answers |= await self._settle(caller, hand_ins, origin)
        return [answers[number] for number, _ in lines]

    async def tried(self, caller: Caller, lines: Sequence[tuple[int, bytes | Problem]]) -> list[Fits | Problem]:
        """Would these be taken? Nothing of them is kept, sent or counted, and the ledger is not asked."""
        seen = await self.slices.done(
            caller.tenant, lines, lambda line: self._read(caller, _NO_EVENTS, *line, ENGLISH)
        )
        return [one if isinstance(one, Problem) else Fits() for one in seen]

    async def again(self, caller: Caller, hand_in: HandIn) -> Answer:
        """Accept a hand-in that was read already, such as old answers under a new id."""
        return (await self._settle(caller, {1: hand_in}, None))[1]

    def _read(
        self, caller: Caller, events: EventIds, number: int, raw: bytes | Problem, language: str
    ) -> HandIn | Problem:
        if isinstance(raw, Problem):
            return raw
        try:
            return read(raw, caller, events.event_id(number), self.version, language)
        except Faulty as faulty:
            return invalid(faulty.faults)
        except Exception as error:  # reading is pure: what fails at one hand-in fails at it again, and at no other
            survived("reading", error)
            return _defect()

    async def _settle(self, caller: Caller, hand_ins: dict[int, HandIn], origin: Origin | None) -> dict[int, Answer]:
        """What these are answered; one that is under way already, by another request, is a conflict."""
        flying = {number for number, one in hand_ins.items() if one.event_id in self._in_flight}
        if flying and origin is not None:
            raise _in_flight()  # nothing of the chunk is marked as read before all of it is
        conflicts: dict[int, Answer] = dict.fromkeys(flying, _in_flight())
        return conflicts | await self._alone(
            caller, {number: one for number, one in hand_ins.items() if number not in flying}, origin
        )

    async def _alone(self, caller: Caller, hand_ins: dict[int, HandIn], origin: Origin | None) -> dict[int, Answer]:
        if not hand_ins:
            await self._hand_on(caller, [], origin)
            return {}
        ids = [hand_in.event_id for hand_in in hand_ins.values()]
        self._in_flight.update(ids)
        begun: set[str] = set()
        entered: frozenset[str] = frozenset()
        try:
            await self.admission.shares.enter(caller.tenant, ids)
            async with self._turns.turn(caller.tenant):
                entered = await self.admission.enter(ids)
                return await self._accept(caller, hand_ins, begun, origin)
        except UnknownTenant:
            if origin is not None:
                raise _unknown() from None  # what lies in its topic stays unread, as that of who is known as closed
            return dict.fromkeys(hand_ins, _unknown())
        except KeysUnavailable:
            return dict.fromkeys(hand_ins, unavailable("The consent service"))
        except BrokerUnavailable:
            return dict.fromkeys(hand_ins, unavailable("The message broker"))
        finally:
            self._in_flight.difference_update(ids)
            self.admission.leave(entered - begun)
            self.admission.shares.leave(caller.tenant, set(ids) - begun)

    async def _accept(
        self, caller: Caller, hand_ins: dict[int, HandIn], begun: set[str], origin: Origin | None
    ) -> dict[int, Answer]:
        async with self._keys.created(caller.tenant, [one.person for one in hand_ins.values()]) as created:
            answers, new = await self._sort(caller, hand_ins, created)
            if origin is not None:
                await origin.told(answers)
            await self._hand_on(caller, new, origin)
            begun.update(hand_in.event_id for hand_in, _ in new)
            return answers

    async def _sort(
        self, caller: Caller, hand_ins: dict[int, HandIn], created: Sequence[CreatedKey]
    ) -> tuple[dict[int, Answer], list[tuple[HandIn, CreatedKey]]]:
        """All answers, and what is to be handed on: of several with one event id, as over Kafka, the first."""
        known = await self._store.find([hand_in.event_id for hand_in in hand_ins.values()])
        answers: dict[int, Answer] = {}
        new: dict[str, tuple[HandIn, CreatedKey]] = {}
        for (number, hand_in), key in zip(hand_ins.items(), created, strict=True):
            event = hand_in.event_id
            one = answer(hand_in, key, known.get(event), tells_why=caller.reads_own)
            if isinstance(one, Taken) and event not in known:
                first, its_key = new.setdefault(event, (hand_in, key))
                if first is not hand_in and mac(first, its_key) != mac(hand_in, key):
                    one = key_reused()
            answers[number] = one
        return answers, list(new.values())

    async def _hand_on(self, caller: Caller, new: Sequence[tuple[HandIn, CreatedKey]], origin: Origin | None) -> None:
        marks = {} if origin is None else origin.marks
        if not new:
            if marks:
                await self._store.accept([], marks)
            return
        time = written(now())
        sent = [(hand_in, key, sealed_parts(hand_in, key, caller.tenant)) for hand_in, key in new]
        limits = await self._limits(caller.tenant)
        records = [submitted(*one, tenant=caller.tenant, time=time, limits=limits) for one in sent]
        await self._producer.send(records)
        await self._store.accept([kept(caller, *one, time) for one in sent], marks)


def _unknown() -> Problem:
    """The ledger is asked first: it has the contract, and this instance may not have heard of its end yet."""
    detail = "The consent ledger knows no contract with this organisation, or it has ended; nothing was accepted."
    return Problem(403, "no-contract", "There is no contract", detail)


def _defect() -> Problem:
    return Problem(500, "defect", "Internal error", "This hand-in shows a defect on our side; it was not accepted.")


def _in_flight() -> Problem:
    return Problem(409, "in-flight", "The same hand-in is under way", "Wait for its answer, then ask again.")


def kept(caller: Caller, hand_in: HandIn, key: CreatedKey, parts: Parts, time: str) -> Accepted:
    """What is stored of an accepted hand-in; the sealed answers of those only who gave them themselves."""
    answers = parts.answers if caller.is_person or hand_in.person.invited else None
    recognised = mac(hand_in, key)
    return Accepted(
        hand_in.event_id,
        caller.tenant,
        key.alias,
        recognised,
        time,
        answers,
        reference=parts.reference,
        supersedes=hand_in.supersedes,
    )


def answer(hand_in: HandIn, key: CreatedKey, known: Row | None, *, tells_why: bool) -> Answer:
    """What a hand-in is answered, given its key and what was stored of an earlier one with the same id.

    Why the ledger refuses is told to the person, and to nobody else.
    """
    if key.status == "gone" or (known is not None and known.state == "gone"):
        return Problem(410, "gone", "Erased", "The person of this hand-in was erased; it is not accepted again.")
    if key.status == "refused" and key.reason == CODE_NEEDED:
        detail = "This employee was told a claim code when they filled in the form before. It is asked for now."
        return Problem(403, CODE_NEEDED, "The claim code is needed", detail)
    if key.status == "refused":
        said = f"The reason is: {key.reason}." if tells_why else "The ledger does not allow this person's scoring."
        return Problem(403, "refused", "Refused by the consent ledger", said)
    if known is None:
        return Taken(hand_in.event_id, "accepted", key.claim_code)
    if known.mac and known.mac != mac(hand_in, key):
        return key_reused()
    state: Literal["accepted", "scored", "refused", "failed"] = "accepted" if known.state == "gone" else known.state
    # Whether it is the same body cannot be said any more, so whoever knows the id alone is told no code.
    return Taken(hand_in.event_id, state, None if known.mac == AGED else key.claim_code)
