"""How a request is read: its window, its stage, and whether it can be taken back, as the core decides."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.erasure.steps import STATES, Erasure, NotCancellable, demand_cancellable
from services.consent.pages.status import STAGES, status
from services.consent.rights.document import of_erasure, of_filed
from services.consent.rights.filed import Filed

OPENED = datetime(2026, 11, 23, 18, tzinfo=UTC)
ID = "0" * 32


@given(
    state=st.sampled_from(STATES),
    held=st.none() | st.just("a lawsuit"),
    moment=st.datetimes(datetime(2026, 11, 23, 18), datetime(2026, 11, 26)).map(lambda one: one.replace(tzinfo=UTC)),
)
def test_a_page_offers_to_cancel_exactly_what_can_be_cancelled(state, held, moment: datetime) -> None:
    erasure = Erasure(ID, state, OPENED, OPENED + timedelta(days=1), held=held is not None)
    try:
        demand_cancellable(erasure, moment)
        cancellable = True
    except NotCancellable:
        cancellable = False

    read = status(of_erasure(erasure, held_for=held), moment)
    assert read.can_be_cancelled == cancellable
    # and says that it can only where that is so
    assert (read.word == "erasure:pending") == (cancellable and state == "pending")


@pytest.mark.parametrize(("state", "stage"), [("pending", 0), ("erased", 1), ("revoked", 1), ("ordered", 2)])
def test_an_erasure_stands_at_one_of_four_stages(state, stage: int) -> None:
    read = status(of_erasure(Erasure(ID, state, OPENED, OPENED, erased_at=OPENED)), OPENED)

    assert (read.stage, read.moves, len(STAGES)) == (stage, True, 4)


def test_a_result_is_offered_until_it_is_no_longer_kept() -> None:
    def read(outcome: str):
        return status(of_filed(Filed(ID, "access", "complete", OPENED, OPENED, outcome=outcome)), OPENED)

    assert (read("answered").has_results, read("expired").has_results) == (True, False)
