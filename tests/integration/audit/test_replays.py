"""A dead letter is replayed: once in effect, with an entry of who did it, and the log stays complete."""

import json

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.http.problems import Problem
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.producer import Producer
from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SUBMITTED_TYPE, ErasureOrder, Submitted
from schemas.topics import DEAD_SCORING, PRIVACY_REQUESTS, SCORED, SUBMITTED, TOPICS
from services.audit.acts import By
from services.audit.app import IDS_KEPT_DAYS
from services.audit.completeness.findings import Period, Tally
from services.audit.operations.dead_letters import DeadLetter, DeadLetters
from services.audit.operations.monitor import THE_LOG, Monitor
from services.audit.operations.replays import Replays, replayed
from services.audit.reading.loop import ReadingLoop
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.verify import check_stored
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.integration.audit.letters import Letters
from tests.integration.audit.office import TIME, Office
from tests.twins.broker import Record
from tests.unit.audit.examples import SIGNER
from tests.unit.scoring.hand_ins import document, record

PLACE = (DEAD_SCORING.name, 0)
OPERATOR = By("operator", "olga")
FIRST, SECOND = "a" * 32, "b" * 32


class Desk:
    """An operator before a dead letter of scoring, whose assessment would be scored now."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.letters = Letters()
        self.replays = Replays(office.database, office.acts, self.letters, office.broker)

    async def failed(self) -> DeadLetter:
        """Something that scoring could not use on that day; its two entries are in the log."""
        submitted = record(self.office.ledger, self.office.ledger.add(), 7, json.dumps(document("replay")).encode())
        value = msgspec.msgpack.decode(submitted.value or b"", type=Submitted)
        entry = leaf("received", "7" * 32, TIME, "organisation", "0.1.0")
        value = msgspec.msgpack.encode(Submitted(value.tenant, value.sealed, value.mac, entry))
        came = Record(SUBMITTED.name, 0, 7, submitted.key, value, headers(f"{7:032x}", SUBMITTED_TYPE, "intake"))
        dead = dead_letter(DEAD_SCORING, "scoring", came, Poisoned("a defect of that day"))
        await self.office.reading.work([came, Record(DEAD_SCORING.name, 0, 0, b"", dead.value, dead.headers)])
        return self.letters.add(dead)

    async def scored(self) -> None:
        """Scoring and the log read what was sent again."""
        before = len(self.office.broker.of(SCORED.name))
        again = [
            Record(*_placed(one), one.key, one.value, one.headers) for one in self.office.broker.of(SUBMITTED.name)
        ]
        await Scoring(load(), self.office.ledger, self.office.broker).work(again)
        await self.office.reading.work([*again, *self.office.broker.of(SCORED.name)[before:]])
        await self.office.entries()

    def types(self) -> list[str]:
        """The types of the log's entries; it is sound and complete."""
        log, tally = self.office.appender.reader(), Tally(Period())
        assert check_stored(log, log.state.key, visit=tally.take).sound
        assert tally.gaps() == []
        return [json.loads(log.entry(index))["type"] for index in range(log.state.size)]


def _placed(one: Record) -> tuple[str, int, int]:
    """Behind what the topic held before."""
    return one.topic, one.partition, one.offset + 90


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


async def test_a_replay_ends_what_failed_and_the_log_says_who_replayed_it(desk: Desk) -> None:
    letter = await desk.failed()
    assert desk.types() == ["received", "dead-lettered"]
    # When an operator replays it, twice under one id
    for _ in range(2):
        await desk.replays.ask(FIRST, *PLACE, "the defect is mended", OPERATOR)
    assert len(desk.office.broker.of(SUBMITTED.name)) == 1
    await desk.scored()
    # Then it has one end more, which takes the dead letter's place, and nothing was received twice
    assert sorted(desk.types()) == ["dead-letter-replayed", "dead-lettered", "received", "scored"]
    log = desk.office.appender.reader()
    entries = [json.loads(log.entry(index)) for index in range(log.state.size)]
    replay = next(one for one in entries if one["type"] == "dead-letter-replayed")
    cause = {"topic": SUBMITTED.name, "partition": 0, "offset": 7}
    assert (replay["actor"], replay["cause"], "commitment" in replay) == ("operator", cause, True)
    assert next(one for one in entries if one["type"] == "scored")["cause"] == cause
    assert "olga" not in json.dumps(entries)
    assert len(await desk.replays.of(letter)) == 1
    # When it is replayed once more, that is an entry, and nothing else changes
    await desk.replays.ask(SECOND, *PLACE, "to be sure", OPERATOR)
    await desk.scored()
    assert sorted(desk.types()) == ["dead-letter-replayed"] * 2 + ["dead-lettered", "received", "scored"]


