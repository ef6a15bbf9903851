"""The outbox counts without holes, sends in order, and sends again what may not have arrived."""

from collections.abc import AsyncIterator, Sequence

import pytest

from infra.db.engine import Database
from infra.db.outbox import BATCH, Message, Outbox, Queued, create_outbox


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url, "test") as opened:
        async with opened.write() as connection:
            await connection.run_sync(create_outbox)
        yield opened


@pytest.fixture
async def outbox(database: Database) -> Outbox:
    opened = Outbox(database, "test")
    await opened.open()
    await opened.open()
    return opened


def messages(*names: str) -> list[Message]:
    return [Message("key", name, "tested", name.encode()) for name in names]


class Broker:
    """Takes everything, or nothing."""

    def __init__(self) -> None:
        self.sent: list[Queued] = []
        self.down = False

    async def __call__(self, batch: Sequence[Queued]) -> Sequence[int]:
        if self.down:
            raise ConnectionError
        first = len(self.sent)
        self.sent += batch
        return range(first, len(self.sent))

    def order(self) -> list[tuple[int, str]]:
        return [(queued.sequence, queued.message.event_id) for queued in self.sent]


async def put(database: Database, outbox: Outbox, *names: str) -> None:
    async with database.write() as connection:
        await outbox.put(connection, messages(*names))


def at() -> str:
    return "2026-11-23T18:00:00Z"


async def test_messages_go_out_once_in_the_order_of_their_numbers(database: Database, outbox: Outbox) -> None:
    broker = Broker()
    await put(database, outbox, "a", "b")
    await put(database, outbox, "c")
    assert await outbox.drain(broker, at) == 3
    assert await outbox.drain(broker, at) == 0
    assert broker.order() == [(1, "a"), (2, "b"), (3, "c")]


async def test_a_transaction_that_fails_gives_its_numbers_back(database: Database, outbox: Outbox) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await outbox.put(connection, messages("lost"))
            raise ZeroDivisionError

    broker = Broker()
    with pytest.raises(ZeroDivisionError):
        await fail()
    await put(database, outbox, "a")
    await outbox.drain(broker, at)
    assert broker.order() == [(1, "a")]


async def test_while_the_broker_is_down_nothing_is_marked_and_nothing_lost(
    database: Database, outbox: Outbox
) -> None:
    broker = Broker()
    await put(database, outbox, "a")
    broker.down = True
    with pytest.raises(ConnectionError):
        await outbox.drain(broker, at)
    broker.down = False
    assert await outbox.drain(broker, at) == 1


async def test_a_crash_after_sending_sends_again(database: Database, outbox: Outbox) -> None:
    async def crash(_, __) -> None:
        raise ZeroDivisionError

    broker = Broker()
    await put(database, outbox, "a")
    with pytest.raises(ZeroDivisionError):
        await outbox.drain(broker, at, crash)
    await outbox.drain(broker, at)
    assert broker.order() == [(1, "a"), (1, "a")]


async def test_each_outbox_counts_for_itself(database: Database, outbox: Outbox) -> None:
    other, broker = Outbox(database, "other"), Broker()
    await other.open()
    await put(database, outbox, "a")
    await put(database, other, "b")
    await other.drain(broker, at)
    assert broker.order() == [(1, "b")]


async def test_more_than_a_batch_goes_out_in_order(database: Database, outbox: Outbox) -> None:
    broker = Broker()
    await put(database, outbox, *map(str, range(BATCH + 3)))
    assert await outbox.drain(broker, at) == BATCH + 3
    assert [sequence for sequence, _ in broker.order()] == list(range(1, BATCH + 4))


async def test_what_was_sent_is_forgotten_in_time_and_the_count_goes_on(database: Database, outbox: Outbox) -> None:
    broker = Broker()
    await put(database, outbox, "a")
    await outbox.drain(broker, at)
    await put(database, outbox, "unsent")
    await outbox.forget(before="2026-12-01T00:00:00Z")
    await outbox.drain(broker, at)
    assert broker.order() == [(1, "a"), (2, "unsent")]


async def test_an_outbox_that_was_never_opened_is_refused(database: Database) -> None:
    with pytest.raises(LookupError, match="never opened"):
        await put(database, Outbox(database, "unknown"), "a")
