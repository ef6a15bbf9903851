"""The receiver of webhooks on the page for platforms takes what we sign, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from runpy import run_path

import pytest
from standardwebhooks import WebhookVerificationError

from services.intake.webhooks.signing import new_secret, signed
from tests.acceptance.examples import examples

PAGE = Path(__file__).parents[3] / "docs" / "integration.md"
Receive = Callable[[bytes, dict[str, str], str], None]
BODY = b'{"type": "assessment.scored", "data": {"id": "0198"}}'


@pytest.fixture
def receive(tmp_path: Path) -> Receive:
    """What the block on the page defines."""
    (block,) = (text for _, text in examples(PAGE.read_text()) if "standardwebhooks" in text)
    (tmp_path / "block.py").write_text(block)
    found: Receive = run_path(str(tmp_path / "block.py"))["receive"]
    return found


def test_the_receiver_on_the_page_takes_what_we_sign(receive: Receive, capsys: pytest.CaptureFixture[str]) -> None:
    secret = new_secret()
    receive(BODY, signed([new_secret(), secret], "msg_1", datetime.now(UTC), BODY), secret)
    assert capsys.readouterr().out == "assessment.scored 0198\n"


def test_the_receiver_on_the_page_refuses_what_another_signs(receive: Receive) -> None:
    headers = signed([new_secret()], "msg_1", datetime.now(UTC), BODY)
    with pytest.raises(WebhookVerificationError):
        receive(BODY, headers, new_secret())
