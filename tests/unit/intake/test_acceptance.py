"""A chunk of hand-ins is accepted with one call for keys and one batch, and each line has its own answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
import pytest

from infra.http.problems import Problem
from schemas.events import Submitted
from schemas.purposes import INDIVIDUALS
from schemas.topics import SUBMITTED
from services.intake.assessments.recognised import AGED
from services.intake.assessments.rows import Accepted, Row
from services.intake.handing_in.acceptance import Acceptance, Answer, Origin, Taken
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.idempotency import Events
from services.intake.organisations.callers import Caller
from services.methodology.version import load
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger
from tests.unit.intake.examples import employee, no_limits, person, raw

ACME = Caller("acme")


@dataclass(slots=True)
class Rows:
    """The store in memory: the first record of an event counts."""

    rows: dict[str, Row] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)

    async def find(self, ids: list[str]) -> dict[str, Row]:
        return {one: self.rows[one] for one in ids if one in self.rows}

    async def accept(self, accepted: list[Accepted], read: Mapping[str, int] | None = None) -> None:
        self.read.update(read or {})
        for one in accepted:
            end = dict.fromkeys(("reason", "ended_at", "result", "detail"))
            row = Row(one.id, one.tenant, "accepted", one.alias, one.mac, submitted_at=one.submitted_at, **end)
            row = replace(row, hand_in=one.hand_in)
            self.rows.setdefault(one.id, row)


@dataclass(slots=True)
class Door:
    """Acceptance over twins."""

    bound: int | None = None
    ledger: Ledger = field(default_factory=Ledger)
    broker: Broker = field(default_factory=Broker)
    store: Rows = field(default_factory=Rows)
    acceptance: Acceptance = field(init=False)

    def __post_init__(self) -> None:
        admission = Admission(self.bound)
        self.acceptance = Acceptance(load(), self.ledger, self.broker, self.store, admission, limits=no_limits)

    async def take(self, *documents: object, caller: Caller = ACME, key: bytes | None = None) -> list[Answer]:
        lines = [
            (number, one if isinstance(one, bytes | Problem) else raw(one))
            for number, one in enumerate(documents, start=1)
        ]
        return await self.acceptance.take(caller, Events(key), lines)

    @property
    def sent(self) -> int:
        return len(self.broker.of(SUBMITTED.name))


@pytest.fixture
def door() -> Door:
    return Door()


def status(answer: Answer) -> int | str:
    return answer.status if isinstance(answer, Problem) else answer.state


async def test_a_whole_chunk_takes_one_call_for_keys(door: Door) -> None:
    answers = await door.take(*(employee(str(number)) for number in range(5)))
    assert [status(one) for one in answers] == ["accepted"] * 5
    assert door.ledger.calls == [5]
    assert door.sent == 5


async def test_a_bad_line_is_answered_in_its_place_and_its_neighbours_go_through(door: Door) -> None:
    too_long = Problem(413, "line-too-long", "Line too long")
    answers = await door.take(employee("1"), b"{", too_long, employee(as_of="never"), employee("2"))
    assert [status(one) for one in answers] == ["accepted", 422, 413, 422, "accepted"]
    assert door.sent == 2


async def test_a_chunk_of_bad_lines_asks_consent_for_nothing(door: Door) -> None:
    await door.take(b"{", b"[]")
    assert door.ledger.calls == []


async def test_the_same_hand_in_again_is_the_same_assessment_and_makes_nobody_new(door: Door) -> None:
    (first,) = await door.take(employee(), key=b"k")
    (again,) = await door.take(employee(), key=b"k")
    assert first == again
    assert door.sent == 1
    assert len(door.ledger.people) == 1


async def test_a_persons_claim_code_is_told_again_to_who_sends_the_same(door: Door) -> None:
    (first,) = await door.take(person(), caller=Caller(INDIVIDUALS), key=b"k")
    (again,) = await door.take(person(), caller=Caller(INDIVIDUALS), key=b"k")
    assert isinstance(first, Taken)
    assert isinstance(again, Taken)
    assert first.claim_code == again.claim_code is not None


async def test_a_persons_sealed_answers_are_kept_as_they_were_sent_and_an_employees_are_not(door: Door) -> None:
    (mine,) = await door.take(person(), caller=Caller(INDIVIDUALS))
    (theirs,) = await door.take(employee())
    assert isinstance(mine, Taken)
    assert isinstance(theirs, Taken)
    sent = msgspec.msgpack.decode(door.broker.of(SUBMITTED.name)[0].value, type=Submitted)
    assert (door.store.rows[mine.id].hand_in, door.store.rows[theirs.id].hand_in) == (sent.sealed, None)


async def test_without_a_key_each_hand_in_is_its_own_event(door: Door) -> None:
    first, second = [*await door.take(employee()), *await door.take(employee())]
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert first.id != second.id
    assert len(door.ledger.people) == 1, "the same external_id is the same person"


async def test_another_body_under_the_same_key_is_refused(door: Door) -> None:
    await door.take(employee(), key=b"k")
    (answer,) = await door.take(employee(pause_months=3), key=b"k")
    assert status(answer) == 422
    assert door.sent == 1


async def test_whose_body_is_recognised_no_more_is_answered_from_what_was_stored_without_a_claim_code(
    door: Door,
) -> None:
    # Given a person's hand-in whose MAC has aged out
    (first,) = await door.take(person(), caller=Caller(INDIVIDUALS), key=b"k")
    assert isinstance(first, Taken)
    assert first.claim_code is not None
    door.store.rows[first.id] = replace(door.store.rows[first.id], mac=AGED)
    # When somebody comes who may know its id and not its answers, then nobody new is made and no code is told
    (again,) = await door.take(person(), caller=Caller(INDIVIDUALS), key=b"k")
    assert again == replace(first, claim_code=None)
    assert door.sent == 1


async def test_a_correction_under_the_key_of_what_it_corrects_is_another_hand_in(door: Door) -> None:
    # Given a hand-in, and the same answers as its correction under the same key
    (first,) = await door.take(employee(), key=b"k")
    assert isinstance(first, Taken)
    corrects = door.store.rows[first.id]
    (correction,) = await door.acceptance.take(ACME, Events(b"k"), [(1, raw(employee()))], corrects=corrects)
    # Then it is refused, and not answered as if it had been made
    assert status(correction) == 422
    # and under a key of its own it is made once, however often it is sent
    for _ in range(2):
        (again,) = await door.acceptance.take(ACME, Events(b"own"), [(1, raw(employee()))], corrects=corrects)
        assert isinstance(again, Taken)
    assert door.sent == 2
    # and as the correction of another one it is another one
    other = replace(corrects, id="f" * 32)
    (changed,) = await door.acceptance.take(ACME, Events(b"own"), [(1, raw(employee()))], corrects=other)
    assert status(changed) == 422


class Same:
    """Each line has the same key, as records over Kafka may."""

    def event_id(self, line: int) -> str:
        return "a" * 32


async def test_of_two_with_one_event_id_in_a_chunk_the_first_counts_and_another_body_is_refused(door: Door) -> None:
    lines = [(1, raw(employee())), (2, raw(employee(pause_months=3))), (3, raw(employee()))]
    first, other, again = await door.acceptance.take(ACME, Same(), lines)
    assert isinstance(first, Taken)
    assert (first, status(other), again) == (first, 422, first)
    assert door.sent == 1


async def test_a_hand_in_of_the_erased_is_gone(door: Door) -> None:
    await door.take(employee(), key=b"k")
    door.ledger.erase(next(iter(door.ledger.people)))
    (answer,) = await door.take(employee(), key=b"k")
    assert status(answer) == 410


async def test_why_the_ledger_refuses_is_told_to_the_person_and_to_no_organisation(door: Door) -> None:
    # Given an employee and a person who have objected, each of whom is handed in again
    await door.take(employee())
    (first,) = await door.take(person(), caller=Caller(INDIVIDUALS))
    assert isinstance(first, Taken)
    for alias in door.ledger.people:
        door.ledger.refuse(alias, "objected")
    own = Caller(INDIVIDUALS, first.claim_code)
    (to_employer,), (to_person,) = await door.take(employee()), await door.take(person(), caller=own)
    # Then only the person reads what they did
    assert isinstance(to_employer, Problem)
    assert isinstance(to_person, Problem)
    assert (to_employer.status, "objected" in to_employer.detail) == (403, False)
    assert (to_person.status, "objected" in to_person.detail) == (403, True)


async def test_an_unknown_claim_code_makes_nobody(door: Door) -> None:
    (answer,) = await door.take(person(), caller=Caller(INDIVIDUALS, "nobody's"))
    assert status(answer) == 403
    assert door.ledger.people == {}
    assert "nobody" not in str(answer)


@pytest.mark.parametrize("part", ["ledger", "broker"])
async def test_with_a_part_away_nothing_is_confirmed_and_a_retry_is_accepted(door: Door, part: str) -> None:
    # Given consent or the broker away
    getattr(door, part).away = True
    (answer,) = await door.take(employee(), key=b"k")
    assert isinstance(answer, Problem)
    assert (answer.status, "Retry-After" in answer.headers, door.store.rows) == (503, True, {})
    # When it is back
    getattr(door, part).away = False
    (again,) = await door.take(employee(), key=b"k")
    # Then the same hand-in is accepted, once
    assert (status(again), door.sent) == ("accepted", 1)


async def test_the_same_hand_in_under_way_is_a_conflict(door: Door) -> None:
    first, second = await asyncio.gather(door.take(employee(), key=b"k"), door.take(employee(), key=b"k"))
    assert sorted(map(str, [status(*first), status(*second)])) == ["409", "accepted"]
    assert door.sent == 1


async def test_who_waits_for_room_is_under_way_already() -> None:
    # Given no room, and a hand-in that waits for some
    door = Door(bound=1)
    (blocking,) = await door.take(employee("blocking"))
    assert isinstance(blocking, Taken)
    waiting = asyncio.create_task(door.take(employee(), key=b"k"))
    await asyncio.sleep(0)
    # When the same comes again
    (again,) = await door.take(employee(), key=b"k")
    assert status(again) == 409
    # Then it is accepted once, as soon as there is room
    door.acceptance.admission.leave([blocking.id])
    assert [status(one) for one in await waiting] == ["accepted"]
    assert door.sent == 2


async def test_a_repetition_gives_no_room_away_that_its_assessment_still_takes() -> None:
    # Given an assessment under way that fills the bound
    door = Door(bound=1)
    (first,) = await door.take(employee(), key=b"k")
    assert isinstance(first, Taken)
    # When its hand-in comes again
    await door.take(employee(), key=b"k")
    # Then another one still waits until the first has ended
    other = asyncio.create_task(door.take(employee("other")))
    await asyncio.sleep(0)
    assert not other.done()
    door.acceptance.admission.leave([first.id])
    assert [status(one) for one in await other] == ["accepted"]


async def test_what_was_not_accepted_takes_no_room() -> None:
    door = Door(bound=1)
    door.broker.away = True
    await door.take(employee())
    door.broker.away = False
    assert [status(one) for one in await door.take(employee())] == ["accepted"]


async def test_what_lies_in_the_topic_of_an_ended_contract_is_not_marked_as_read() -> None:
    # Given a topic whose organisation's contract has ended, of which this instance has not heard yet
    door = Door()
    told: dict[int, Answer] = {}

    async def tell(answers: Mapping[int, Answer]) -> None:
        told.update(answers)

    door.ledger.ended.add("acme")
    lines, origin = [(1, raw(employee()))], Origin({"inbound.acme/0": 1}, tell)
    # When a hand-in of it is read, then it is neither answered nor passed over
    with pytest.raises(Problem) as raised:
        await door.acceptance.take(ACME, Events(b"k"), lines, origin)
    assert (raised.value.status, told, door.store.read) == (403, {}, {})
    # and with a new contract it is accepted
    door.ledger.ended.clear()
    (one,) = await door.acceptance.take(ACME, Events(b"k"), lines, origin)
    assert (status(one), door.store.read) == ("accepted", {"inbound.acme/0": 1})
