"""An erasure that is killed at any of its writes, whatever began it and whatever else is broken, ends alike.

The table of crash points is made by trial: the first person's erasure goes through unharmed; that of the next is
killed at its first write, the next one's at its second, and so on until there is none left to be killed at. All of
them have to leave what the first one left.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from sqlalchemy import func, select, update

from schemas.employees import AskForEmployee, InstructRequest
from schemas.events import ErasureOrder, OutboxEntry, Revoked, StoreReport
from schemas.keys import NewPerson, ReleaseKeys
from schemas.purposes import PURPOSES
from schemas.rights import Order
from schemas.topics import AUDIT_ENTRIES, KEYS_REVOKED, PRIVACY_REQUESTS
from services.consent.erasure.receipt import verify
from services.consent.erasure.steps import STORES
from services.consent.keys.callers import CALLERS
from services.consent.keys.rotation import Rotation
from services.consent.rights.asked import Asked
from services.consent.tables import hand_ins, persons
from tests.integration.consent.conftest import NOTICE
from tests.integration.consent.mortal import Client, Mortal

ROUNDS = 4
"""So often everybody says again what they have to say: after the death, and once for each thing that was lost."""
SERVICES = [caller.service for caller in CALLERS]


@dataclass(frozen=True, slots=True)
class Left:
    """What an erasure has left: its cause, what it destroyed where, and what was written and told, each kind once."""

    cause: str
    destroyed: Mapping[str, Mapping[str, int]]
    entries: Counter[str]
    told: tuple[str, ...]


class House:
    """The consent service, who gets keys from it, and one more person who stays."""

    def __init__(self, consent: Mortal) -> None:
        self.consent = consent
        self.clients: dict[str, Client] = {}
        self.count = 0

    async def begin(self) -> "House":
        await self.consent.start()
        self.clients = {service: await Client(service, self.consent).begin() for service in SERVICES}
        self.witness = await self.somebody()
        self.kept = await self.data_of(self.witness)
        return self

    async def end(self) -> None:
        for client in self.clients.values():
            await client.keys.__aexit__(None, None, None)
        await self.consent.stop()

    async def somebody(self, tenant: str = "individuals") -> str:
        """A person whose keys every service has."""
        self.count += 1
        event = f"event-{self.count}"
        new = NewPerson(event, NOTICE) if tenant == "individuals" else NewPerson(event, (), external_id=event)
        (created,) = await self.clients["intake"].keys.create(tenant, [new])
        for caller in CALLERS:
            for purpose in caller.purposes:
                await self.clients[caller.service].keys.release(purpose, [created.alias])
        return str(created.alias)

    async def data_of(self, alias: str) -> bytes:
        (key,) = (await self.consent.stores.keystore.release(ReleaseKeys("access", (alias,)))).keys
        return key.subkeys["answers"].key

    async def do(self, work: Callable[[], Awaitable[object]]) -> None:
        await self.consent.outlived(work)

    async def work(self) -> None:
        async def once() -> None:
            await self.consent.worker.once()  # of the consent that lives: it may be another the second time

        await self.do(once)

    async def read_revocations(self, *but: str) -> None:
        for service in SERVICES:
            if service not in but:
                await self.do(lambda one=service: self.clients[one].catch_up(0))

    async def go_on(self, alias: str) -> None:
        """Services say again how far they are, and stores report on each order: a consent that starts anew has
        forgotten the one, and asks for the other again.
        """
        told = 0
        for _ in range(ROUNDS):
            await self.read_revocations()
            await self.work()
            if len(orders := self.orders(alias)) > told:
                told = len(orders)
                for store in sorted(STORES):
                    said = StoreReport(store, orders[-1].request, {"rows": 1}, 7, "note")
                    await self.do(lambda one=said: self.consent.stores.requests.take_report(one))

    def orders(self, alias: str) -> list[ErasureOrder]:
        sent = self.consent.topics.of(PRIVACY_REQUESTS.name)
        found = [msgspec.msgpack.decode(one.value, type=Order) for one in sent if one.key == alias]
        return [one for one in found if isinstance(one, ErasureOrder)]


Began = Callable[[House], Awaitable[tuple[str, Callable[[], Awaitable[object]]]]]


async def asked_for(house: House) -> tuple[str, Callable[[], Awaitable[object]]]:
    alias = await house.somebody()
    return alias, lambda: house.consent.stores.requests.open_erasure(alias)


async def expired(house: House) -> tuple[str, Callable[[], Awaitable[object]]]:
    alias = await house.somebody()
    async with house.consent.database.write() as connection:
        old = update(hand_ins).where(hand_ins.c.alias == alias).values(handed_in_at="2000-01-01T00:00:00Z")
        await connection.execute(old)

    async def swept() -> None:
        await house.consent.stores.sweep.once()

    return alias, swept


async def instructed(house: House) -> tuple[str, Callable[[], Awaitable[object]]]:
    """By the employee, which waits for the word of the organisation."""
    alias = await house.somebody("acme")
    held = await house.consent.stores.instructions.hold(alias, Asked("erasure"))
    assert held is not None
    word = InstructRequest("acme", held.id, "carry-out")
    return alias, lambda: house.consent.stores.instructions.instruct(word)


async def on_behalf(house: House) -> tuple[str, Callable[[], Awaitable[object]]]:
    """By the organisation, for its employee."""
    alias = await house.somebody("acme")
    asked = AskForEmployee("acme", f"event-{house.count}", "erasure")
    return alias, lambda: house.consent.stores.instructions.ask(asked)


class Trouble:
    """What is broken until `mend`: nothing."""

    def __init__(self, house: House, move: Callable[[timedelta], None]) -> None:
        self.house, self.move = house, move

    async def make(self) -> None:
        """Before the erasure begins."""

    async def mend(self) -> None:
        """When it can go no further."""

    def silent(self) -> tuple[str, ...]:
        """Who reads no revocation."""
        return ()


class HalfRotated(Trouble):
    """A rotation of the root key that has wrapped one key anew, and goes on beside the erasure."""

    async def make(self) -> None:
        consent = self.house.consent
        rotation = Rotation(consent.database, consent.root, consent.stores.outboxes, consent.stores.terms, batch=1)
        await rotation.begin()
        await rotation.advance()


class BrokerAway(Trouble):
    async def make(self) -> None:
        self.house.consent.topics.away = True

    async def mend(self) -> None:
        self.house.consent.topics.away = False


class OneServiceDown(Trouble):
    """Scoring is killed with keys in hand, and is back after an hour."""

    async def make(self) -> None:
        await self.house.clients["scoring"].keys.__aexit__(None, None, None)

    async def mend(self) -> None:
        self.move(timedelta(hours=1))
        self.house.clients["scoring"] = await Client("scoring", self.house.consent).begin()

    def silent(self) -> tuple[str, ...]:
        return ("scoring",)


CAUSES: dict[str, Began] = {
    "asked": asked_for,
    "expired": expired,
    "instructed": instructed,
    "on behalf": on_behalf,
}
TROUBLES = {
    "none": Trouble,
    "half a rotation": HalfRotated,
    "no broker": BrokerAway,
    "a service down for an hour": OneServiceDown,
}
ROWS = [(cause, "none") for cause in CAUSES] + [("asked", trouble) for trouble in TROUBLES if trouble != "none"]
SPARSE = [("instructed", "no broker"), ("expired", "half a rotation")]
"""What is tried each time, at every ninth write; `slow` tries every row at every write."""


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    one = await House(Mortal(tmp_path, database_url, window_seconds=0)).begin()
    yield one
    await one.end()


@pytest.mark.parametrize(
    ("cause", "trouble", "every"),
    [pytest.param(*row, 1, marks=[pytest.mark.slow, pytest.mark.timeout(900)]) for row in ROWS]
    + [pytest.param(*row, 9) for row in SPARSE],
)
async def test_killed_at_any_write_it_ends_alike(
    house: House, moved_clock: Callable[[timedelta], None], cause: str, trouble: str, every: int
) -> None:
    hours = 0

    def move(ahead: timedelta) -> None:
        nonlocal hours
        hours += 1
        moved_clock(ahead * hours)

    # Given what an erasure leaves that nothing happens to
    unharmed, point = await ended(house, cause, TROUBLES[trouble](house, move), None), 0
    assert unharmed is not None
    assert unharmed.told == ("erasure-pending", "erased")
    # When others are killed, each at another write
    while (left := await ended(house, cause, TROUBLES[trouble](house, move), point)) is not None:
        # Then they leave the same
        assert left == unharmed, f"killed at write {point}"
        point += every
    assert point > 20
    assert await house.data_of(house.witness) == house.kept


async def ended(house: House, cause: str, trouble: Trouble, point: int | None) -> Left | None:
    """What is left of one more person, whose erasure dies of its `point`th write; None where it has not so many."""
    alias, begin = await CAUSES[cause](house)
    await house.work()
    before = len(house.consent.topics.of(AUDIT_ENTRIES.name))
    await trouble.make()
    if point is not None:
        house.consent.kill_after(point)
    await house.do(begin)
    await house.work()
    await house.read_revocations(*trouble.silent())
    await house.work()
    await trouble.mend()
    await house.work()
    await house.go_on(alias)
    if house.consent.doomed:
        house.consent.spare()
        return None
    return await left_of(house, alias, before)


async def left_of(house: House, alias: str, before: int) -> Left:
    stores, topics = house.consent.stores, house.consent.topics
    # no key, in no purpose and in no epoch
    for purpose in PURPOSES:
        (key,) = (await stores.keystore.release(ReleaseKeys(purpose, (alias,)))).keys
        assert (key.status, key.reason) == ("refused", "erased")
    async with house.consent.database.read() as connection:
        wrapped = select(func.count()).where(persons.c.alias == alias, persons.c.wrapped_key.is_not(None))
        assert await connection.scalar(wrapped.select_from(persons)) == 0
    # a receipt that is complete, and proves itself
    (request,) = {order.request for order in house.orders(alias)}
    receipt: Any = verify(await stores.requests.receipt(request) or b"", house.consent.signing.public_key()).document
    assert (receipt["stage"], receipt["log"]["index"]) == ("complete", 7)
    erasure = await stores.requests.find(request)
    assert erasure is not None
    entries = {msgspec.msgpack.decode(one.value, type=OutboxEntry) for one in topics.of(AUDIT_ENTRIES.name)[before:]}
    told = [
        msgspec.msgpack.decode(one.value, type=Revoked).kind
        for one in topics.of(KEYS_REVOKED.name)
        if one.key == alias
    ]
    return Left(
        cause=erasure.cause,
        destroyed={part["store"]: part["counts"] for part in receipt["destroyed"]},
        entries=Counter(orjson.loads(one.leaf)["type"] for one in entries),
        told=tuple(dict.fromkeys(told)),
    )
