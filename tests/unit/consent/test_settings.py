"""What the environment says is checked at the start, and what is wrong is named."""

import pytest
from environs.exceptions import EnvError

from services.consent.settings import from_environment


@pytest.fixture(autouse=True)
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")


def test_what_is_not_said_is_safe() -> None:
    settings = from_environment()
    assert (settings.erasure_window_seconds, settings.backup_window_days, settings.proxies) == (86_400, 30, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("ERASURE_WINDOW_SECONDS", "-1"), ("BACKUP_WINDOW_DAYS", "0"), ("BACKUP_WINDOW_DAYS", "x"), ("PROXIES", "-1")],
)
def test_a_value_that_cannot_be_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvError, match=name):
        from_environment()
