"""The services answer as they say they do, whatever is sent to them."""

from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from services.contracts.documents import documents
from services.intake.cli import partner_key_of
from tests.acceptance.conftest import TENANT, Running
from tests.acceptance.fuzzing import findings, settings
from tests.acceptance.real_places import OF
from tests.unit.intake.examples import person, raw

JSON = {"Content-Type": "application/json"}
SERVICES = ("intake", "consent", "audit", "scoring")


async def document(running: Running, service: str) -> dict[str, Any]:
    async with running.http.get(f"{running.stack.urls[service]}/openapi.json") as response:
        found: dict[str, Any] = await response.json()
        return found


async def fuzzed(running: Running, service: str, place: Path, *, examples: int, phases: str) -> tuple[int, str]:
    """What schemathesis says, with everybody's credentials and one real thing behind each path."""
    _, mine = await running.post("/v1/assessments?wait=30", raw(person("fuzz")), JSON)
    auditor = await running.officers_token("overseer")
    partner_key = await partner_key_of(running.stack.place.admin_socket("intake"), TENANT, overlap=0)
    proofs = {
        "claim": f"Claim {mine['claim_code']}",
        "organisation": running.headers["Authorization"],
        "auditor": f"Bearer {auditor}",
        "partner": aiohttp.encode_basic_auth(partner_key, ""),
    }
    configuration = settings(await document(running, service), proofs, await OF[service](running, mine))
    (directory := place / service).mkdir()
    return await findings(directory, running.stack.urls[service], configuration, examples=examples, phases=phases)


@pytest.mark.parametrize("cluster", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_serves_its_published_interface(running: Running, service: str) -> None:
    expected = documents()[f"{service}.openapi.json"]
    assert await document(running, service) == orjson.loads(orjson.dumps(expected))


@pytest.mark.parametrize("cluster", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", SERVICES)
async def test_schemathesis_finds_nothing(running: Running, service: str, tmp_path: Path) -> None:
    code, printed = await fuzzed(running, service, tmp_path, examples=2, phases="fuzzing")
    assert code == 0, printed


@pytest.mark.slow
@pytest.mark.parametrize("cluster", ["sqlite"], indirect=True)
@pytest.mark.parametrize("service", SERVICES)
async def test_schemathesis_finds_nothing_in_a_long_search(running: Running, service: str, tmp_path: Path) -> None:
    code, printed = await fuzzed(running, service, tmp_path, examples=60, phases="examples,coverage,fuzzing,stateful")
    assert code == 0, printed
