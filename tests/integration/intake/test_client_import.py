"""`careerpulse client import` over a service: a CSV file is tried, and handed in."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from schemas.topics import SUBMITTED
from services.client.cli import client
from tests.integration.intake.door import Intake
from tests.integration.intake.test_csv_imports import HEADER, MAPPING


async def imported(
    intake: Intake, place: Path, rows: str, *more: str, mapping: Mapping[str, Any] = MAPPING
) -> Result:
    """What the client says of a file with these rows."""
    secret = (await intake.organisations.add("acme", "Acme Ltd")).client_secret
    (place / "staff.csv").write_text(HEADER + rows)
    (place / "mapping.json").write_text(json.dumps(mapping))
    address, named = str(intake.client.make_url("/")), ["--mapping", str(place / "mapping.json"), *more]
    login = {"CAREERPULSE_CLIENT_ID": "acme", "CAREERPULSE_CLIENT_SECRET": secret, "COLUMNS": "200"}
    arguments = ["--intake", address, "import", str(place / "staff.csv"), *named]
    return await asyncio.to_thread(CliRunner().invoke, client, arguments, env=login)


async def test_a_dry_run_tells_each_fault_in_its_row_and_what_may_have_been_meant(
    intake: Intake, tmp_path: Path
) -> None:
    rows = "1,Ada,15-1252.00\n2,Bo,sofware develper\n3,Cy,15-1252.00,one too many\n"
    said = await imported(intake, tmp_path, rows, "--dry-run")
    assert said.exit_code == 1
    assert "line 3: /assessment/occupations/0/code: " in said.output
    assert "15-1252.00" in said.output
    assert "line 4: A row has 3 cells" in said.output
    assert "1 fit, 2 do not; nothing was handed in" in said.output
    assert intake.broker.of(SUBMITTED.name) == []


async def test_of_a_file_with_a_row_that_is_nobodys_nothing_is_handed_in(intake: Intake, tmp_path: Path) -> None:
    said = await imported(intake, tmp_path, "1,Ada,15-1252.00\n2,Byron, Ada,15-1252.00\n")
    assert said.exit_code == 1
    assert "row 3: A row has 3 cells" in said.output
    assert intake.broker.of(SUBMITTED.name) == []


async def test_a_file_that_fits_is_handed_in_row_by_row(intake: Intake, tmp_path: Path) -> None:
    said = await imported(intake, tmp_path, "1,Ada,15-1252.00\n\n2,Bo,11-9021.00\n", "--key", "staff")
    assert "2 accepted, 0 refused" in said.output
    assert len(intake.broker.of(SUBMITTED.name)) == 2


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
async def test_a_mapping_that_is_none_is_told_in_words(intake: Intake, tmp_path: Path, more: list[str]) -> None:
    said = await imported(intake, tmp_path, "", *more, mapping={"columns": {"Number": "nowhere"}})
    assert (said.exit_code, "behind a slash" in said.output) == (1, True)
