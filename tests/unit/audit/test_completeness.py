"""What is missing from a log is named: a `received` without its one end, an end without its `received`, a hole."""

import msgspec
import pytest
from aiokafka import ConsumerRecord
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from schemas.entry import leaf as leaf_of
from schemas.events import OutboxEntry
from services.audit.cli import audit
from services.audit.completeness.broker_view import behind, has_entry
from services.audit.completeness.findings import Gap, Period, Tally
from services.audit.reading.places import Places
from services.audit.reading.positions import Partition
from services.audit.tlog.entry import Placed, check_entry, complete
from services.audit.tlog.export import export
from services.audit.tlog.log import open_log
from tests.unit.audit.examples import SIGNER, leaf

EARLY, LATE = "2026-01-31T08:15:00Z", "2026-02-01T00:00:00Z"
SUBMITTED = "assessments.submitted/1"
Rows = list[tuple[str, str, int, int | None]]


def entry(number: int, kind: str, source: str, place: int, cause: int | None = None, time: str = EARLY) -> Placed:
    """An entry of the log as the verifier shows it; `cause` is an offset of the submissions."""
    topic, _, partition = SUBMITTED.rpartition("/")
    caused = {} if cause is None else {"cause": {"topic": topic, "partition": int(partition), "offset": cause}}
    before = place - 1 if source.startswith("outbox/") and place > 1 else None
    return check_entry(complete(leaf(number, type=kind, time=time, **caused), source, place, before))


def tally(rows: Rows, period: Period | None = None, times: dict[int, str] | None = None) -> Tally:
    """The tally of entries given as type, source, place and cause."""
    counted = Tally(period or Period())
    for number, (kind, source, place, cause) in enumerate(rows):
        counted.take(number, entry(number, kind, source, place, cause, (times or {}).get(number, EARLY)))
    return counted


WHOLE: Rows = [
    ("received", SUBMITTED, 5, None),
    ("received", SUBMITTED, 7, None),
    ("received", SUBMITTED, 9, None),
    ("scored", "assessments.scored/1", 3, 5),
    ("refused", "assessments.refused/1", 0, 7),
    ("dead-lettered", "dead.scoring/0", 0, 9),
    ("erased", "outbox/consent", 1, None),
    ("erased", "outbox/consent", 2, None),
]


def messages(counted: Tally, committed: dict[str, int] | None = None) -> list[tuple[str, str]]:
    return [(gap.source, gap.message) for gap in counted.gaps(committed)]


def test_a_whole_log_lacks_nothing_and_its_ends_are_counted():
    counted = tally(WHOLE)
    assert counted.gaps({SUBMITTED: 10}) == []
    assert (counted.received, counted.in_work) == (3, 0)
    assert counted.ends == {"scored": 1, "refused": 1, "dead-lettered": 1}
    assert counted.outboxes == {"outbox/consent": 2}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("missing", [3, 4, 5])
def test_each_received_without_an_end_is_named(missing, order):
    # Given a log that lacks one of its ends, whatever was appended first
    rows = [row for number, row in enumerate(WHOLE) if number != missing][:-2][::order]
    place = WHOLE[missing][3]
    assert messages(tally(rows), {SUBMITTED: 10}) == [(SUBMITTED, f"offset {place} was received and has no end")]


def test_what_scoring_has_not_committed_yet_is_in_work():
    counted = tally(WHOLE[:4])
    assert counted.gaps({SUBMITTED: 6}) == []
    assert counted.in_work == 2
    assert [gap.message for gap in counted.gaps({SUBMITTED: 8})] == ["offset 7 was received and has no end"]


def test_without_a_broker_what_lies_after_the_last_end_is_in_work():
    assert tally(WHOLE[:4]).gaps() == []
    assert messages(tally([*WHOLE[:3], WHOLE[5]])) == [
        (SUBMITTED, f"offset {place} was received and has no end") for place in (5, 7)
    ]


def test_two_ends_of_one_received_are_named():
    rows = [*WHOLE, ("refused", "assessments.refused/1", 4, 5)]
    (gap,) = tally(rows).gaps()
    assert gap == Gap(SUBMITTED, "offset 5 was received and has more than one end: scored, refused", "two-ends")


