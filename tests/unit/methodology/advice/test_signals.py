"""Market signals are dated, attributed and graded, and enter no score."""

import json
import re

import pytest

from schemas.signal import Signal
from services.methodology import Refused, load
from services.methodology.v1.advice import signals as module
from tests.market_signal import SIGNAL

VERSION = load("1")


def test_every_signal_has_a_publisher_a_date_and_a_grade_that_is_explained() -> None:
    told = VERSION.signals()
    assert len(told["signals"]) == 5
    for signal in told["signals"]:
        assert signal["publisher"] and re.fullmatch(r"20\d\d-\d\d", signal["date"])
        assert signal["grade"] in told["grades"]


def test_what_was_not_read_at_its_source_is_graded_d() -> None:
    assert all(signal["grade"] == "D" for signal in VERSION.signals()["signals"] if not signal["primary_checked"])


def test_a_counter_claim_names_the_signal_that_it_answers() -> None:
    told = {signal["id"]: signal for signal in VERSION.signals()["signals"]}
    assert told["budgets"]["against"] in told


def test_changing_the_answer_does_not_change_the_table() -> None:
    VERSION.signals()["signals"][0]["grade"] = "A"
    assert module.signals()["signals"][0]["grade"] == "D"


def test_what_an_operator_adds_is_marked_and_stands_in_its_place() -> None:
    told = VERSION.signals([Signal().load(SIGNAL)])["signals"]
    assert told[0] == {**SIGNAL, "added": True}
    assert told[1:] == VERSION.signals()["signals"]


def test_the_same_signals_give_the_same_bytes_in_whatever_order_they_were_added() -> None:
    added = [Signal().load({**SIGNAL, "id": id, "date": date}) for id, date in (("a", "2026-01"), ("b", "2026-02"))]
    assert json.dumps(VERSION.signals(added)) == json.dumps(VERSION.signals(added[::-1]))


@pytest.mark.parametrize(
    ("change", "path"), [({"id": "contractors"}, "signals.0.id"), ({"primary_checked": False}, "signals.0.grade")]
)
def test_an_added_signal_replaces_nothing_and_claims_no_more_than_was_checked(
    change: dict[str, object], path: str
) -> None:
    with pytest.raises(Refused) as refused:
        VERSION.signals([{**SIGNAL, **change}])
    assert [one.path for one in refused.value.findings] == [path]
