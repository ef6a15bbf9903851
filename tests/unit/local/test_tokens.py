"""The tokens of one machine's services."""

import re
import stat
from pathlib import Path

from infra.local.tokens import CLIENTS, create_tokens


def test_each_client_has_a_token_of_its_own_that_only_the_owner_reads(tmp_path: Path) -> None:
    created = create_tokens(tmp_path / "secrets")

    assert {path.name for path in created} == {*(f"{client}.token" for client in CLIENTS), "records.key"}
    assert all(re.fullmatch("[0-9a-f]{64}", path.read_text()) for path in created)
    assert len({path.read_text() for path in created}) == len(CLIENTS) + 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in created} == {0o600}
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_a_token_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "intake.token").write_text("kept")

    created = create_tokens(tmp_path)

    assert (tmp_path / "intake.token").read_text() == "kept"
    assert len(created) == len(CLIENTS)
