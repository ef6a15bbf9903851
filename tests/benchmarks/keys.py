"""How many keys a second: `keys:create` in batches of 500 and `keys:release` of 2,000, on SQLite with fsync."""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from schemas.keys import BATCH, CreateKeys, NewPerson, RecordDraft, RegisterTenant, ReleaseKeys
from schemas.purposes import INDIVIDUALS
from services.consent.keys.keystore import KeyStore
from services.consent.stores import open_stores
from tests.benchmarks.figures import table
from tests.benchmarks.machine import state

COUNT = 20_000
_CREATED_AT_ONCE = 500
_RECORDS = tuple(RecordDraft(purpose, "consent", "individuals-2", "en") for purpose in ("scoring", "delivery"))


async def created(keystore: KeyStore, tenant: str, count: int) -> tuple[list[str], float]:
    """The aliases, and persons made per second."""
    records = _RECORDS if tenant == INDIVIDUALS else ()
    people = [NewPerson(f"{tenant}-{number}", records) for number in range(count)]
    aliases: list[str] = []
    began = perf_counter()
    for start in range(0, count, _CREATED_AT_ONCE):
        answer = await keystore.create(CreateKeys(tenant, tuple(people[start : start + _CREATED_AT_ONCE])))
        aliases += [person.alias for person in answer.persons]
    return aliases, count / (perf_counter() - began)


async def released(keystore: KeyStore, aliases: list[str]) -> float:
    """Persons released to scoring per second."""
    began = perf_counter()
    for start in range(0, len(aliases), BATCH):
        await keystore.release(ReleaseKeys("scoring", tuple(aliases[start : start + BATCH])))
    return len(aliases) / (perf_counter() - began)


async def measure(count: int) -> None:
    rows = []
    with TemporaryDirectory() as directory:
        data = Path(directory)
        async with Database(f"sqlite:///{data / 'consent.db'}", "consent") as database:
            stores = await open_stores(database, FileRootKey(data), Ed25519PrivateKey.generate(), 0)
            await stores.tenants.register(RegisterTenant("bench", "Bench Ltd", "contract", "employees-1"))
            for tenant in ("bench", INDIVIDUALS):
                aliases, per_second = await created(stores.keystore, tenant, count)
                rows.append((tenant, f"{per_second:,.0f}", f"{await released(stores.keystore, aliases):,.0f}"))
    table(("tenant", "keys created/s", "keys released/s"), rows)


def run(count: int = COUNT) -> None:
    print(state())
    asyncio.run(measure(count))


if __name__ == "__main__":
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--size", type=int, default=COUNT, help="persons of each tenant")
    run(reading.parse_args().size)
