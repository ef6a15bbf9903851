"""No route tells one organisation of another, or does what a token's scope does not name."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from infra.http.operation import operation_of
from schemas.access_token import READ, SCOPES
from services.contracts.documents import documents
from services.intake.app import PARTS
from services.intake.contract import INTERFACE
from services.intake.organisations.register import Organisations
from tests.integration.intake.door import Intake
from tests.integration.intake.owned import (
    ORGANISATIONS,
    PARTNERS,
    PEOPLE,
    STAFF,
    Call,
    Owner,
    ask,
    organisation,
    someone,
)
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
DOCUMENT = documents()["intake.openapi.json"]
World = Callable[[Intake], Awaitable[tuple[Owner, Owner]]]
METHODS = {one["operationId"]: method for path in DOCUMENT["paths"].values() for method, one in path.items()}


def asked() -> dict[str, set[str]]:
    """The proofs that each operation of the published document takes, where it asks for any."""
    every = [one for path in DOCUMENT["paths"].values() for one in path.values()]
    return {one["operationId"]: {scheme for way in one["security"] for scheme in way} for one in every}


def path_of(pattern: str, found: str) -> str:
    return pattern.replace("{id:[0-9a-f]{32}}", found).replace("{id}", found).replace("{use}", "training")


async def test_routes_for_organisations_are_many_and_each_scope_has_some() -> None:
    assert {scope for _, _, scope, _ in ROUTES} == set(SCOPES)


async def organisations(intake: Intake) -> tuple[Owner, Owner]:
    mine, _ = await organisation(intake, "acme", staff=STAFF)
    other, _ = await organisation(intake, "globex", staff=1)
    return mine, other


async def partners(intake: Intake) -> tuple[Owner, Owner]:
    _, mine = await organisation(intake, "acme", staff=1)
    _, other = await organisation(intake, "globex", staff=1)
    return mine, other


async def people(intake: Intake) -> tuple[Owner, Owner]:
    return await someone(intake, "me"), await someone(intake, "you")


WORLDS: dict[str, tuple[dict[str, Call], World]] = {
    "organisation": (ORGANISATIONS, organisations),
    "partner": (PARTNERS, partners),
    "claim": (PEOPLE, people),
}


@pytest.mark.parametrize("scheme", WORLDS)
def test_each_operation_that_asks_who_calls_is_tried_with_a_strangers_proof(scheme: str) -> None:
    assert WORLDS[scheme][0].keys() == {name for name, schemes in asked().items() if scheme in schemes}
    assert {one for schemes in asked().values() for one in schemes} == WORLDS.keys()


@pytest.mark.parametrize("scheme", WORLDS)
async def test_what_is_ones_own_is_found_and_what_is_anothers_is_not(intake: Intake, scheme: str) -> None:
    calls, made = WORLDS[scheme]
    # Given two who have one thing of each kind
    mine, other = await made(intake)
    wrong = []
    for name, call in calls.items():
        # When a stranger reaches for what is mine, before and after I do
        before = await ask(intake, METHODS[name], call, other.proof, mine.owns)
        own, told = await ask(intake, METHODS[name], call, mine.proof, mine.owns)
        after = await ask(intake, METHODS[name], call, other.proof, mine.owns)
        # Then I find it, and for the stranger it is as if there were none
        if not (own < 300 or (call.found is not None and f':{call.found}"' in told)):
            wrong.append((name, "own", own, told))
        for status, shown in (before, after):
            if (call.names_one and status not in (403, 404)) or status >= 500:
                wrong.append((name, "stranger", status, shown))
            if not call.names_one and any(one in shown for one in mine.owns.values()):
                wrong.append((name, "stranger is told", status, shown))
    assert wrong == []


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
