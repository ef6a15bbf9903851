"""A pack of evidence of the running services, fetched and verified as an outsider does it."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    token, pack = tmp_path / "officer.token", tmp_path / "pack.zip"
    token.write_text(await running.officers_token("auditor"))
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


async def test_who_logged_in_is_told_to_an_officer_years_later(running: Running, tmp_path: Path) -> None:
    # Given an officer to whom a token was issued
    (tmp_path / "officer.token").write_text(await running.officers_token("auditor"))

    async def opened(token: Path) -> Any:
        index = (await running.officer.newest("configuration-changed")).index
        command = ["act", running.stack.urls["audit"], index, "--token-file", token, "--purpose", "the yearly audit"]
        return await asyncio.to_thread(CliRunner().invoke, audit, list(map(str, command)))

    # When the entry of that is opened from the command line
    ran = await until(lambda: opened(tmp_path / "officer.token"), lambda one: "token-issued" in one.output)
    # Then it says what was changed, and that the entry binds it
    assert (ran.exit_code, "this is what the entry binds" in ran.output) == (0, True)
    # and the shared token does not open it
    assert (await opened(running.stack.place.secrets / "auditor.token")).exit_code == 2


def _call(*arguments: object):
    return CliRunner().invoke(audit, ["evidence", *map(str, arguments)])
