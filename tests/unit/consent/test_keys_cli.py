"""What the operator sees of the epochs, and what where nobody answers."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.local.sockets import admin_socket
from services.consent.keys.cli import as_text, keys


def epoch(number: int, keys: int, ends_at: str | None = None, destroyed_at: str | None = None) -> dict[str, object]:
    began = f"2026-0{number}-01T00:00:00Z"
    return {"epoch": number, "began_at": began, "keys": keys, "ends_at": ends_at, "destroyed_at": destroyed_at}


def test_each_epoch_is_shown_with_its_keys_and_its_date() -> None:
    epochs = [
        epoch(1, 0, "2026-03-03T00:00:00Z", "2026-03-03T00:00:07Z"),
        epoch(2, 0, "2026-04-02T00:00:00Z"),
        epoch(3, 7),
        epoch(4, 35),
    ]
    terms = {"backup_window_days": 30, "rotates_at": "2026-05-01T00:00:00Z"}
    status = {"current": 4, **terms, "left": 7, "finished": False, "epochs": epochs}
    assert as_text(status).splitlines() == [
        "epoch       keys  began                 secret",
        "    1          0  2026-01-01T00:00:00Z  destroyed 2026-03-03T00:00:07Z",
        "    2          0  2026-02-01T00:00:00Z  is destroyed 2026-04-02T00:00:00Z, with every backup made in it",
        "    3          7  2026-03-01T00:00:00Z  is destroyed 30 days after its last key is wrapped anew",
        "    4         35  2026-04-01T00:00:00Z  current, until the next one begins 2026-05-01T00:00:00Z",
    ]
    assert as_text(status | {"rotates_at": None}).endswith("current; rotated by command only")


@pytest.mark.parametrize("command", ["rotate", "status"])
def test_where_nobody_listens_it_says_where_and_what_to_do(
    tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADMIN_SOCKET", raising=False)
    result = CliRunner().invoke(keys, [command, "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert f"{tmp_path}/run/consent-admin.sock; start it with 'careerpulse up'" in result.output


def test_the_socket_is_the_given_one_else_that_of_the_stack_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADMIN_SOCKET", raising=False)
    assert admin_socket("consent", tmp_path) == tmp_path / "run" / "consent-admin.sock"
    embedded = tmp_path / "embedded" / "run" / "consent-admin.sock"
    embedded.parent.mkdir(parents=True)
    embedded.touch()
    assert admin_socket("consent", tmp_path) == embedded
    monkeypatch.setenv("ADMIN_SOCKET", "/run/given.sock")
    assert admin_socket("consent", tmp_path) == Path("/run/given.sock")