def test_an_end_without_its_received_is_named():
    assert messages(tally(WHOLE[1:])) == [(SUBMITTED, "offset 5 has an end in the log and no `received`")]


def test_a_poisoned_submission_has_an_entry_for_its_received_and_one_for_its_end():
    poisoned: Rows = [("dead-lettered", "dead.scoring/0", 8, 6), ("dead-lettered", "dead.audit/0", 8, 6)]
    assert tally([*WHOLE, *poisoned]).gaps({SUBMITTED: 10}) == []
    # Without audit's own entry of it, the end has no beginning
    assert messages(tally([*WHOLE, poisoned[0]])) == [(SUBMITTED, "offset 6 has an end in the log and no `received`")]
    # And audit's entry alone is no end
    assert messages(tally([*WHOLE[:3], *WHOLE[4:], ("dead-lettered", "dead.audit/0", 8, 5)]), {SUBMITTED: 10}) == [
        (SUBMITTED, "offset 5 was received and has no end")
    ]


def test_a_hole_in_an_outbox_is_named_with_the_entry_after_it():
    counted = Tally(Period())
    first, second = complete(leaf(1), "outbox/consent", 3, None), complete(leaf(2), "outbox/consent", 5, 3)
    counted.take(0, check_entry(first))
    counted.take(1, check_entry(second))
    assert messages(counted) == [
        ("outbox/consent", "numbers 1 to 2 are missing before entry 0"),
        ("outbox/consent", "number 4 is missing before entry 1"),
    ]


def test_a_period_asks_for_what_was_received_in_it_and_finds_its_end_after_it():
    # Given one received early and ended late, and one received late without an end
    rows: Rows = [WHOLE[0], WHOLE[1], WHOLE[3]]
    times = {1: LATE, 2: LATE}
    early = tally(rows, Period(end="2026-02-01"), times)
    assert early.gaps({SUBMITTED: 10}) == []
    assert (early.received, early.ends.total()) == (1, 1)
    assert messages(tally(rows, Period(start="2026-02-01"), times), {SUBMITTED: 10}) == [
        (SUBMITTED, "offset 7 was received and has no end")
    ]


@given(st.sets(st.integers(0, 20_000), max_size=60), st.data())
def test_exactly_those_without_an_end_are_named(received, data):
    ended = data.draw(st.sets(st.sampled_from(sorted(received)))) if received else set()
    places: Rows = [("received", SUBMITTED, place, None) for place in sorted(received)]
    ends: Rows = [("scored", "assessments.scored/1", number, place) for number, place in enumerate(sorted(ended))]
    counted = tally([*places, *ends])
    missing = [gap.message.split()[1] for gap in counted.gaps({SUBMITTED: 20_001})]
    assert missing == [str(place) for place in sorted(received - ended)]


def test_places_keep_their_bits_apart():
    places = Places()
    for place in (0, 4095, 4096, 10**12):
        places.add("a/0", place, 1)
        places.add("a/0", place, 4)
    assert list(places.each("a/0")) == [(0, 5), (4095, 5), (4096, 5), (10**12, 5)]
    assert (places.get("a/0", 1), places.get("b/0", 0)) == (0, 0)
    assert places.sources("a") == ["a/0"]


def record(topic: str, offset: int, value: bytes) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(topic, 0, offset, 0, 0, b"key", value, None, 3, len(value), ())


def test_a_record_has_its_entry_in_one_of_three_ways():
    counted = tally([("refused", "assessments.refused/0", 4, 7), ("erased", "outbox/consent", 2, None)])
    places, nobody = counted.places, lambda _: False
    # Its own
    assert has_entry(record("assessments.refused", 4, b""), places, nobody)
    framed = OutboxEntry("consent", 2, leaf_of("erased", "ab" * 16, EARLY, "service:consent", "0.1.0"))
    assert has_entry(record("audit.entries", 99, msgspec.msgpack.encode(framed)), places, nobody)
    # That of another record with the same id
    again = OutboxEntry("consent", 3, framed.leaf)
    repeated = record("audit.entries", 100, msgspec.msgpack.encode(again))
    assert has_entry(repeated, places, lambda id_: id_ == "ab" * 16)
    # Or that it was set aside; and else none
    assert not has_entry(record("audit.entries", 101, b"poison"), places, nobody)
    assert not has_entry(repeated, places, nobody)
    assert not has_entry(record("assessments.refused", 5, b"poison"), places, nobody)