async def test_a_letter_whose_replays_fail_week_after_week_leaves_one_entry(desk: Desk) -> None:
    day = 20_000
    reading = ReadingLoop(
        "", Logs([desk.office.appender]), desk.office.store, desk.office.broker, clock=lambda: day * 86_400.0
    )
    offset = 0
    # Given a record that its consumer cannot use today, nor whenever it is replayed
    came = Record(SUBMITTED.name, 0, 7, b"k", b"sealed", headers(f"{7:032x}", SUBMITTED_TYPE, "intake"))
    for _ in range(4):
        dead = dead_letter(DEAD_SCORING, "scoring", came, Poisoned("a defect that is not mended"))
        await reading.work([Record(DEAD_SCORING.name, 0, offset, b"", dead.value, dead.headers)])
        await desk.office.store.forget_ids(before=day - IDS_KEPT_DAYS)
        # When each replay is asked for on the last day of a letter, and read after as long again
        day, offset = day + 14, offset + 1
        again = replayed(desk.letters.add(dead))
        came = Record(SUBMITTED.name, 0, 90 + offset, b"k", again.value, again.headers)
    await desk.office.signed()
    # Then what failed is said once
    assert desk.types() == ["dead-lettered"]


@pytest.mark.parametrize("asked", [False, True], ids=["before it was asked for", "before it was sent"])
async def test_what_is_of_an_erased_person_is_never_sent_again(desk: Desk, asked: bool) -> None:
    # Given a dead letter whose person is erased, before or after an operator asked for its replay
    letter = await desk.failed()
    assert letter.value is not None
    desk.office.broker.away = True
    if asked:
        await desk.replays.ask(FIRST, *PLACE, "the defect is mended", OPERATOR)
    await desk.office.store.erase([(letter.value.key or b"").decode()])
    desk.office.broker.away = False
    # Then no ciphertext of theirs comes into the broker after the date that their receipt states
    if asked:
        await desk.replays.send_due()
    else:
        with pytest.raises(Problem) as refused:
            await desk.replays.ask(FIRST, *PLACE, "the defect is mended", OPERATOR)
        assert (refused.value.status, await desk.office.entries()) == (409, [])
    assert desk.office.broker.of(SUBMITTED.name) == []


async def test_an_erasure_order_that_was_set_aside_is_sent_again_for_the_erased(desk: Desk) -> None:
    alias = desk.office.ledger.add()
    order = msgspec.msgpack.encode(ErasureOrder("5f" * 16, "6e" * 16))
    desk.letters.add(
        dead_letter(
            DEAD_SCORING, "scoring", Record(PRIVACY_REQUESTS.name, 0, 1, alias.encode(), order), Poisoned("a defect")
        )
    )
    await desk.office.store.erase([alias])
    await desk.replays.ask(FIRST, *PLACE, "the defect is mended", OPERATOR)
    assert [one.value for one in desk.office.broker.of(PRIVACY_REQUESTS.name)] == [order]


async def test_without_a_broker_a_replay_is_kept_and_sent_later(desk: Desk) -> None:
    await desk.failed()
    desk.office.broker.away = True
    await desk.replays.ask(FIRST, *PLACE, "the defect is mended", OPERATOR)
    desk.office.broker.away = False
    await desk.replays.send_due()
    await desk.replays.send_due()
    assert len(desk.office.broker.of(SUBMITTED.name)) == 1


async def test_what_is_not_there_or_cannot_be_used_is_not_replayed_and_leaves_no_entry(desk: Desk) -> None:
    desk.letters.add(dead_letter(DEAD_SCORING, "scoring", Record(SUBMITTED.name, 0, 1, None, None), Poisoned("why")))
    for replay, place, status in ((FIRST, PLACE, 409), (FIRST, (DEAD_SCORING.name, 9), 404), ("no id", PLACE, 422)):
        with pytest.raises(Problem) as refused:
            await desk.replays.ask(replay, *place, "why not", OPERATOR)
        assert refused.value.status == status
    assert await desk.office.entries() == []


async def test_dead_letters_are_read_from_a_real_broker_which_says_how_the_work_goes(
    broker: str, producer: Producer, tmp_path
) -> None:
    came = Record(SUBMITTED.name, 1, 3, b"k", b"sealed", headers("9" * 32, SUBMITTED_TYPE, "intake"))
    (place,) = await producer.send([dead_letter(DEAD_SCORING, "scoring", came, Poisoned("a defect"))])
    letters = DeadLetters(broker)
    newest = next(one for one in await letters.listed() if one.topic == DEAD_SCORING.name)
    assert (newest.offset, newest.value and newest.value.reason) == (place.offset, "a defect")
    assert await letters.one(DEAD_SCORING.name, place.offset) == newest
    assert await letters.one(DEAD_SCORING.name, place.offset + 1) is None
    assert await letters.one(SUBMITTED.name, 0) is None
    for group in ("one", "another"):
        async with AIOKafkaConsumer(bootstrap_servers=broker, group_id=group, enable_auto_commit=False) as reader:
            reader.assign([at := TopicPartition(DEAD_SCORING.name, 0)])
            await reader.commit({at: place.offset})
    with Appender(tmp_path / "log", SIGNER) as appender:
        sample = await Monitor(broker, Logs([appender])).look()
    assert set(sample.ends) == {topic.name for topic in TOPICS}
    assert sample.held[DEAD_SCORING.name] > 0
    assert sample.groups is not None
    behind = {group.name: dict(group.lag) for group in sample.groups}
    assert [behind[name] for name in ("one", "another")] == [{DEAD_SCORING.name: 1}] * 2
    assert THE_LOG in behind
