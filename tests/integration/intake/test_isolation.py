"""No route tells one organisation of another, or does what a token's scope does not name."""

from collections.abc import Sequence
from typing import Any

import pytest

from infra.http.operation import operation_of
from schemas.access_token import READ, SCOPES
from services.intake.app import PARTS
from services.intake.contract import INTERFACE
from services.intake.organisations.register import Organisations
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import employee


def for_organisations() -> Sequence[tuple[str, str, str, bool]]:
    """Method, path, scope and whether it names one thing, of each route that takes an organisation's token."""
    parts: Sequence[Any] = PARTS
    routes = [route for part in parts for route in object.__new__(part).table()]
    found = []
    for route in routes:
        declared = operation_of(route.handler)
        scopes = [proof.scope for proof in declared.proofs if proof.scope] if declared else []
        found += [(route.method, route.path, scope, "{id" in route.path) for scope in scopes]
    return found


ROUTES = for_organisations()


def path_of(pattern: str, found: str) -> str:
    return pattern.replace("{id:[0-9a-f]{32}}", found).replace("{id}", found).replace("{use}", "training")


async def test_routes_for_organisations_are_many_and_each_scope_has_some() -> None:
    assert {scope for _, _, scope, _ in ROUTES} == set(SCOPES)


@pytest.mark.parametrize(("method", "path", "scope", "names_one"), [one for one in ROUTES if one[1] != "/v1/events"])
async def test_another_organisations_token_opens_nothing(
    intake: Intake, method: str, path: str, scope: str, names_one: bool
) -> None:
    # Given an assessment of one organisation, scored
    _, mine, _ = await intake.hand_in(employee(), Authorization=intake.bearer)
    await intake.score()
    # When another one names it, or asks for what there is
    other = f"Bearer {intake.tokens.issue('other')['access_token']}"
    body = b"{}" if method == "POST" else None
    typed = {"Content_Type": "application/json", "Authorization": other}
    status, told, _ = await intake.call(method, path_of(path, mine["id"]), body, **typed)
    # Then it is as if there were none
    if names_one:
        assert status in (404, 422), (method, path)
    assert mine["id"] not in str(told)


@pytest.mark.parametrize(("method", "path", "scope", "names_one"), ROUTES)
async def test_a_token_does_what_its_scope_names_and_nothing_else(
    intake: Intake, method: str, path: str, scope: str, names_one: bool
) -> None:
    others = " ".join(one for one in SCOPES if one != scope)
    token = f"Bearer {intake.tokens.issue('acme', others)['access_token']}"
    status, problem, headers = await intake.call(method, path_of(path, "0" * 32), b"{}", Authorization=token)
    assert (status, problem["type"]) == (403, "urn:careerpulse:problem:insufficient-scope")
    assert f'scope="{scope}"' in headers["WWW-Authenticate"]


async def test_the_published_scopes_are_those_that_are_demanded() -> None:
    flow = INTERFACE.schemes["organisation"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == {scope for _, _, scope, _ in ROUTES} >= {READ}


async def test_after_the_end_of_its_contract_a_token_of_before_opens_nothing(intake: Intake) -> None:
    # Given an organisation with a token, whose contract ends at another instance
    token = intake.bearer_of("acme")
    await Organisations(intake.database).add("acme", "Acme Ltd")
    await Organisations(intake.database).end("acme")
    intake.ledger.ended.add("acme")
    # Then nothing is accepted from then on, and this instance says why
    status, problem, _ = await intake.hand_in(employee("late"), Authorization=token)
    assert (status, problem["type"]) == (403, "urn:careerpulse:problem:no-contract")
    # and when it has heard of it, nothing is shown either
    await intake.organisations.look()
    status, problem, headers = await intake.call("GET", "/v1/results", Authorization=token)
    assert (status, problem["type"]) == (401, "urn:careerpulse:problem:organisation-ended")
    assert 'error="invalid_token"' in headers["WWW-Authenticate"]
    # until there is a new contract
    await intake.organisations.add("acme", "Acme Ltd")
    assert (await intake.call("GET", "/v1/results", Authorization=token))[0] == 200
