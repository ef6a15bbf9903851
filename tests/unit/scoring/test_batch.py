"""Every record of a batch has exactly one end, and one that is poisoned or refused stands in nobody's way."""

import json
from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest

from infra.kafka.batch_loop import Unavailable
from schemas.envelope import headers
from schemas.events import SCORED_TYPE, SUBMITTED_TYPE, DeadLettered, Submitted
from schemas.topics import DEAD_SCORING, REFUSED, SCORED
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.twins.broker import Broker, Record
from tests.twins.ledger import Ledger
from tests.unit.scoring.hand_ins import document, record

CANARY = "CANARY-7f3a91"


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def broker() -> Broker:
    return Broker()


async def work(ledger: Ledger, broker: Broker, *records: Record) -> None:
    await Scoring(load(), ledger, broker).work(records)


def ends(broker: Broker) -> dict[int, str]:
    """The topic of the end of each offset; fails where an offset has two."""
    found: dict[int, str] = {}
    for one in broker.records:
        offset = msgspec.msgpack.decode(one.value)["cause"]["offset"]
        assert offset not in found
        found[offset] = one.topic
    return found


def reasons(broker: Broker) -> list[str]:
    return [msgspec.msgpack.decode(one.value, type=DeadLettered).reason for one in broker.of(DEAD_SCORING.name)]


def nobody(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), key=b"not an alias")


def other_value(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), value=msgspec.msgpack.encode({CANARY: CANARY}))


def no_value(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), value=None)


def other_headers(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), headers=headers("1" * 32, SCORED_TYPE, "scoring"))


def foreign_header(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), headers=(("ce_specversion", CANARY.encode()),))


def endless_tenant(ledger: Ledger, alias: str) -> Record:
    value = msgspec.msgpack.encode(Submitted("t" * 70_000, b"", b"", b""))
    return replace(record(ledger, alias, 1), value=value)


def sealed_for_another(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, ledger.add(), 1), key=alias.encode())


def moved(ledger: Ledger, alias: str) -> Record:
    return replace(record(ledger, alias, 1), headers=headers("2" * 32, SUBMITTED_TYPE, "intake"))


def cut_short(ledger: Ledger, alias: str) -> Record:
    return record(ledger, alias, 1, sealed=b"\x01" + ledger.subkey(alias, "answers").commitment)


def no_json(ledger: Ledger, alias: str) -> Record:
    return record(ledger, alias, 1, CANARY.encode())


def no_assessment(ledger: Ledger, alias: str) -> Record:
    return record(ledger, alias, 1, json.dumps({"other": CANARY}).encode())


def other_form(ledger: Ledger, alias: str) -> Record:
    return record(
        ledger, alias, 1, json.dumps({"assessment": document()["assessment"] | {"skills": CANARY}}).encode()
    )


def not_scorable(ledger: Ledger, alias: str) -> Record:
    occupations = [{"code": "99-9999.99", "share": 1000}]
    body = {"assessment": document()["assessment"] | {"occupations": occupations}}
    return record(ledger, alias, 1, json.dumps(body).encode())


POISONED = [
    nobody,
    other_value,
    no_value,
    other_headers,
    foreign_header,
    endless_tenant,
    sealed_for_another,
    moved,
    cut_short,
    no_json,
    no_assessment,
    other_form,
    not_scorable,
]


@pytest.mark.parametrize("poison", POISONED)
async def test_a_poisoned_record_is_dead_lettered_and_its_neighbours_are_scored(
    ledger: Ledger, broker: Broker, poison: Callable[[Ledger, str], Record]
) -> None:
    before, poisoned, after = ledger.add(), ledger.add(), ledger.add()
    await work(ledger, broker, record(ledger, before, 0), poison(ledger, poisoned), record(ledger, after, 2))
    assert ends(broker) == {0: SCORED.name, 1: DEAD_SCORING.name, 2: SCORED.name}
    (reason,) = reasons(broker)
    assert CANARY not in reason


async def test_scored_refused_and_poisoned_stand_side_by_side(ledger: Ledger, broker: Broker) -> None:
    # Given a batch with all three, and one person twice
    people = [ledger.add() for _ in range(4)]
    ledger.refuse(people[1], "objected")
    records = [record(ledger, alias, number) for number, alias in enumerate([*people, people[0]])]
    records[2] = replace(records[2], value=b"\xc1")
    ledger.erase(people[3])
    # When it is worked on
    await work(ledger, broker, *records)
    # Then each has its one end, and keys were asked for once
    topics = [SCORED.name, REFUSED.name, DEAD_SCORING.name, REFUSED.name, SCORED.name]
    assert ends(broker) == dict(enumerate(topics))
    assert ledger.calls == [3]


@pytest.mark.parametrize("part", ["ledger", "broker"])
async def test_with_a_part_away_the_batch_waits_and_nothing_is_refused(
    ledger: Ledger, broker: Broker, part: str
) -> None:
    away: Ledger | Broker = ledger if part == "ledger" else broker
    records = [record(ledger, ledger.add(), 0)]
    away.away = True
    with pytest.raises(Unavailable):
        await work(ledger, broker, *records)
    assert broker.records == []
    away.away = False
    await work(ledger, broker, *records)
    assert ends(broker) == {0: SCORED.name}


async def test_a_batch_of_poison_alone_needs_no_key(ledger: Ledger, broker: Broker) -> None:
    await work(ledger, broker, Record("assessments.submitted", 0, 0, None, None))
    assert ends(broker) == {0: DEAD_SCORING.name}
