"""Which entries a pack holds, and how much of the log is read for it."""

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from services.audit.evidence.chosen import Wanted, chosen
from services.audit.tlog import tiles
from services.audit.tlog.entry import complete
from tests.unit.audit.examples import SOURCE, entries, leaf

SIZE = 5 * tiles.WIDTH + 7


class Counted:
    """A log in memory that counts which bundles are read of it."""

    def __init__(self, batch: list[bytes]) -> None:
        self.batch = batch
        self.read: list[int] = []

    def bundle(self, index: int, width: int) -> bytes:
        self.read.append(index)
        return tiles.pack(self.batch[index * tiles.WIDTH :][:width])


def caused(number: int, by: int) -> bytes:
    """The entry of this number, whose cause is that of another: its place is twice its number."""
    cause = {"topic": SOURCE.partition("/")[0], "partition": 0, "offset": 2 * by}
    return complete(leaf(number, cause=cause), SOURCE, 2 * number, 2 * number - 2)


def log(causes: dict[int, int]) -> Counted:
    batch = entries(SIZE)
    for number, by in causes.items():
        batch[number] = caused(number, by)
    return Counted(batch)


def test_an_entry_comes_with_its_cause_and_its_effects_wherever_they_stand():
    # Given an entry whose cause stands behind it, and an effect of it in another bundle
    one = log({300: 900, 1200: 300, 4: 5})
    # Then all three are in the pack, as they are in the log, in its order
    assert chosen(one, SIZE, Wanted(frozenset({300}))).entries == {n: one.batch[n] for n in (300, 900, 1200)}


@given(
    causes=st.dictionaries(st.integers(1, SIZE - 1), st.integers(0, SIZE - 1), max_size=30),
    asked=st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=5),
)
@settings(max_examples=20)
def test_no_cause_and_no_effect_is_passed_over_with_the_bundles_that_are(causes: dict[int, int], asked: set[int]):
    related = {causes[one] for one in asked & set(causes)} | {one for one, by in causes.items() if by in asked}
    assert set(chosen(log(causes), SIZE, Wanted(frozenset(asked))).entries) == asked | related


def test_for_entries_that_are_named_the_log_is_read_once_and_their_own_bundles_before():
    one = log({})
    assert list(chosen(one, SIZE, Wanted(frozenset({1, 700, 701}))).entries) == [1, 700, 701]
    assert one.read == [0, 2, *range(6)]


def test_an_entry_that_only_its_id_names_is_looked_for_in_the_whole_log():
    one = log({})
    asked = Wanted(frozenset({1}), ids=frozenset({orjson.loads(one.batch[900])["id"]}))
    assert list(chosen(one, SIZE, asked).entries) == [1, 900]


def test_a_further_part_of_a_period_is_read_from_where_it_begins():
    one = log({})
    assert list(chosen(one, SIZE, Wanted(start="2026-01-01T00:00:00Z"), 1270).entries) == list(range(1270, SIZE))
    assert one.read == [4, 5]


@given(st.sets(st.integers(-3, 2 * SIZE), max_size=12))
def test_what_the_log_does_not_hold_is_not_in_a_pack(indices):
    asked = Wanted(frozenset(indices))
    assert list(chosen(log({}), SIZE, asked).entries) == sorted(n for n in indices if 0 <= n < SIZE)
