"""What intake reads of the topics, and who waits for it."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from infra.kafka.batch_loop import Unavailable
from infra.kafka.dead_letter import Poisoned, dead_letter
from schemas.entry import role
from schemas.envelope import headers
from schemas.events import (
    REFUSED_TYPE,
    SCORED_TYPE,
    SUBMITTED_TYPE,
    Cause,
    DeadLettered,
    Refused,
    Scored,
    Submitted,
)
from schemas.topics import DEAD_INTAKE, DEAD_SCORING, REFUSED, SCORED, SUBMITTED
from services.intake.assessments.rows import Accepted, Ended, Superseded
from services.intake.handing_in.admission import Admission
from services.intake.results.loop import Arrivals, ResultsLoop, read
from tests.twins.broker import Broker, Record

EVENT, ALIAS = "e" * 32, "a" * 32
BY_ORGANISATION = msgspec.json.encode({"actor": role("organisation", "acme")})
CAUSE = Cause(SUBMITTED.name, 0, 7)


def record(topic: str, event_type: str, value: object) -> Record:
    return Record(topic, 0, 7, ALIAS.encode(), msgspec.msgpack.encode(value), headers(EVENT, event_type, "scoring"))


SUBMITTED_RECORD = record(SUBMITTED.name, SUBMITTED_TYPE, Submitted("acme", b"sealed", b"mac", BY_ORGANISATION))
SCORED_RECORD = record(SCORED.name, SCORED_TYPE, Scored("acme", CAUSE, b"result", b"detail", b"trail", b"leaf"))
REFUSED_RECORD = record(REFUSED.name, REFUSED_TYPE, Refused("acme", CAUSE, "withdrawn", b"leaf"))


def dead(original: Record) -> Record:
    letter = dead_letter(DEAD_SCORING, "scoring", original, Poisoned("the sealed answers do not open"))
    return Record(DEAD_SCORING.name, 0, 1, letter.key.encode(), letter.value, letter.headers)


def test_a_submission_begins_an_assessment() -> None:
    found = read(SUBMITTED_RECORD)
    assert isinstance(found, Accepted)
    assert (found.id, found.tenant, found.alias, found.mac) == (EVENT, "acme", ALIAS, b"mac")


def test_each_end_is_known_by_its_topic() -> None:
    scored, refused, failed = map(read, (SCORED_RECORD, REFUSED_RECORD, dead(SUBMITTED_RECORD)))
    assert isinstance(scored, Ended)
    assert (scored.state, scored.result, scored.detail) == ("scored", b"result", b"detail")
    assert isinstance(refused, Ended)
    assert (refused.state, refused.reason) == ("refused", "withdrawn")
    assert isinstance(failed, Ended)
    assert (failed.id, failed.alias, failed.state) == (EVENT, ALIAS, "failed")


@pytest.mark.parametrize(
    ("tenant", "by", "kept"),
    [
        ("individuals", "person", (b"sealed", b"leaf")),
        ("acme", "person", (b"sealed", None)),
        ("acme", "organisation", (None, None)),
    ],
)
def test_sealed_answers_are_kept_of_who_gave_them_and_the_entry_of_who_came_by_themselves(
    tenant: str, by: str, kept: tuple[bytes | None, bytes | None]
) -> None:
    leaf = msgspec.json.encode({"actor": role(by, tenant)})
    begun = read(record(SUBMITTED.name, SUBMITTED_TYPE, Submitted(tenant, b"sealed", b"mac", leaf)))
    ended = read(record(SCORED.name, SCORED_TYPE, Scored(tenant, CAUSE, b"result", b"detail", b"trail", b"leaf")))
    assert isinstance(begun, Accepted)
    assert isinstance(ended, Ended)
    assert (begun.hand_in, ended.leaf) == kept


@pytest.mark.parametrize("leaf", [b"leaf", b"{}", b"[]"])
def test_a_submission_whose_entry_names_nobody_is_put_aside(leaf: bytes) -> None:
    with pytest.raises(Poisoned):
        read(record(SUBMITTED.name, SUBMITTED_TYPE, Submitted("acme", b"sealed", b"mac", leaf)))


def test_a_dead_letter_of_what_was_never_ours_tells_nothing() -> None:
    assert read(dead(replace(SUBMITTED_RECORD, value=b"?"))) is None
    assert read(dead(replace(SUBMITTED_RECORD, value=None, key=None, headers=()))) is None


NUL = Submitted("acme\0", b"", b"", b"")
POISONED = {
    "no value": replace(SUBMITTED_RECORD, value=None),
    "another value": replace(SUBMITTED_RECORD, value=SCORED_RECORD.value),
    "garbage": replace(SCORED_RECORD, value=b"\xc1CANARY"),
    "an unknown field": replace(SCORED_RECORD, value=msgspec.msgpack.encode({"CANARY": 1})),
    "no headers": replace(SCORED_RECORD, headers=()),
    "another event's headers": replace(SCORED_RECORD, headers=SUBMITTED_RECORD.headers),
    "a header without a value": replace(SCORED_RECORD, headers=(("ce_id", None),)),
    "a foreign version": replace(SCORED_RECORD, headers=(("ce_specversion", b"CANARY"),)),
    "no key": replace(SCORED_RECORD, key=None),
    "a key that is no alias": replace(REFUSED_RECORD, key=b"CANARY"),
    "a key with NUL": replace(SUBMITTED_RECORD, key=b"\0" * 32),
    "a tenant with NUL": record(SUBMITTED.name, SUBMITTED_TYPE, NUL),
    "a reason with NUL": record(REFUSED.name, REFUSED_TYPE, Refused("acme", CAUSE, "\0", b"")),
}


@pytest.mark.parametrize("poisoned", POISONED.values(), ids=POISONED)
def test_what_is_no_record_of_its_topic_is_poisoned_and_not_quoted(poisoned: Record) -> None:
    with pytest.raises(Poisoned) as error:
        read(poisoned)
    assert "CANARY" not in str(error.value)


class Kept:
    """A store that notes what it is given."""

    def __init__(self) -> None:
        self.accepted: list[Accepted] = []
        self.ended: list[Ended] = []

    async def accept(self, accepted: list[Accepted]) -> None:
        self.accepted += accepted

    async def supersede(self, ids) -> list[Superseded]:
        return []

    async def end(self, ended: list[Ended]) -> None:
        self.ended += ended


async def test_a_poisoned_record_goes_to_the_dead_letters_and_its_neighbours_through() -> None:
    kept, broker = Kept(), Broker()
    loop = ResultsLoop(kept, broker, Arrivals(), Admission(None))
    await loop.work([SUBMITTED_RECORD, POISONED["garbage"], SCORED_RECORD])
    assert ([one.id for one in kept.accepted], [one.id for one in kept.ended]) == ([EVENT], [EVENT])
    (letter,) = [msgspec.msgpack.decode(one.value, type=DeadLettered) for one in broker.of(DEAD_INTAKE.name)]
    assert (letter.value, letter.cause) == (b"\xc1CANARY", Cause(SCORED.name, 0, 7))


async def test_with_the_broker_away_a_dead_letter_waits() -> None:
    loop = ResultsLoop(Kept(), Broker(away=True), Arrivals(), Admission(None))
    with pytest.raises(Unavailable):
        await loop.work([POISONED["garbage"]])


async def test_an_end_makes_room() -> None:
    admission = Admission(1)
    await admission.enter([EVENT])
    await ResultsLoop(Kept(), Broker(), Arrivals(), admission).work([SCORED_RECORD])
    assert await admission.enter(["another"]) == {"another"}


ENDED = Ended(EVENT, "acme", "a" * 32, "scored", "2026-11-23T18:00:00Z")


async def not_yet() -> bool:
    return False


async def test_everybody_who_waits_for_an_end_is_told() -> None:
    # Given two who wait, and one who has given up
    arrivals = Arrivals()
    assert not await arrivals.wait(EVENT, 0, not_yet)
    waiting = [asyncio.create_task(arrivals.wait(EVENT, 60, not_yet)) for _ in range(2)]
    await asyncio.sleep(0)
    assert not await arrivals.wait(EVENT, 0, not_yet)
    # When it comes
    arrivals.announce([ENDED, replace(ENDED, id="another")])
    # Then both know
    assert await asyncio.gather(*waiting) == [True, True]


async def test_a_feed_is_told_of_every_end_of_its_organisation() -> None:
    arrivals = Arrivals()
    waiting = asyncio.create_task(arrivals.wait("acme", 60, not_yet))
    await asyncio.sleep(0)
    arrivals.announce([replace(ENDED, id="another")])
    assert await waiting


async def test_an_end_that_was_stored_before_anybody_waited_is_not_waited_for() -> None:
    async def stored() -> bool:
        return True

    assert await Arrivals().wait(EVENT, 3600, stored)


async def test_an_end_that_comes_while_the_store_is_asked_is_not_missed() -> None:
    arrivals = Arrivals()

    async def comes_meanwhile() -> bool:
        arrivals.announce([ENDED])
        return False

    assert await arrivals.wait(EVENT, 3600, comes_meanwhile)
