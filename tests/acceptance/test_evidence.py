"""A pack of evidence of the running services, fetched and verified as an outsider does it."""

import asyncio
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from services.audit.cli import audit
from tests.acceptance.test_whole_path import scored_since
from tests.acceptance.waiting import until
from tests.running import Running


async def test_a_decision_of_the_running_services_is_proven_to_an_outsider(running: Running, tmp_path: Path) -> None:
    # Given a person who was scored and told of it
    size = await running.officer.size()
    await running.person.assess()
    (index, *_) = await until(lambda: scored_since(running, size), bool)
    # When an officer fetches the pack, and an outsider the verifier and the key
    token, pack = running.stack.place.secrets / "auditor.token", tmp_path / "pack.zip"
    options = ("--token-file", token, "--purpose", "a complaint", "--decision", index)
    fetched = await asyncio.to_thread(_call, "fetch", running.stack.urls["audit"], pack, *options)
    assert fetched.exit_code == 0, fetched.output
    assert _call("verifier", tmp_path / "verify.py").exit_code == 0
    async with running.http.get(f"{running.stack.urls['audit']}/logs/0/vkey") as response:
        (tmp_path / "vkey").write_bytes(await response.read())
    # Then everything holds, in an isolated interpreter
    command = [sys.executable, "-I", "verify.py", "pack.zip", "--vkey", "vkey"]
    ran = await asyncio.to_thread(subprocess.run, command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 decisions computed again, the same bytes" in ran.stdout


def _call(*arguments: object):
    return CliRunner().invoke(audit, ["evidence", *map(str, arguments)])
