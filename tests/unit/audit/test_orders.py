"""An erasure order whose entry never comes holds up no other, and none is acknowledged before those ahead of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest

from infra.kafka.dead_letter import Poisoned
from infra.kafka.producer import Outgoing
from schemas.events import DeadLettered, ErasureOrder
from schemas.topics import DEAD_AUDIT, PRIVACY_REQUESTS
from services.audit.privacy.erasure import Deleted
from services.audit.privacy.orders import Orders
from tests.twins.broker import Record


@dataclass(frozen=True)
class Event:
    message: Record

    @property
    def name(self) -> str:
        return self.message.key.decode()


class Given:
    """Orders by name; `come` lets the entry of one come."""

    def __init__(self) -> None:
        self.entries: dict[str, asyncio.Event] = {}
        self.reported: list[str] = []
        self.acknowledged: list[str] = []
        self.crashed: list[BaseException] = []
        self.dead: list[Outgoing] = []
        self.orders = Orders(self.delete, self.report, self.send, self.crash)

    async def delete(self, record: Record) -> Deleted:
        alias = record.key.decode()
        if record.value == b"the disk is full":
            raise OSError("the disk is full")
        if record.value == b"no order":
            raise Poisoned("it is no order")
        self.entries[alias] = asyncio.Event()
        return Deleted(ErasureOrder(alias, "entry"), 1)

    async def send(self, records: Sequence[Outgoing]) -> None:
        self.dead += records

    async def report(self, deleted: Deleted | None) -> None:
        if deleted is None:
            return
        await self.entries[deleted.order.request].wait()
        self.reported.append(deleted.order.request)

    async def crash(self, error: BaseException) -> None:
        self.crashed.append(error)

    async def read(self, *names: str, value: bytes = b"order") -> None:
        async def events():
            for name in names:
                yield Event(Record(PRIVACY_REQUESTS.name, 0, 7, name.encode(), value))

        async def ack(event: Event) -> None:
            self.acknowledged.append(event.name)

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
    with pytest.raises(OSError, match="full"):
        await given.read("one", value=b"the disk is full")
    assert (len(given.crashed), given.acknowledged) == (1, [])


async def test_what_is_no_order_goes_to_the_dead_letters_in_its_turn_and_holds_up_none():
    given = Given()
    # Given an order that waits for its entry
    await given.read("one")
    # When something comes that is no order, and another order behind it
    await given.read("foreign", value=b"no order")
    await given.read("two")
    # Then it is kept with its reason, once, and the process goes on
    (letter,) = given.dead
    kept = msgspec.msgpack.decode(letter.value, type=DeadLettered)
    assert (letter.topic, kept.consumer) == (DEAD_AUDIT, "audit")
    assert (kept.reason, kept.value) == ("it is no order", b"no order")
    assert given.crashed == []
    # And each is acknowledged in its turn
    await given.come("two")
    assert given.acknowledged == []
    await given.come("one")
    assert given.acknowledged == ["one", "foreign", "two"]
