"""Whatever is repeated, interleaved or interrupted: the log gets each entry once, chained to the one before it."""

from dataclasses import dataclass, field
from itertools import chain

import orjson
from hypothesis import given
from hypothesis import strategies as st

from services.audit.reading.arrivals import Arrived
from services.audit.reading.selection import Hole, completed, fresh
from services.audit.tlog.entry import check_entry, read_leaf
from tests.unit.audit.examples import leaf

SCORED, OUTBOX = "assessments.scored/0", "outbox/consent"


def arrived(source: str, place: int, number: int) -> Arrived:
    return Arrived(source, place, read_leaf(leaf(number)))


def places(chosen) -> list[tuple[str, int]]:
    return [(one.source, one.place) for one in chosen]


def test_what_lies_at_or_below_its_mark_is_a_repetition():
    batch = [arrived(SCORED, place, place) for place in (3, 4, 5)]
    assert places(fresh(batch, {SCORED: 4})[0]) == [(SCORED, 5)]


def test_a_source_without_a_mark_begins_with_any_place():
    assert places(fresh([arrived(SCORED, 0, 1)], {})[0]) == [(SCORED, 0)]


def test_of_two_records_with_one_id_the_first_counts():
    batch = [arrived(SCORED, 1, 7), arrived(SCORED, 2, 7), arrived(SCORED, 3, 8)]
    assert places(fresh(batch, {})[0]) == [(SCORED, 1), (SCORED, 3)]


def test_what_comes_under_a_taken_number_of_an_outbox_is_handed_back_and_what_repeats_an_offset_is_not():
    batch = [arrived(OUTBOX, 4, 1), arrived(OUTBOX, 5, 2), arrived(OUTBOX, 5, 3), arrived(SCORED, 5, 4)]
    chosen, taken = fresh(batch, {OUTBOX: 4, SCORED: 9})
    assert (places(chosen), [one.leaf.id for one in taken]) == ([(OUTBOX, 5)], [batch[0].leaf.id, batch[2].leaf.id])


def test_each_entry_names_the_place_of_the_entry_before_it_and_not_of_a_record_that_was_dropped():
    batch = completed([arrived(SCORED, 4, 1), arrived(OUTBOX, 9, 2), arrived(SCORED, 6, 3)], {SCORED: 2, OUTBOX: 8})
    assert [orjson.loads(entry)["before"] for entry in batch.entries] == [2, 8, 4]
    assert batch.marks == {SCORED: 6, OUTBOX: 9}


def test_an_outbox_that_skips_a_number_shows_a_hole_and_a_partition_does_not():
    batch = completed([arrived(OUTBOX, 3, 1), arrived(SCORED, 30, 2), arrived(OUTBOX, 7, 3)], {OUTBOX: 2, SCORED: 1})
    assert batch.holes == [Hole(OUTBOX, 4, 7)]


def test_an_outbox_begins_with_1():
    assert completed([arrived(OUTBOX, 1, 1)], {}).holes == []
    assert completed([arrived(OUTBOX, 2, 1)], {}).holes == [Hole(OUTBOX, 1, 2)]


@dataclass
class Model:
    """The log and the table of ids, with nothing else; a crash between them leaves the one without the other."""

    entries: list[bytes] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)

    def work(self, batch: list[Arrived], crash: bool) -> None:
        chosen, _ = fresh(batch, self.marks)
        for one in chosen:
            self.ids.setdefault(one.leaf.id, (one.source, one.place))
        if crash:
            return
        ours = [one for one in chosen if self.ids[one.leaf.id] == (one.source, one.place)]
        done = completed(ours, self.marks)
        self.entries += done.entries
        self.marks |= done.marks


SOURCES = ("assessments.scored/0", "assessments.scored/1", "outbox/consent")


@st.composite
def deliveries(draw) -> tuple[list[list[Arrived]], list[tuple[list[Arrived], bool]]]:
    """Sources whose records may bring an id twice, and batches that repeat them from anywhere, some interrupted."""
    streams = []
    for source in SOURCES:
        count = draw(st.integers(0, 8))
        numbers = draw(st.lists(st.integers(0, 12), min_size=count, max_size=count))
        step = draw(st.integers(1, 3))
        streams.append([arrived(source, 1 + step * place, number) for place, number in enumerate(numbers)])
    read = [0] * len(streams)
    batches: list[tuple[list[Arrived], bool]] = []
    for _ in range(draw(st.integers(0, 12))):
        which = draw(st.integers(0, len(streams) - 1))
        start = draw(st.integers(0, read[which]))
        end = draw(st.integers(start, len(streams[which])))
        crash = draw(st.booleans())
        batches.append((streams[which][start:end], crash))
        if not crash:
            read[which] = max(read[which], end)
    batches += [(stream[start:], False) for stream, start in zip(streams, read, strict=True)]
    return streams, batches


@given(deliveries())
def test_any_interleaving_of_repetitions_and_crashes_gives_each_id_one_entry_in_an_unbroken_chain(given_):
    streams, batches = given_
    model = Model()
    for batch, crash in batches:
        model.work(batch, crash)

    placed = [check_entry(entry) for entry in model.entries]
    assert sorted(one.id for one in placed) == sorted({one.leaf.id for stream in streams for one in stream})
    last: dict[str, int] = {}
    for one in placed:
        assert one.before == last.get(one.source)
        last[one.source] = one.place
    assert model.marks == last


@given(deliveries())
def test_where_no_id_comes_twice_every_source_stands_in_the_log_as_it_was_sent(given_):
    streams, batches = given_
    unique = {(one.source, one.place): number for number, one in enumerate(chain(*streams))}
    model = Model()
    for batch, crash in batches:
        model.work([arrived(one.source, one.place, unique[one.source, one.place]) for one in batch], crash)

    placed = [check_entry(entry) for entry in model.entries]
    for source, stream in zip(SOURCES, streams, strict=True):
        assert [one.place for one in placed if one.source == source] == [one.place for one in stream]
