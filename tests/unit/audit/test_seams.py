"""Several logs are one account of each source: what one leaves out, another holds, and nothing is in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.tlog.entry import complete
from services.audit.tlog.log import Log
from services.audit.tlog.logs import highest
from services.audit.tlog.seams import Part, Seams
from services.audit.tlog.verify import check_stored
from tests.unit.audit.breaking_disk import BreakingDisk
from tests.unit.audit.examples import SIGNER, SOURCE, VKEY, leaf

MOVES = st.lists(st.integers(0, 2), min_size=1, max_size=40)


def dealt(owners: list[int], *, without: int | None = None) -> list[Log]:
    """Three logs that share the entries of one source, each place in the log that owned it then."""
    logs = [Log(BreakingDisk(), SIGNER) for _ in range(3)]
    for place, owner in enumerate(owners):
        if place != without:
            entry = complete(leaf(place), SOURCE, place, place - 1 if place else None)
            logs[owner].append([entry], marks={SOURCE: place}, sign=True)
    return logs


def together(logs: list[Log]) -> Seams:
    seams = Seams()
    for log in logs:
        log.sign()
        assert check_stored(log.reader(), VKEY, seams=seams).sound
    return seams


@given(MOVES)
def test_however_often_a_source_moves_its_chain_leads_through_all_logs(owners: list[int]) -> None:
    assert together(dealt(owners)).finding() is None


@given(MOVES, st.data())
def test_an_entry_that_no_log_has_is_a_break_unless_it_is_the_last(owners: list[int], data: st.DataObject) -> None:
    missing = data.draw(st.integers(0, len(owners) - 1))
    logs = dealt(owners, without=missing)
    seen = together(logs).finding()
    assert (seen is None) == (missing == len(owners) - 1)


def test_a_log_alone_does_not_go_on_from_what_it_does_not_hold() -> None:
    first, second, _ = dealt([0, 0, 1, 0])
    assert together([second]).finding() is not None
    report = check_stored(first.reader(), VKEY)
    assert report.finding is not None
    assert "in another log that was not given" in report.finding.message


def test_a_place_in_two_logs_is_a_break() -> None:
    seams = Seams()
    for log in ("a/0", "a/1"):
        seams.add(SOURCE, Part(log, None, 3))
    finding = seams.finding()
    assert finding is not None
    assert (finding.place, "doubled" in finding.message) == ("a/1", True)


@pytest.mark.parametrize(("known", "found"), [([], {}), ([{"a": 1}, {"a": 3, "b": 0}, {"a": 2}], {"a": 3, "b": 0})])
def test_what_any_log_has_read_is_read(known: list[dict[str, int]], found: dict[str, int]) -> None:
    assert highest(known) == found
