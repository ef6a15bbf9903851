"""An erasure order whose entry never comes holds up no other, and none is acknowledged before those ahead of it."""

import asyncio
from dataclasses import dataclass

import pytest

from schemas.events import ErasureOrder
from services.audit.erasure import Deleted
from services.audit.orders import Orders


@dataclass(frozen=True)
class Event:
    key: bytes
    value: bytes


class Given:
    """Orders by name; `come` lets the entry of one come."""

    def __init__(self) -> None:
        self.entries: dict[str, asyncio.Event] = {}
        self.reported: list[str] = []
        self.acknowledged: list[str] = []
        self.crashed: list[BaseException] = []
        self.orders = Orders(self.delete, self.report, self.crash)

    async def delete(self, alias: str, value: bytes) -> Deleted:
        if value == b"poison":
            raise ValueError("no order")
        self.entries[alias] = asyncio.Event()
        return Deleted(ErasureOrder(alias, "entry"), 1)

    async def report(self, deleted: Deleted) -> None:
        await self.entries[deleted.order.request].wait()
        self.reported.append(deleted.order.request)

    async def crash(self, error: BaseException) -> None:
        self.crashed.append(error)

    async def read(self, *names: str, value: bytes = b"order") -> None:
        async def events():
            for name in names:
                yield Event(name.encode(), value)

        async def ack(event: Event) -> None:
            self.acknowledged.append(event.key.decode())

        await self.orders.read(events(), ack)

    async def come(self, name: str) -> None:
        self.entries[name].set()
        for _ in range(5):
            await asyncio.sleep(0)


async def test_an_order_that_waits_holds_up_none_behind_it_and_is_acknowledged_first():
    given = Given()
    # Given three orders, all of them deleted, and none of their entries in the log
    await given.read("one", "two", "three")
    assert list(given.entries) == ["one", "two", "three"]
    # When the entries of the later ones come, then they are reported
    await given.come("three")
    await given.come("two")
    assert given.reported == ["three", "two"]
    # But nothing is acknowledged before the first
    assert given.acknowledged == []
    await given.come("one")
    assert given.acknowledged == ["one", "two", "three"]


async def test_an_order_that_cannot_be_carried_out_ends_the_process_unacknowledged():
    given = Given()
    with pytest.raises(ValueError, match="no order"):
        await given.read("one", value=b"poison")
    assert (len(given.crashed), given.acknowledged) == (1, [])
