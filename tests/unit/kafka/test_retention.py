"""How long a record is kept is read from what the broker says, and never guessed from half of it."""

from datetime import timedelta

import pytest

from infra.kafka.retention import longest

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000


def topic(retention: int, segment: int = HOUR, delay: int = MINUTE) -> dict[str, str | None]:
    return {"retention.ms": str(retention), "segment.ms": str(segment), "file.delete.delay.ms": str(delay)}


def broker(check: int = 5 * MINUTE) -> dict[str, str | None]:
    return {"log.retention.check.interval.ms": str(check)}


def test_it_is_that_of_the_topic_that_keeps_longest_and_of_the_broker_that_looks_most_seldom() -> None:
    found = longest([topic(DAY), topic(2 * DAY), topic(DAY, 3 * DAY), broker(), broker(10 * MINUTE)])
    assert found == timedelta(days=4, minutes=11)


def test_what_is_kept_for_ever_has_no_end() -> None:
    assert longest([topic(DAY), topic(-1), broker()]) is None


@pytest.mark.parametrize("told", [[], [topic(DAY)], [broker()], [{"retention.ms": "1"}, broker()]])
def test_half_of_it_tells_nothing(told) -> None:
    with pytest.raises(ValueError, match=r".*"):
        longest(told)
