"""A pack of what stands in several logs: all of it, with a checkpoint and proofs of each, verified by one file."""

import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from schemas.entry import leaf
from schemas.envelope import headers
from schemas.events import SUBMITTED_TYPE, Submitted
from schemas.topics import SCORED, SUBMITTED
from services.audit.act_openings import ActOpenings
from services.audit.acts import BEARER
from services.audit.evidence.packs import Packs
from services.audit.openings import Openings
from services.audit.reading.loop import ReadingLoop
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import SignerKey
from services.methodology.version import load
from services.scoring.batch import Scoring
from tests.integration.audit.office import TIME, Office
from tests.integration.audit.test_evidence import Members, database_url, members_of, sealed, verifier
from tests.twins.broker import Record
from tests.unit.audit.examples import SIGNER, VKEY
from tests.unit.scoring.hand_ins import document, record

__all__ = ["database_url", "verifier"]
OTHER = SignerKey("example.com/careerpulse/log1", bytes(range(1, 33)))
KEYS = [VKEY.encode(), OTHER.verifier().encode()]
PERIOD = {"start": "2026-01-01", "end": "2999-01-01"}


@dataclass(slots=True)
class Two:
    """An office whose audit has two logs; the second takes the partitions with odd numbers."""

    office: Office
    logs: Logs
    packs: Packs
    reading: ReadingLoop
    verifier: ModuleType
    handed_in: int = 0

    async def decided(self, alias: str, seed: str, partition: int) -> int:
        """Hand in and score in this partition; gives the index of the decision in the log that takes it."""
        number, self.handed_in = self.handed_in, self.handed_in + 1
        body = json.dumps(document(seed)).encode()
        submitted = record(self.office.ledger, alias, number, body)
        value = msgspec.msgpack.decode(submitted.value or b"", type=Submitted)
        entry = leaf("received", secrets.token_hex(16), TIME, "organisation", "0.1.0")
        value = msgspec.msgpack.encode(Submitted(value.tenant, value.sealed, value.mac, entry))
        event = headers(f"{number:032x}", SUBMITTED_TYPE, "intake")
        submission = Record(SUBMITTED.name, partition, number, alias.encode(), value, event)
        before = len(self.office.broker.of(SCORED.name))
        await Scoring(load(), self.office.ledger, self.office.broker).work([submission])
        scored = [
            replace(one, partition=partition, offset=number) for one in self.office.broker.of(SCORED.name)[before:]
        ]
        await self.reading.work([submission, *scored])
        await self.signed()
        return self.logs[self.logs.of(partition)].state.size - 1

    async def signed(self) -> None:
        for log in self.logs:
            while log.signed_size < log.state.size:
                await log.sign()

    async def pack(self, **asked: Any) -> Members:
        """The members of a pack."""
        told = {"purpose": "a request of the authority", "letters": False, **asked}
        pack = await self.packs.ordered(told, BEARER)
        return members_of(b"".join([piece async for piece in pack.pieces()]))

    def broken(self, members: Members, keys: list[str] | None = None, **asked: Any) -> dict[str, str]:
        """What does not hold of these members, by the title of the check."""
        given = KEYS if keys is None else keys
        own = members["log/vkey"].decode().strip()
        made = self.verifier.Pack(dict(members), own, pinned=True, others=given, **asked)
        return {title: told for title, told, state in self.verifier.verify(made) if state == self.verifier.BROKEN}


@pytest.fixture
async def two(office: Office, verifier: ModuleType, tmp_path: Path) -> AsyncIterator[Two]:
    seconds = iter(range(10**6))
    with Appender(tmp_path / "log-1", OTHER, clock=lambda: float(next(seconds))) as second:
        logs = Logs([office.appender, second])
        packs = Packs(
            logs=logs,
            acts=office.acts,
            openings=Openings(office.store, office.ledger, office.acts),
            act_openings=ActOpenings(office.ledger, office.acts),
            store=office.store,
            signers=[SIGNER, OTHER],
        )
        yield Two(office, logs, packs, ReadingLoop("", logs, office.store, office.broker), verifier)


async def opened(two: Two, index: int, log: int) -> None:
    """An officer opens the decision, which is an entry of log 0."""
    entry = two.logs[log].reader().entry(index)
    await Openings(two.office.store, two.office.ledger, two.office.acts).open(
        {index: entry}, "a complaint", "review", BEARER, log=log
    )
    await two.office.entries()


