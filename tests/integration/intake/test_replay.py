"""`careerpulse replay`: verdict and exit code, for a person and for an organisation."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from services.cli import main
from services.intake.advice import replay_cli
from services.methodology.version import load
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import employee, person


async def replayed(intake: Intake, place: str, *options: str, **environment: str) -> Result:
    arguments = ["replay", place.rpartition("/")[2], "--intake", str(intake.client.make_url("/")), *options]
    runner = CliRunner(env={replay_cli.CLAIM: None, replay_cli.TOKEN: None, **environment})
    return await asyncio.to_thread(runner.invoke, main, arguments)


def code(claim: str) -> str:
    return claim.removeprefix("Claim ")


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    file = tmp_path / "employee.json"
    file.write_text(json.dumps(employee()))
    return file


async def test_a_person_replays_result_reasons_and_entry(intake: Intake) -> None:
    place, claim = await intake.scored()
    run = await replayed(intake, place, CAREERPULSE_CLAIM=code(claim))
    assert run.exit_code == 0, run.output
    told = [line.removesuffix("same bytes").strip() for line in run.output.splitlines()[:3]]
    assert told == ["result", "detail", "entry of the log"]
    assert f"methodology 1 ({load().hash}): the same bytes" in run.output


async def test_a_person_is_asked_for_the_claim_code_which_is_not_shown(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, claim = await intake.scored()
    asked: list[Any] = []

    def prompt(text: str, *, hide_input: bool) -> str:
        asked.append(hide_input)
        return code(claim)

    monkeypatch.setattr(click, "prompt", prompt)
    run = await replayed(intake, place)
    assert (run.exit_code, asked, code(claim) in run.output) == (0, [True], False)


async def test_an_organisation_replays_from_its_own_answers(intake: Intake, handed_in: Path) -> None:
    _, theirs, _ = await intake.hand_in(employee(), Authorization=intake.bearer)
    await intake.score()
    place, token = theirs["links"]["self"], intake.token
    run = await replayed(intake, place, "--answers", str(handed_in), CAREERPULSE_TOKEN=token)
    assert run.exit_code == 0, run.output
    handed_in.write_text(json.dumps(employee("another")))
    run = await replayed(intake, place, "--answers", str(handed_in), CAREERPULSE_TOKEN=token)
    assert (run.exit_code, "OTHER BYTES" in run.output) == (1, True)


async def test_an_organisation_gets_no_record(intake: Intake) -> None:
    place, _ = await intake.scored()
    assert (await intake.call("GET", f"{place}/record", Authorization=intake.bearer))[0] == 403


async def test_what_cannot_be_replayed_has_an_exit_code_of_its_own(intake: Intake, handed_in: Path) -> None:
    place, claim = await intake.scored()
    _, waiting, _ = await intake.hand_in(person("waiting"))
    mine, token = code(claim), intake.token
    handed_in.write_text("[]")
    runs = {
        "32 hexadecimal digits": await replayed(intake, "/x", CAREERPULSE_CLAIM=mine),
        "Not authorised": await replayed(intake, place, CAREERPULSE_CLAIM="nobody"),
        "There is no record": await replayed(
            intake, waiting["links"]["self"], CAREERPULSE_CLAIM=waiting["claim_code"]
        ),
        "--answers FILE": await replayed(intake, place, CAREERPULSE_TOKEN=token),
        "not a JSON object": await replayed(intake, place, "--answers", str(handed_in), CAREERPULSE_TOKEN=token),
        "does not answer": await replayed(intake, place, "--intake", "http://127.0.0.1:9", CAREERPULSE_CLAIM=mine),
    }
    for reason, run in runs.items():
        assert (run.exit_code, reason in run.output) == (3, True), (reason, run.output)
