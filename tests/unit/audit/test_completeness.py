"""What is missing from a log is named: a `received` without its one end, an end without its `received`, a hole."""

import msgspec
import pytest
from aiokafka import ConsumerRecord
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import OutboxEntry
from services.audit.cli import audit
from services.audit.completeness.broker_view import BrokerView, behind, without_entry
from services.audit.completeness.findings import SET_ASIDE_BY_AUDIT, Gap, Period, Tally
from services.audit.reading.places import Places
from services.audit.reading.positions import Partition
from services.audit.reading.values import Values
from services.audit.tlog.entry import Placed, check_entry, complete
from services.audit.tlog.export import export
from services.audit.tlog.log import open_log
from tests.unit.audit.examples import SIGNER, leaf

EARLY, LATE = "2026-01-31T08:15:00Z", "2026-02-01T00:00:00Z"
IN_TIME, TOO_LATE = "2026-02-08T08:59:59Z", "2026-02-08T09:00:00Z"
"""Retention and a day after EARLY, to the hour."""
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


def messages(counted: Tally, committed: dict[str, int | None] | None = None) -> list[tuple[str, str]]:
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


@pytest.mark.parametrize("committed", [None, {SUBMITTED: 6}])
def test_what_is_older_than_scoring_can_find_it_is_not_in_work_any_more(committed):
    rows: Rows = [*WHOLE[:4], ("erased", "outbox/consent", 1, None)]
    assert messages(tally(rows, times={4: IN_TIME}), committed) == []
    assert messages(tally(rows, times={4: TOO_LATE}), committed) == [
        (SUBMITTED, f"offset {place} was received and has no end") for place in (7, 9)
    ]


@pytest.mark.parametrize(("committed", "where"), [(None, "has no offset any more"), (0, "was set back to offset 0")])
def test_a_lost_or_set_back_group_of_scoring_is_named_and_hides_nothing(committed, where):
    # Given that one of three has no end, and a broker that does not know how far scoring has come
    rows = [("received", SUBMITTED, place, None) for place in (1, 2, 9_000)]
    counted = tally([*rows, ("scored", "assessments.scored/1", 3, 1), ("scored", "assessments.scored/1", 4, 9_000)])
    # Then it is not taken to be in work
    assert messages(counted, {SUBMITTED: committed}) == [
        (
            SUBMITTED,
            f"scoring's group {where}, though offset 9000 has its end; what lies before that is held to be done",
        ),
        (SUBMITTED, "offset 2 was received and has no end"),
    ]


def test_a_group_that_has_not_committed_anything_yet_or_lies_behind_by_one_batch_is_no_finding():
    waiting = tally([("received", SUBMITTED, 1, None)])
    assert (waiting.gaps({SUBMITTED: None}), waiting.in_work) == ([], 1)
    assert tally(WHOLE).gaps({SUBMITTED: 6}) == []


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
    # Its own
    assert without_entry(record("assessments.refused", 4, b""), counted) is None
    assert without_entry(brought(99, 2, leaf(1, type="erased")), counted) is None
    # That of another record with the same id, which is looked for
    gap, identity = without_entry(brought(100, 3, leaf(7, type="erased")), counted)
    assert (gap.kind, identity) == ("no-entry", check_entry(complete(leaf(7), "a/0", 0, None)).id)
    # Or that it was set aside; and else none
    counted.places.add("audit.entries/0", 102, SET_ASIDE_BY_AUDIT)
    assert without_entry(record("audit.entries", 102, b"poison"), counted) is None
    for topic, offset in (("audit.entries", 101), ("assessments.refused", 5)):
        assert without_entry(record(topic, offset, b"poison"), counted) == (
            Gap(f"{topic}/0", f"the record at offset {offset} has no entry in the log", "no-entry"),
            None,
        )


def brought(offset: int, number: int, entry: bytes) -> ConsumerRecord[bytes, bytes]:
    """A record of consent's outbox."""
    return record("audit.entries", offset, msgspec.msgpack.encode(OutboxEntry("consent", number, entry)))


def test_an_entry_whose_number_another_one_has_taken_does_not_count_as_there():
    counted = tally([("erased", "outbox/consent", 1, None)])
    gap, identity = without_entry(brought(8, 1, leaf(77, type="erased")), counted)
    assert (gap.source, gap.kind) == ("outbox/consent", "displaced")
    assert identity == check_entry(complete(leaf(77), "a/0", 0, None)).id


def test_numbers_of_places_are_kept_apart():
    values = Values("Q")
    for place in (0, 4095, 4096, 10**12):
        values.set("a/0", place, 2**64 - 1 - place)
    assert [values.get("a/0", place) for place in (0, 4095, 4096, 10**12, 1)] == [
        *(2**64 - 1 - place for place in (0, 4095, 4096, 10**12)),
        0,
    ]
    assert values.get("b/0", 0) == 0


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
        assert "Result          as far as the entries say, complete" in output


def test_the_command_names_what_is_missing(tmp_path):
    missed = {"lost": {"assessments.scored/1": (3, 9)}, "displaced": {"outbox/consent": [2, 2]}}
    log_with(tmp_path / "log", [*WHOLE[:3], *WHOLE[4:]], **missed)
    code, output = call(tmp_path / "log")
    assert code == 1
    assert "INCOMPLETE: 3 missing" in output
    assert "outbox/consent: number 2 came twice, with two entries; the log has the one that came first" in output
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


async def test_who_commits_a_first_batch_after_the_look_has_lost_no_offset():
    # Given a look at which scoring had committed one partition alone, and has gone on with a second since
    class Group:
        async def committed(self, place):
            return {0: 9, 1: 13}.get(place.partition)

    names = [f"assessments.submitted/{number}" for number in range(3)]
    partitions = tuple(Partition(name, 3, 20) for name in names)  # the first three records had been kept long enough
    view = BrokerView(dict(zip(names, (4, None, None), strict=True)), partitions, Group())
    # Then it stands where it stood, in the second one where that begins, and in the third nowhere
    assert await view.stands() == dict(zip(names, (4, 3, None), strict=True))