async def test_a_persons_pack_holds_what_stands_of_them_in_every_log(two: Two) -> None:
    # Given a person with a decision in each of two logs, of which an officer has opened the second
    alias, other = two.office.ledger.add(), two.office.ledger.add()
    first = await two.decided(alias, "one", 0)
    await two.decided(other, "neighbour", 1)
    second = await two.decided(alias, "two", 1)
    await opened(two, second, 1)
    # When a pack of the person is asked for by either of them
    for asked in ({"person": first}, {"person": second, "person_log": 1}):
        members = await two.pack(**asked)
        # Then both are in it, opened, with a checkpoint and a proof of their own log, and who looked
        assert {f"payloads/{first}.json", f"logs/1/payloads/{second}.json"} <= set(members)
        assert {f"proofs/{first}.tlog-proof", f"logs/1/proofs/{second}.tlog-proof"} <= set(members)
        types = [json.loads(data)["type"] for name, data in members.items() if name.startswith("entries/")]
        assert "key-released-to-a-human" in types
        assert sorted(name for name in members if name.startswith("logs/1/entries/")) == [
            f"logs/1/entries/{second - 1}.json",
            f"logs/1/entries/{second}.json",
        ]
        # and all of it holds
        assert two.broken(members) == {}


async def test_a_decision_comes_with_what_was_done_about_it_in_another_log(two: Two) -> None:
    index = await two.decided(two.office.ledger.add(), "one", 1)
    await opened(two, index, 1)
    members = await two.pack(decisions=[index], log=1)
    assert json.loads(members["pack.json"])["log"] == 1
    assert f"payloads/{index}.json" in members
    acts = [json.loads(data)["type"] for name, data in members.items() if name.startswith("logs/0/entries/")]
    assert acts == ["key-released-to-a-human"]
    assert two.broken(members) == {}


async def test_a_period_is_read_in_every_log_and_of_one_alone_where_that_is_asked_for(two: Two) -> None:
    for partition in (0, 1):
        await two.decided(two.office.ledger.add(), f"in {partition}", partition)
    members = await two.pack(period=PERIOD)
    assert {name.rpartition("/")[0] for name in members if "entries/" in name} == {"entries", "logs/1/entries"}
    assert two.broken(members) == {}
    # the register of incidents stands where incidents do
    assert ("documents/serious-incidents.md" in members, "logs/1/documents/serious-incidents.md" in members) == (
        True,
        False,
    )
    alone = await two.pack(period=PERIOD, log=1)
    assert not any(name.startswith("logs/") for name in alone)
    assert two.broken(alone) == {}


Change = Callable[[Members], object]
CHANGES: dict[str, Change] = {
    "an entry is another": lambda them: them.update({"logs/1/entries/0.json": them["logs/1/entries/1.json"]}),
    "an entry is one of the first log": lambda them: them.update({"logs/1/entries/0.json": them["entries/0.json"]}),
    "a proof is one of the first log": lambda them: them.update(
        {"logs/1/proofs/0.tlog-proof": them["proofs/0.tlog-proof"]}
    ),
    "its checkpoint is that of the first log": lambda them: them.update(
        {"logs/1/log/checkpoint": them["log/checkpoint"]}
    ),
    "its key is that of the first log": lambda them: them.update({"logs/1/log/vkey": them["log/vkey"]}),
    "nothing of it is left but the key": lambda them: [
        them.pop(name) for name in list(them) if name.startswith("logs/1/") and name != "logs/1/log/vkey"
    ],
    "the first log stands there twice": lambda them: them.update(
        {f"logs/2/{name}": data for name, data in them.items() if name.startswith(("log/", "entries/", "proofs/"))}
    ),
    "another reason is told": lambda them: them.update(
        {"logs/1/payloads/1.json": them["logs/1/payloads/1.json"].replace(b"occupation", b"education", 1)}
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_what_is_changed_in_a_further_log_and_sealed_anew_is_found(two: Two, change: Change) -> None:
    for partition in (0, 1):
        await two.decided(two.office.ledger.add(), f"in {partition}", partition)
    members = await two.pack(period=PERIOD, open=True)
    assert two.broken(members_of(sealed(members))) == {}
    change(members)
    assert two.broken(members_of(sealed(members)))


async def test_whoever_gives_keys_gives_that_of_each_log_and_no_other_is_trusted(two: Two) -> None:
    for partition in (0, 1):
        await two.decided(two.office.ledger.add(), f"in {partition}", partition)
    members = await two.pack(period=PERIOD)
    found = two.broken(members, keys=KEYS[:1])
    assert list(found) == ["Key of the log, log 1"]
    assert "whose key you did not give" in found["Key of the log, log 1"]
    # and a verifier that knows packs of one log alone does not pass over the other
    assert members["seal"].startswith(b"careerpulse-evidence/2\n")


async def test_a_checkpoint_that_was_kept_is_held_against_its_own_log(two: Two) -> None:
    for partition in (0, 1):
        await two.decided(two.office.ledger.add(), f"in {partition}", partition)
    kept = two.logs[1].reader().checkpoint()
    await two.decided(two.office.ledger.add(), "later", 1)
    members = await two.pack(period=PERIOD, earlier_checkpoint=kept.decode())
    assert {"logs/1/log/consistency", "logs/1/log/earlier-checkpoint"} <= set(members)
    assert two.broken(members, earlier=kept) == {}
    assert "The log only grew, log 1" in two.broken(
        members_of(sealed(members | {"logs/1/log/consistency": b""})), earlier=kept
    )
