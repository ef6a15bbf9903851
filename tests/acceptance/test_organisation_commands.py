"""`careerpulse org`, as the operator gives it to the running intake, and what its platform can do then."""

import asyncio
import re

import pytest
from click.testing import CliRunner

from services.intake.cli import org
from tests.acceptance.conftest import Running

TENANT = "sandbox-commanded"
ADD = ("add", TENANT, "--name", "Commanded Ltd", "--basis", "contract")


async def told(running: Running, *command: str, exit_code: int = 0) -> str:
    """What the command prints."""
    arguments = [*command, "--data", str(running.stack.place.data)]
    done = await asyncio.to_thread(CliRunner().invoke, org, arguments)
    assert done.exit_code == exit_code, done.output
    return done.output


def secret_in(printed: str) -> str:
    found = re.search(r"client secret  (\S+)", printed)
    assert found is not None, printed
    return found[1]


async def log_in(running: Running, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": TENANT, "client_secret": secret}
    async with running.http.post(f"{running.intake}/v1/oauth/token", data=form) as response:
        return response.status


@pytest.mark.parametrize("cluster", ["sqlite"], indirect=True)
async def test_an_organisation_is_added_listed_given_a_new_secret_and_disabled(running: Running) -> None:
    # A sandbox is one only where the operator says so
    assert "sandbox" in await told(running, *ADD, exit_code=1)
    # Given one that was added
    first = secret_in(await told(running, *ADD, "--sandbox"))
    assert await log_in(running, first) == 200
    assert re.search(rf"^{TENANT} +test data +Commanded Ltd, since 20", await told(running, "list"), re.MULTILINE)
    # When it is given a new secret, that one logs in and the former does not
    second = secret_in(await told(running, "rotate", TENANT))
    assert (await log_in(running, first), await log_in(running, second)) == (401, 200)
    # When it is disabled, nobody acts or logs in as it until it is given another secret
    said = await told(running, "disable", TENANT)
    assert f"{TENANT} gets no new token, those it has open nothing any more" in said
    assert "disabled" in await told(running, "list")
    assert await log_in(running, second) == 401
    assert await log_in(running, secret_in(await told(running, "rotate", TENANT))) == 200
