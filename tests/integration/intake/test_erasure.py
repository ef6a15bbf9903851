"""Intake carries out an order of erasure and reports it; what is no order stops nothing."""

import msgspec
import pytest

from infra.db.engine import Database
from infra.keys.disclosure import Disclosure
from schemas.events import Acknowledgement, DeadLettered, ErasureOrder, StoreReport
from schemas.rights import ExpiryOrder
from schemas.topics import DEAD_INTAKE, KEYS_ACKNOWLEDGED, PRIVACY_REQUESTS
from services.intake.assessments.fence import Fence
from services.intake.assessments.rows import Accepted
from services.intake.assessments.store import Store
from services.intake.handing_in.draft_store import Draft, DraftStore
from services.intake.privacy.erasure import Erasure
from services.intake.privacy.holdings import Holdings
from services.intake.privacy.orders import Orders
from tests.twins.broker import Broker, Record
from tests.twins.ledger import Ledger

ALIAS = "a" * 32
ORDER = msgspec.msgpack.encode(ErasureOrder("request-1", "entry-1"))


def order(key: bytes | None = ALIAS.encode(), value: bytes | None = ORDER) -> Record:
    return Record(PRIVACY_REQUESTS.name, 0, 3, key, value)


def orders(database: Database, broker: Broker) -> Orders:
    store, drafts = Store(database), DraftStore(database)
    keys = Ledger()
    disclosure = Disclosure("intake", keys, broker, Holdings(store, drafts).of)
    return Orders(Erasure(Fence(database), drafts, broker, keys), disclosure, broker)


async def test_the_rows_emptied_and_the_drafts_are_reported_and_reported_equally_again(database: Database) -> None:
    store, broker = Store(database), Broker()
    await store.accept([Accepted("1" * 32, "acme", ALIAS, b"mac", "2026-11-23T18:00:00Z")])
    await DraftStore(database).save(
        Draft(ALIAS, "2" * 32, b"sealed", "2026-11-23T18:00:00Z", "2026-12-23T18:00:00Z", 1)
    )
    for _ in range(2):
        await orders(database, broker).take(order())
    reports = [msgspec.msgpack.decode(one.value, type=Acknowledgement) for one in broker.of(KEYS_ACKNOWLEDGED.name)]
    assert reports == [StoreReport("intake", "request-1", {"assessments": 1, "drafts": 1, "deliveries": 0})] * 2


@pytest.mark.parametrize("poisoned", [order(None), order(b"\0"), order(value=None), order(value=b"\xc1CANARY")])
async def test_what_is_no_order_is_dead_lettered_without_being_quoted(database: Database, poisoned: Record) -> None:
    broker = Broker()
    await orders(database, broker).take(poisoned)
    (letter,) = [msgspec.msgpack.decode(one.value, type=DeadLettered) for one in broker.of(DEAD_INTAKE.name)]
    assert (letter.value, letter.cause.offset, "CANARY" in letter.reason) == (poisoned.value, 3, False)


async def test_single_assessments_end_and_the_others_of_their_person_stay(database: Database) -> None:
    # Given two assessments of one person and one of another
    store, broker = Store(database), Broker()
    time = "2026-11-23T18:00:00Z"
    for number, alias in (("1", ALIAS), ("2", ALIAS), ("3", "b" * 32)):
        await store.accept([Accepted(number * 32, "acme", alias, b"mac", time, reference=b"sealed")])
    # When the first is ordered to end, and, by the wrong alias, the third
    expiry = msgspec.msgpack.encode(ExpiryOrder("request-1", ("1" * 32, "3" * 32)))
    for _ in range(2):
        await orders(database, broker).take(order(value=expiry))
    # Then the first alone is empty, and its organisation is told
    rows = await store.find([number * 32 for number in "123"])
    assert [(row.state, row.reference, row.sequence) for _, row in sorted(rows.items())] == [
        ("gone", None, 1),
        ("accepted", b"sealed", None),
        ("accepted", b"sealed", None),
    ]
    # And what comes late for it is not stored
    await store.accept([Accepted("1" * 32, "acme", ALIAS, b"mac", time)])
    assert (await store.find(["1" * 32]))["1" * 32].state == "gone"
