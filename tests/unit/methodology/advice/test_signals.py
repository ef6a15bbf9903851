"""Market signals are dated, attributed and graded, and enter no score."""

import re

from services.methodology import load
from services.methodology.v1.advice import signals as module

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
