"""Who may still hold a revoked key: nobody who has acknowledged, nobody whose 30 seconds are over."""

from datetime import UTC, datetime, timedelta

import pytest

from services.consent.keys.clients import MEMORY, KeyClient, outstanding

REVOKED = datetime(2026, 11, 23, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def client(acknowledged: int, served: datetime) -> KeyClient:
    return KeyClient("scoring", "a", served, acknowledged)


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
def test_a_client_is_waited_for_exactly_as_long_as_it_may_hold_the_key(acknowledged, served, moment, holds) -> None:
    assert bool(outstanding([client(acknowledged, served)], 5, REVOKED, moment)) == holds


def test_every_client_counts() -> None:
    waited = outstanding([client(5, REVOKED), client(4, REVOKED)], 5, REVOKED, REVOKED)
    assert waited == [client(4, REVOKED)]
