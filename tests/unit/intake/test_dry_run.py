"""A dry run says of a hand-in what would be said of it, and leaves no trace."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.http.problems import problem_details
from services.intake.handing_in.dry_run import DryRun
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.callers import Callers
from services.methodology.version import load
from tests.twins.ledger import Ledger
from tests.unit.intake.examples import employee, person

Client = TestClient[web.Request, web.Application]
ACCEPTED = {"valid": True, "methodology": {"version": "1", "hash": load().hash}}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def tokens(tmp_path: Path) -> AccessTokens:
    return AccessTokens(tmp_path / "key", "https://careerpulse.test")


@pytest.fixture
async def client(ledger: Ledger, tokens: AccessTokens) -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problem_details])
    app.add_routes(DryRun(load(), Callers(tokens, ledger)).table())
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def tried(client: Client, document: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    async with client.post("/v1/assessments:validate", json=document, headers=headers) as response:
        assert response.status != 200 or response.headers["Cache-Control"] == "no-store"
        return response.status, await response.json()


def bearer(tokens: AccessTokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue('acme')['access_token']}"}


async def test_a_hand_in_that_fits_is_told_so_under_which_version(client: Client, tokens: AccessTokens) -> None:
    assert await tried(client, person()) == (200, ACCEPTED)
    assert await tried(client, employee(), bearer(tokens)) == (200, ACCEPTED)


async def test_every_fault_is_told_with_what_would_be_right(client: Client) -> None:
    document = person(purposes=("research",))
    document["assessment"]["occupations"] = [{"code": "15-1250.00", "share": 900}]
    status, problem = await tried(client, document)
    told = {one["pointer"]: one["detail"] for one in problem["errors"]}
    assert (status, set(told)) == (
        422,
        {"/consent/purposes", "/assessment/occupations/0/code", "/assessment/occupations"},
    )
    assert "Software Developers (15-1252.00)" in told["/assessment/occupations/0/code"]


@pytest.mark.parametrize(
    ("named", "language", "meant"),
    [
        ("nurse", "en", "Registered Nurses (29-1141.00)"),
        ("29-1141", "en", "Registered Nurses (29-1141.00)"),
        ("sofware develper", "en", "Software Developers (15-1252.00)"),
        ("Krankenschwester", "de", "Pflegefachkraft (29-1141.00)"),
    ],
)
async def test_who_names_an_occupation_by_a_title_or_a_shorter_code_is_told_which_was_meant(
    client: Client, named: str, language: str, meant: str
) -> None:
    # Given a hand-in whose occupation is no O*NET-SOC code
    document = person()
    document["assessment"]["occupations"] = [{"code": named, "share": 1000}]
    # When it is tried, by somebody who reads this language
    _, problem = await tried(client, document, {"Accept-Language": language})
    # Then the form of a code is said, and the nearest title first
    (fault,) = problem["errors"]
    assert fault["pointer"] == "/assessment/occupations/0/code"
    assert "15-1252.00" in fault["detail"]
    assert f"Nearest are {meant}" in fault["detail"] or f"Am nächsten kommen {meant}" in fault["detail"]


async def test_what_has_no_form_at_all_is_still_answered(client: Client) -> None:
    for occupations in ("nurse", [{"code": 5}], [["nurse"]], [{"code": "nurse"}] * 4, None):
        document = person()
        document["assessment"]["occupations"] = occupations
        assert (await tried(client, document))[0] == 422


async def test_an_amount_with_a_currency_of_its_own_is_told_that_there_is_one_for_all(client: Client) -> None:
    document = person()
    amount = {"amount": 3, "currency": "USD"}
    document["assessment"] |= {"profile": "core+income", "income": {"currency": "EUR", "expenses": amount}}
    _, problem = await tried(client, document)
    (fault,) = problem["errors"]
    assert fault["pointer"] == "/assessment/income/expenses"
    assert "minor units" in fault["detail"] and "one currency" in fault["detail"]


async def test_what_the_methodology_finds_is_told_in_the_language_of_the_reader(client: Client) -> None:
    document = person()
    document["assessment"]["occupations"][0]["share"] = 900
    _, problem = await tried(client, document, {"Accept-Language": "de-AT"})
    assert problem["errors"][0]["detail"].startswith("Summe der Anteile stimmt nicht. Die Anteile von einem bis drei")


async def test_an_employer_and_a_person_hand_in_different_documents(client: Client, tokens: AccessTokens) -> None:
    assert (await tried(client, employee()))[0] == 422
    assert (await tried(client, person(), bearer(tokens)))[0] == 422


@pytest.mark.parametrize("document", [person(), {"assessment": {"CANARY-91": 1}}])
async def test_a_dry_run_asks_nobody_for_keys_and_writes_nothing_down(
    client: Client, ledger: Ledger, document: Any
) -> None:
    with structlog.testing.capture_logs() as logs:
        await tried(client, document, {"Authorization": "Claim nobody"})
    assert (ledger.calls, ledger.people, logs) == ([], {}, [])


async def test_another_content_type_is_refused(client: Client) -> None:
    async with client.post("/v1/assessments:validate", data="a=b") as response:
        assert response.status == 415
