"""The page that platforms are integrated by, run as it stands: every block, in its order."""

import json
import os
import re
import sys
from pathlib import Path

from joserfc.jwk import ECKey

from services.intake.cli import open_topics, partner_key_of, register
from tests.acceptance.conftest import Running
from tests.acceptance.examples import examples, run
from tests.acceptance.waiting import until

PAGE = Path(__file__).parents[2] / "docs" / "integration.md"
TENANT = "integrated"


async def test_every_example_does_what_the_page_says(running: Running, tmp_path: Path) -> None:
    # Given an organisation with credentials and topics of its own
    socket = running.stack.place.admin_socket("intake")
    credentials = await register(socket, TENANT, "Integrated Ltd", "contract", "employees-1")
    key = ECKey.generate_key("P-256")
    await open_topics(socket, TENANT, json.dumps(key.as_dict(private=False)).encode())
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "INTAKE_URL": running.intake,
        "CAREERPULSE_CLIENT_ID": credentials["client_id"],
        "CAREERPULSE_CLIENT_SECRET": credentials["client_secret"],
        "CAREERPULSE_PARTNER_KEY": await partner_key_of(socket, TENANT, overlap=0),
        "KAFKA_BOOTSTRAP_SERVERS": running.stack.bootstrap,
    }
    # When the blocks are run
    said = [await run(language, block, tmp_path, environment) for language, block in examples(PAGE.read_text())]
    # Then each did what the page says
    single, _, imported, posted, streamed, event, _, _, invited, partner = said
    assert '"external_id": "employee-7"' in single.replace('":"', '": "')
    assert "2 fit, 0 do not" in imported
    assert "2 accepted, 0 refused" in imported
    rows = [(one["line"], one["status"]) for one in map(json.loads, posted.splitlines())]
    assert rows == [(2, 200), (3, 200), (2, 202), (3, 202)]
    assert "3 accepted, 0 refused" in streamed
    assert re.search(r"handed in .*100%", streamed), "the progress bar has come to its end"
    assert '"status":"invited"' in invited
    assert '"partner_test_id":"core"' in partner
    assert partner.endswith('{"partner_status":"sent"}')
    assert event.startswith("1 employee-7 scored")

    async def names() -> set[str]:
        lines = (await run("bash", "careerpulse client results", tmp_path, environment)).splitlines()
        return {json.loads(line)["external_id"] for line in lines}

    everybody = {"employee-7", "0041", "0042", "streamed-0", "streamed-1", "streamed-2", "by-kafka"}
    assert await until(names, lambda found: found == everybody) == everybody
    # and a dry run tells what does not fit
    (tmp_path / "staff.csv").write_text("Number,Occupation,Uses AI\n1,99-9999.99,9\n")
    refused = "! careerpulse client import staff.csv --mapping mapping.json --dry-run"
    wrong = await run("bash", refused, tmp_path, environment)
    assert "line 2: /assessment/behaviours/0/level" in wrong
    assert "1 do not; nothing was handed in" in wrong
