"""Call-backs of several organisations, of which one names addresses that hang."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import insert

from infra.clock import written
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.http.outside import Outside
from services.intake.invitations.call_backs import AT_ONCE, CallBacks
from services.intake.invitations.store import Invitation, InvitationStore
from services.intake.tables import assessments
from tests.integration.intake.hooks import Clock

SECONDS = 20.0


@dataclass
class Addresses:
    """Addresses that answer, and addresses that hang until they are let go."""

    url: str = ""
    told: list[str] = field(default_factory=list)
    hung: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def hang(self, _: web.Request) -> web.Response:
        self.hung.release()
        await self.over.wait()
        return web.Response()

    async def answer(self, request: web.Request) -> web.Response:
        self.told.append(request.match_info["one"])
        return web.Response()


@pytest.fixture
async def addresses() -> AsyncIterator[Addresses]:
    one, app = Addresses(), web.Application()
    app.router.add_patch("/hang/{one}", one.hang)
    app.router.add_patch("/answer/{one}", one.answer)
    async with TestServer(app) as server:
        one.url = str(server.make_url(""))
        yield one
        one.over.set()


@dataclass
class Ended:
    """Makes invitations whose assessment has ended."""

    database: Database
    safe: Safe
    at: str

    async def invite(self, tenant: str, one: str, url: str) -> None:
        sealed = self.safe.seal(url, f"{one}/call-back")
        new = Invitation(one, tenant, one.encode(), None, sealed, self.at, "9999", due_at=self.at)
        await InvitationStore(self.database).add(new)
        end = {"id": one, "tenant": tenant, "state": "scored", "submitted_at": self.at}
        async with self.database.write() as connection:
            await connection.execute(insert(assessments).values(**end))


@pytest.fixture
def ended(database: Database, clock: Clock, tmp_path: Path) -> Ended:
    return Ended(database, Safe(tmp_path / "webhook-key"), written(clock.at))


async def test_an_organisation_whose_addresses_hang_delays_nobody_elses_call_backs(
    database: Database, addresses: Addresses, ended: Ended, clock: Clock
) -> None:
    # Given an organisation with many call-backs due, to addresses that hang
    for number in range(AT_ONCE + 4):
        await ended.invite("acme", f"acme-{number:02}", f"{addresses.url}/hang/{number}")
    async with Outside([ip_network("127.0.0.0/8")], SECONDS) as outside:
        calls = CallBacks(InvitationStore(database), outside, ended.safe, clock=clock)
        hanging = asyncio.create_task(calls.step())
        for _ in range(AT_ONCE):
            await addresses.hung.acquire()
        # When another organisation's is due meanwhile, then it is told at once, and no more of the first are called
        await ended.invite("globex", "globex-1", f"{addresses.url}/answer/1")
        await calls.step()
        assert (addresses.told, addresses.hung.locked(), hanging.done()) == (["1"], True, False)
        # and the rest of the first have their turn afterwards
        addresses.over.set()
        await hanging
        await calls.step()
    assert await InvitationStore(database).due(ended.at, AT_ONCE) == {}


async def test_an_organisation_with_many_call_backs_due_leaves_the_others_theirs_in_the_same_step(
    database: Database, addresses: Addresses, ended: Ended
) -> None:
    for number in range(AT_ONCE + 4):
        await ended.invite("acme", f"acme-{number:02}", f"{addresses.url}/answer/{number}")
    await ended.invite("globex", "globex-1", f"{addresses.url}/answer/1")
    due = await InvitationStore(database).due(ended.at, AT_ONCE)
    assert {tenant: len(found) for tenant, found in due.items()} == {"acme": AT_ONCE, "globex": 1}
