"""Who may still hold a revoked key: a living client until it says otherwise, one that is down for 30 seconds."""

from datetime import UTC, datetime, timedelta

import pytest

from services.consent.keys.clients import MEMORY, SILENCE, KeyClient, let_go

REVOKED = datetime(2026, 11, 23, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def client(acknowledged: int, served: datetime, heard: datetime | None = None) -> KeyClient:
    return KeyClient("scoring", "a", served, acknowledged, heard)


@pytest.mark.parametrize(
    ("acknowledged", "served", "moment", "holds"),
    [
        (4, REVOKED - SECOND, REVOKED, True),
        (5, REVOKED - SECOND, REVOKED, False),
        (9, REVOKED - SECOND, REVOKED, False),
        (4, REVOKED - MEMORY, REVOKED, False),
        (4, REVOKED + MEMORY - SECOND, REVOKED + MEMORY - SECOND, True),
        (4, REVOKED + MEMORY, REVOKED + MEMORY, False),
    ],
    ids=["silent", "acknowledged", "acknowledged later ones", "given nothing for long", "still served", "outlived"],
)
def test_a_client_that_is_down_is_waited_for_as_long_as_its_memory(acknowledged, served, moment, holds) -> None:
    assert let_go([client(acknowledged, served)], moment).covers(5, REVOKED) != holds


@pytest.mark.parametrize("served", [REVOKED - HOUR, REVOKED - SECOND, REVOKED + HOUR - SECOND])
def test_a_living_client_is_waited_for_however_long_its_batch_runs(served: datetime) -> None:
    moment = REVOKED + HOUR
    assert not let_go([client(4, served, moment - SECOND)], moment).covers(5, REVOKED)
    assert let_go([client(5, served, moment - SECOND)], moment).covers(5, REVOKED)


def test_a_client_that_is_not_heard_of_any_more_is_down() -> None:
    moment = REVOKED + HOUR
    assert let_go([client(4, REVOKED, moment - SILENCE)], moment).covers(5, REVOKED)


def test_every_client_counts() -> None:
    assert not let_go([client(5, REVOKED), client(4, REVOKED)], REVOKED).covers(5, REVOKED)
    assert let_go([], REVOKED).covers(5, REVOKED)
