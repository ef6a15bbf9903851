"""An entry is found in the log by its id, where no table leads to it."""

import pytest

from services.audit.tlog.entry import check_entry
from services.audit.tlog.search import find_entries, find_entry
from tests.unit.audit.examples import entries, log_of


@pytest.mark.parametrize("index", [0, 255, 256, 511, 512, 599])
def test_an_entry_is_found_wherever_it_stands(index):
    batch = entries(600)
    assert find_entry(log_of(batch).reader(), check_entry(batch[index]).id) == index


def test_an_entry_that_is_not_there_is_not_found():
    assert find_entry(log_of(entries(300)).reader(), "f" * 32) is None


def test_what_was_searched_before_is_not_looked_at_again():
    batch = entries(600)
    log, middle = log_of(batch).reader(), check_entry(batch[300]).id
    assert (find_entry(log, middle, 300), find_entry(log, middle, 301)) == (300, None)
    wanted = {check_entry(batch[index]).id: index for index in (3, 259, 599)}
    assert find_entries(log, {*wanted, "f" * 32}) == wanted


def test_a_text_that_is_another_field_is_not_taken_for_an_id():
    batch = entries(3)
    assert find_entry(log_of(batch).reader(), "assessments.scored") is None
