"""The operator adds market signals and takes them back; each change leaves one audit entry, or nothing happened."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.db.engine import Database
from infra.kafka.entry_outbox import EntryOutbox
from infra.kafka.producer import BrokerUnavailable
from schemas.entry import canonical
from schemas.events import OutboxEntry
from schemas.topics import AUDIT_ENTRIES
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
from tests.market_signal import SIGNAL
from tests.twins.broker import Broker
from tests.twins.ledger import Ledger

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def entries(database: Database) -> EntryOutbox:
    opened = EntryOutbox(database, SOURCE, marks)
    await opened.open()
    return opened


@pytest.fixture
def signals(database: Database, entries: EntryOutbox) -> MarketSignals:
    return MarketSignals(database, entries, load())


@pytest.fixture
async def client(database: Database, signals: MarketSignals, tmp_path: Path) -> AsyncIterator[Client]:
    tokens = AccessTokens(tmp_path / "key", "https://intake.example")
    admin = Admin(
        Organisations(database),
        tokens,
        Ledger(),
        signals,
        boundaries=Boundaries(database, EntryOutbox(database, SOURCE, marks)),
        direct=Channels(database, "nowhere:9092"),
        inbound_key=InboundKey(tmp_path / "inbound-key"),
        partner_keys=PartnerKeys(database),
    )
    async with TestClient(TestServer(admin.application())) as opened:
        yield opened


async def asked(client: Client, method: str, path: str, document: object = None) -> tuple[int, dict[str, Any]]:
    async with client.request(method, path, json=document) as response:
        return response.status, await response.json()


async def logged(entries: EntryOutbox) -> list[tuple[int, dict[str, Any]]]:
    """Number and leaf of every entry that the topic gets."""
    broker = Broker()
    await entries.drain(broker)
    values = [msgspec.msgpack.decode(one.value, type=OutboxEntry) for one in broker.of(AUDIT_ENTRIES.name)]
    assert {one.source for one in values} <= {"intake"}
    return [(one.sequence, json.loads(one.leaf)) for one in values]


def payload(change: str) -> str:
    return f"sha256:{sha256(canonical({'change': change, 'signal': SIGNAL})).hexdigest()}"


async def test_a_signal_is_told_with_who_source_and_time_until_it_is_taken_back(
    client: Client, signals: MarketSignals, entries: EntryOutbox
) -> None:
    # When the operator adds a signal
    assert (await asked(client, "POST", "/signals", SIGNAL))[0] == 201
    # Then it is told as it was given, with its time
    (told,) = await signals.listed()
    assert told == {**SIGNAL, "added_at": told["added_at"]}
    assert (await asked(client, "GET", "/signals"))[1] == {"signals": [told]}
    # and when it is taken back it is gone
    assert (await asked(client, "DELETE", f"/signals/{SIGNAL['id']}"))[0] == 200
    assert await signals.listed() == []
    # and the log has one entry for each change, bound to what was changed
    first, second = await logged(entries)
    assert [number for number, _ in (first, second)] == [1, 2]
    assert [leaf["type"] for _, leaf in (first, second)] == ["signal-changed"] * 2
    assert [leaf["payload"] for _, leaf in (first, second)] == [payload("added"), payload("removed")]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"grade": "E"}, "/grade"),
        ({"added_by": ""}, "/added_by"),
        ({"id": "contractors"}, "/id"),
        ({"primary_checked": False}, "/grade"),
        ({"weight": 1}, "/weight"),
    ],
)
async def test_what_does_not_fit_is_named_and_leaves_no_trace(
    client: Client, signals: MarketSignals, entries: EntryOutbox, change: dict[str, Any], pointer: str
) -> None:
    status, problem = await asked(client, "POST", "/signals", {**SIGNAL, **change})
    assert (status, [one["pointer"] for one in problem["errors"]]) == (422, [pointer])
    assert (await signals.listed(), await logged(entries)) == ([], [])


async def test_a_signal_is_added_once_and_only_what_was_added_is_taken_back(
    client: Client, entries: EntryOutbox
) -> None:
    assert (await asked(client, "POST", "/signals", SIGNAL))[0] == 201
    assert (await asked(client, "POST", "/signals", SIGNAL))[0] == 422
    assert (await asked(client, "DELETE", "/signals/contractors"))[0] == 404
    assert len(await logged(entries)) == 1


async def test_with_the_broker_away_an_entry_waits_in_its_place(client: Client, entries: EntryOutbox) -> None:
    await asked(client, "POST", "/signals", SIGNAL)
    with pytest.raises(BrokerUnavailable):
        await entries.drain(Broker(away=True))
    assert [number for number, _ in await logged(entries)] == [1]
    assert await logged(entries) == []
