"""An erasure takes its steps in one order only, waits for what it must wait for, and never goes back."""

from datetime import UTC, datetime, timedelta

import pytest

from services.consent.erasure.steps import STATES, STORES, Erasure, NotCancellable, demand_cancellable, next_step

T = datetime(2026, 11, 23, 18, tzinfo=UTC)
DAY = timedelta(days=1)


def erasure(state: str, **more: object) -> Erasure:
    return Erasure("r", state, T, T + DAY, **more)


def test_nothing_is_erased_before_the_window_is_over() -> None:
    assert next_step(erasure("pending"), T + DAY - timedelta(seconds=1), False) is None
    assert next_step(erasure("pending"), T + DAY, False) == "erase"


def test_with_no_window_it_is_due_at_once() -> None:
    assert next_step(Erasure("r", "pending", T, T), T, False) == "erase"


def test_traces_are_wiped_before_a_receipt_says_that_the_key_is_gone() -> None:
    assert next_step(erasure("erased"), T, False) == "wipe"


@pytest.mark.parametrize(("published", "let_go", "step"), [(None, True, None), (T, False, None), (T, True, "order")])
def test_stores_delete_only_when_the_revocation_is_out_and_no_client_holds_a_key(published, let_go, step) -> None:
    assert next_step(erasure("revoked", published_at=published), T, let_go) == step


def test_it_is_complete_when_every_store_has_reported() -> None:
    for missing in STORES:
        assert next_step(erasure("ordered", reports=STORES - {missing}), T, True) is None
    assert next_step(erasure("ordered", reports=STORES | {"consent"}), T, True) == "complete"


@pytest.mark.parametrize("state", ["complete", "cancelled"])
def test_the_ends_are_ends(state: str) -> None:
    assert next_step(erasure(state, published_at=T, reports=STORES), T + 10 * DAY, True) is None


@pytest.mark.parametrize("state", STATES)
def test_only_a_pending_erasure_is_cancelled_and_only_within_its_window(state: str) -> None:
    if state == "pending":
        demand_cancellable(erasure(state), T)
    with pytest.raises(NotCancellable):
        demand_cancellable(erasure(state), T + DAY)