def test_partitions_that_the_log_has_not_read_to_their_end_are_told():
    partitions = [Partition("a/0", 0, 5), Partition("b/0", 3, 3), Partition("c/0", 0, 9)]
    assert behind(partitions, {"a/0": 5, "c/0": 8}) == [partitions[2]]


def call(*arguments: object) -> tuple[int, str]:
    done = CliRunner(env={"KAFKA_BOOTSTRAP_SERVERS": ""}).invoke(audit, ["complete", *map(str, arguments)])
    return done.exit_code, done.output


def log_with(directory, rows: Rows, **more) -> None:
    marks: dict[str, int] = {}
    with open_log(directory, SIGNER) as log:
        for number, (kind, source, place, cause) in enumerate(rows):
            caused = {"cause": {"topic": "assessments.submitted", "partition": 1, "offset": cause}} if cause else {}
            made = complete(leaf(number, type=kind, **caused), source, place, marks.get(source))
            marks[source] = place
            log.append([made], marks={source: place})
        log.append([], sign=True, **more)
        export(log.reader(), directory.with_name("out"))


def test_the_command_says_that_a_log_is_complete(tmp_path):
    log_with(tmp_path / "log", WHOLE)
    for place in (tmp_path / "log", tmp_path / "out"):
        code, output = call(place)
        assert code == 0, output
        assert "3 (1 scored, 1 refused, 1 dead-lettered)" in output
        assert "Result          complete" in output


def test_the_command_names_what_is_missing(tmp_path):
    log_with(tmp_path / "log", [*WHOLE[:3], *WHOLE[4:]], lost={"assessments.scored/1": (3, 9)})
    code, output = call(tmp_path / "log")
    assert code == 1
    assert "INCOMPLETE: 2 missing" in output
    assert f"{SUBMITTED}: offset 5 was received and has no end" in output
    assert "assessments.scored/1: the records from offset 3 to 8 were deleted before the log read them" in output


def test_a_broken_log_is_not_called_complete(tmp_path):
    log_with(tmp_path / "log", WHOLE)
    bundle = tmp_path / "out" / "tile" / "entries" / "000.p" / "8"
    bundle.write_bytes(bundle.read_bytes().replace(b"refused", b"scored!"))
    code, output = call(tmp_path / "out")
    assert (code, "BROKEN at tile/entries/000.p/8, entry 4" in output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nowhere",), "nowhere"),
        (("nowhere", "--broker", "127.0.0.1:1"), "only that can be held against a broker"),
        (("nowhere", "--from", "yesterday"), "must be like 2026-01-31"),
    ],
)
def test_what_cannot_be_checked_is_no_finding(tmp_path, monkeypatch, arguments, reason):
    monkeypatch.chdir(tmp_path)
    code, output = call(*arguments)
    assert (code, reason in output) == (2, True)


def test_a_dead_letter_that_was_replayed_gives_way_to_the_end_that_follows():
    replay = ("dead-letter-replayed", "outbox/audit", 1, 9)
    again = ("scored", "assessments.scored/1", 4, 9)
    # Before the replay has an end the dead letter is the end; with it there is one end still
    assert tally([*WHOLE, replay]).gaps() == []
    for rows in ([*WHOLE, replay, again], [*WHOLE, again, replay]):
        counted = tally(rows)
        assert counted.gaps() == []
        assert counted.ends == {"scored": 2, "refused": 1}
    # Without a replay, and where two others follow, more than one end is a finding
    assert [gap.kind for gap in tally([*WHOLE, again]).gaps()] == ["two-ends"]
    twice = ("refused", "assessments.refused/1", 1, 9)
    assert [gap.kind for gap in tally([*WHOLE, replay, again, twice]).gaps()] == ["two-ends"]
