"""The secrets of a deployment."""

import stat
from pathlib import Path

import pytest

from infra.container import secrets


def content(directory: Path) -> dict[str, str]:
    return {str(path.relative_to(directory)): path.read_text() for path in directory.rglob("*") if path.is_file()}


def test_consent_knows_each_client_by_the_token_that_this_client_has(tmp_path: Path) -> None:
    secrets.create_secrets(tmp_path)

    made = content(tmp_path)
    tokens = [made[f"consent/{client}.token"] for client in secrets.KEY_CLIENTS]
    assert tokens == [made[f"{client}/{client}.token"] for client in secrets.KEY_CLIENTS]
    assert len(set(tokens)) == len(tokens)
    assert {name for name in made if name.startswith("scoring/")} == {"scoring/scoring.token", "scoring/records.key"}


def test_every_service_knows_the_control_records_of_the_others(tmp_path: Path) -> None:
    secrets.create_secrets(tmp_path)

    made = content(tmp_path)
    assert len({made[f"{service}/records.key"] for service in (*secrets.KEY_CLIENTS, "consent")}) == 1


def test_each_store_has_the_password_of_its_own_role(tmp_path: Path) -> None:
    secrets.create_secrets(tmp_path)

    made = content(tmp_path)
    for store in secrets.STORES:
        role, _, password = made[f"{store}/pgpass"].strip().removeprefix("*:*:").partition(f":careerpulse_{store}:")
        assert (role, password) == (f"careerpulse_{store}", made[f"postgres/{store}"])


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    created = secrets.create_secrets(tmp_path / "secrets")

    assert {stat.S_IMODE(path.stat().st_mode) for path in created} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in created} == {0o700}
    assert {(path.stat().st_uid, path.stat().st_gid) for path in created} == {secrets.container_user()}


def test_making_them_again_changes_nothing(tmp_path: Path) -> None:
    secrets.create_secrets(tmp_path)
    before = content(tmp_path)

    assert secrets.create_secrets(tmp_path) == []
    assert content(tmp_path) == before


def test_a_lost_file_is_made_again_to_fit_the_rest(tmp_path: Path) -> None:
    secrets.create_secrets(tmp_path)
    before = content(tmp_path)
    for lost in ("scoring/scoring.token", "intake/pgpass"):
        (tmp_path / lost).unlink()

    secrets.create_secrets(tmp_path)

    assert content(tmp_path) == before


def test_root_makes_them_for_an_unprivileged_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)

    assert secrets.container_user() == (secrets.UNPRIVILEGED, secrets.UNPRIVILEGED)


def test_the_user_is_named_and_other_variables_are_kept(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INTAKE_URL=https://example.org\nCAREERPULSE_UID=1\n")

    secrets.write_user(tmp_path / ".env")

    uid, gid = secrets.container_user()
    assert (tmp_path / ".env").read_text().splitlines() == [
        "INTAKE_URL=https://example.org",
        f"CAREERPULSE_UID={uid}",
        f"CAREERPULSE_GID={gid}",
    ]
