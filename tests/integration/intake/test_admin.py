"""The operator registers an organisation with the ledger first; only then do its credentials change."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.db.engine import Database
from infra.kafka.entry_outbox import EntryOutbox
from infra.keys.client import KeysRefused
from services.intake.admin import Admin
from services.intake.boundaries.store import Boundaries
from services.intake.direct.channels import Channels
from services.intake.direct.sealing import InboundKey
from services.intake.market_signals import MarketSignals
from services.intake.organisations.access_tokens import AccessTokens
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations
from services.intake.results.views import SOURCE
from services.intake.tables import marks
from services.methodology.version import load
from tests.twins.ledger import Ledger

ACME = {"tenant": "acme", "name": "ACME Ltd", "legal_basis": "contract", "notice": "employees-1"}
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def organisations(database: Database) -> Organisations:
    return Organisations(database)


@pytest.fixture
def tokens(tmp_path: Path) -> AccessTokens:
    return AccessTokens(tmp_path / "key", "https://intake.example")


@pytest.fixture
async def client(
    database: Database, organisations: Organisations, tokens: AccessTokens, ledger: Ledger, tmp_path: Path
) -> AsyncIterator[Client]:
    signals = MarketSignals(database, EntryOutbox(database, SOURCE, marks), load())
    admin = Admin(
        organisations,
        tokens,
        ledger,
        signals,
        boundaries=Boundaries(database, EntryOutbox(database, SOURCE, marks)),
        direct=Channels(database, "nowhere:9092"),
        inbound_key=InboundKey(tmp_path / "inbound"),
        partner_keys=PartnerKeys(database),
    )
    async with TestClient(TestServer(admin.application())) as opened:
        yield opened


async def test_an_organisation_is_known_to_the_ledger_and_can_log_in(
    client: Client, ledger: Ledger, organisations: Organisations
) -> None:
    async with client.post("/organisations", json=ACME) as response:
        given = await response.json()
    assert response.status == 201
    assert ledger.tenants["acme"].controller == "ACME Ltd"
    assert await organisations.authenticated("acme", given["client_secret"])


@pytest.mark.parametrize(("tenant", "sandbox"), [("sandbox-acme", False), ("acme", True)])
async def test_a_sandbox_and_nothing_else_has_an_id_of_its_namespace(
    client: Client, ledger: Ledger, tenant: str, sandbox: bool
) -> None:
    async with client.post("/organisations", json=ACME | {"tenant": tenant, "sandbox": sandbox}) as response:
        assert response.status == 422
    assert ledger.tenants == {}
    async with client.post("/organisations", json=ACME | {"tenant": "sandbox-acme", "sandbox": True}) as response:
        assert response.status == 201
    async with client.get("/organisations") as response:
        assert [one["sandbox"] for one in (await response.json())["organisations"]] == [True]


async def test_with_the_ledger_away_the_secret_in_use_goes_on(
    client: Client, ledger: Ledger, organisations: Organisations
) -> None:
    secret = (await organisations.add("acme", "ACME Ltd")).client_secret
    ledger.away = True
    async with client.post("/organisations", json=ACME) as response:
        assert response.status == 503
    assert await organisations.authenticated("acme", secret)


async def test_at_the_end_of_the_contract_no_secret_opens_anything_and_the_ledger_knows(
    client: Client, ledger: Ledger, organisations: Organisations
) -> None:
    async with client.post("/organisations", json=ACME) as response:
        secret = (await response.json())["client_secret"]
    async with client.post("/organisations/acme/end") as response:
        assert response.status == 200
    assert not await organisations.authenticated("acme", secret)
    assert ledger.tenants == {}
    async with client.post("/organisations/nobody/end") as response:
        assert response.status == 404


async def test_terms_that_the_ledger_refuses_are_answered_with_what_would_be_right(
    client: Client, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: Ledger, __: object) -> None:
        raise KeysRefused("employment-law needs its agreement")

    monkeypatch.setattr(Ledger, "register", refuse)
    async with client.post("/organisations", json=ACME | {"legal_basis": "employment-law"}) as response:
        assert (response.status, (await response.json())["detail"]) == (422, "employment-law needs its agreement")


@pytest.mark.parametrize(
    ("changed", "status"), [({"tenant": "A"}, 422), ({"legal_basis": "x"}, 422), ({"x": 1}, 422)]
)
async def test_what_is_no_organisation_reaches_nobody(
    client: Client, ledger: Ledger, changed: dict[str, object], status: int
) -> None:
    async with client.post("/organisations", json=ACME | changed) as response:
        assert response.status == status
    assert ledger.tenants == {}


@pytest.mark.parametrize(
    "key", [b"", b"[]", b'{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}', b'{"kty":"oct","k":"AAAA"}', b'{"d":"x"}']
)
async def test_nothing_is_sealed_to_what_is_no_public_key(
    client: Client, organisations: Organisations, key: bytes
) -> None:
    await organisations.add("acme", "ACME Ltd")
    async with client.put("/organisations/acme/kafka", data=key) as response:
        assert response.status == 422
    async with client.put("/organisations/globex/kafka", data=key) as response:
        assert response.status == 404


async def test_a_new_secret_takes_the_old_ones_place(client: Client, organisations: Organisations) -> None:
    old = (await organisations.add("acme", "ACME Ltd")).client_secret
    async with client.post("/organisations/acme/secret") as response:
        new = (await response.json())["client_secret"]
    assert [await organisations.authenticated("acme", secret) for secret in (old, new)] == [False, True]


async def test_a_disabled_organisation_logs_in_again_with_a_new_secret_only(
    client: Client, organisations: Organisations
) -> None:
    # Given a disabled organisation
    old = (await organisations.add("acme", "ACME Ltd")).client_secret
    assert (await client.post("/organisations/acme/disable")).status == 200
    # Then nobody logs in as it, and it is listed so
    assert [await organisations.authenticated("acme", secret) for secret in (old, "")] == [False, False]
    async with client.get("/organisations") as response:
        (listed,) = (await response.json())["organisations"]
    assert (listed["tenant"], listed["enabled"], "secret" in str(listed)) == ("acme", False, False)
    # Until it is given a new one
    async with client.post("/organisations/acme/secret") as response:
        assert await organisations.authenticated("acme", (await response.json())["client_secret"])


async def partner_key(client: Client, tenant: str = "acme", overlap: int = 24) -> str:
    async with client.post(f"/organisations/{tenant}/partner-key/{overlap}") as response:
        assert response.status == 200
        return str((await response.json())["partner_key"])


async def test_a_new_partner_key_leaves_the_former_one_its_time(
    client: Client, organisations: Organisations, database: Database
) -> None:
    # Given a key, which is not the organisation's secret
    keys, secret = PartnerKeys(database), (await organisations.add("acme", "ACME Ltd")).client_secret
    first = await partner_key(client)
    assert [await keys.tenant_of(key) for key in (first, secret, "")] == ["acme", None, None]
    # When there is a second one, both open; after a third without overlap it alone does
    second = await partner_key(client)
    assert [await keys.tenant_of(key) for key in (first, second)] == ["acme", "acme"]
    third = await partner_key(client, overlap=0)
    assert [await keys.tenant_of(key) for key in (first, second, third)] == [None, None, "acme"]


async def test_a_partner_key_outlives_a_new_secret_and_no_disabled_organisation(
    client: Client, organisations: Organisations, database: Database
) -> None:
    keys = PartnerKeys(database)
    await organisations.add("acme", "ACME Ltd")
    key = await partner_key(client)
    assert (await client.post("/organisations/acme/secret")).status == 200
    assert await keys.tenant_of(key) == "acme"
    # When it is disabled, the key has ended for good, and there is none to be had
    assert (await client.post("/organisations/acme/disable")).status == 200
    async with client.post("/organisations/acme/partner-key/24") as response:
        assert response.status == 404
    assert (await client.post("/organisations/acme/secret")).status == 200
    assert await keys.tenant_of(key) is None


@pytest.mark.parametrize("act", ["secret", "disable"])
async def test_an_organisation_whose_contract_has_ended_gets_no_new_secret(
    client: Client, organisations: Organisations, act: str
) -> None:
    # Given an organisation whose contract has ended
    async with client.post("/organisations", json=ACME):
        pass
    assert (await client.post("/organisations/acme/end")).status == 200
    # When it is to be let in again
    async with client.post(f"/organisations/acme/{act}") as response:
        problem = await response.json(content_type=None)
    # Then it is told what would be right, and stays out
    assert (response.status, problem["type"]) == (409, "urn:careerpulse:problem:organisation-ended")
    assert [one["enabled"] for one in await organisations.every()] == [False]
    assert (await client.post("/organisations/acme/secret")).status == 409


async def test_a_new_token_key_signs_from_now_on_and_the_former_one_holds(
    client: Client, tokens: AccessTokens
) -> None:
    before = str(tokens.issue("acme")["access_token"])
    async with client.post("/token-key") as response:
        new = (await response.json())["kid"]
    assert tokens.published()["keys"][0]["kid"] == new
    assert [tokens.grant(token).tenant for token in (before, str(tokens.issue("acme")["access_token"]))] == [
        "acme"
    ] * 2


@pytest.mark.parametrize("act", ["secret", "disable"])
async def test_an_unknown_organisation_is_told_as_such(client: Client, act: str) -> None:
    async with client.post(f"/organisations/nobody/{act}") as response:
        assert (response.status, "nobody" in (await response.json())["detail"]) == (404, True)
