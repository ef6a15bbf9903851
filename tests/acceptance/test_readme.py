"""The README's examples, run as they stand there, each block where a newcomer stands: in the root of a clone."""

import json
import os
import sys
from pathlib import Path

from tests.acceptance.conftest import Running
from tests.acceptance.examples import examples, run
from tests.acceptance.waiting import until

ROOT = Path(__file__).parents[2]
PATH = 'export PATH="$PWD/.venv/bin:$PATH"'
"""Each example is run in a shell of its own."""


async def test_every_example_does_what_it_says(running: Running, tmp_path: Path) -> None:
    # Given a clone whose services run
    for name, place in (
        (".venv", Path(sys.prefix)),
        ("docs", ROOT / "docs"),
        (".careerpulse", running.stack.place.data),
    ):
        (tmp_path / name).symlink_to(place)
    page = (ROOT / "README.md").read_text().replace("acme", "newcomer")  # another test's organisation has that name
    for service, port in (("intake", 8080), ("consent", 8081), ("audit", 8082)):
        page = page.replace(f"http://localhost:{port}", running.stack.urls[service])
        page = page.replace(f"localhost:{port}", running.stack.urls[service])
    environment = {"PATH": os.environ["PATH"], "INTAKE_URL": running.intake}
    platform, person, receipt, officer = (f"{PATH}\n{text}" for _, text in examples(page))
    # When a platform's engineer runs the first
    said = await run("bash", platform, tmp_path, environment)
    # Then each made-up employee is accepted
    assert said.count('"status":202') == 20
    # and when a person runs the next
    said = await run("bash", person, tmp_path, environment)
    assert "the same bytes" in said
    # Then the erasure comes to its receipt
    links = json.loads((tmp_path / "erasure.json").read_text())["links"]

    async def stage() -> str:
        async with running.http.get(f"{running.stack.urls['consent']}{links['receipt']}") as response:
            return (await response.json()).get("receipt", {}).get("stage", "")

    await until(stage, lambda found: found == "complete")
    assert "complete" in await run("bash", receipt, tmp_path, environment)
    # and an officer finds the log sound, where it is served and where it was exported
    assert (await run("bash", officer, tmp_path, environment)).count("sound") == 2
