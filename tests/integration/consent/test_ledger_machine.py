"""A key is never released when a small reference model says no, whatever happens in whatever order.

The machine drives hand-ins, consents, withdrawals, erasures, cancellations, replays and restarts against a real
database; the model knows nothing of SQL, keys or the purpose table's code.
"""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from infra.crypto.root_key import FileRootKey
from infra.db.engine import Database
from schemas.keys import CreateKeys, NewPerson, RecordDraft, ReleaseKeys
from services.consent.stores import Stores, open_stores
from services.consent.worker import Worker
from tests.integration.consent.conftest import NOTICE, Topics

GIVEN = ("scoring", "delivery", "delivery-detail")
ASKED = (*GIVEN, "access", "portability", "review", "statistics")


@dataclass(slots=True)
class Modelled:
    """A person as the model knows them."""

    code: str
    events: list[str]
    data: bytes
    state: str = "active"
    given: dict[str, str] = field(default_factory=lambda: {"scoring": "given", "delivery": "given"})

    def allows(self, purpose: str) -> bool:
        if self.state == "erased":
            return False
        if purpose == "access":
            return True
        if self.state != "active":
            return False
        return purpose in ("portability", "review") or self.given.get(purpose) == "given"


class LedgerMachine(RuleBasedStateMachine):
    aliases = Bundle("aliases")
    pending = Bundle("pending")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.directory = tempfile.TemporaryDirectory()
        self.signing = Ed25519PrivateKey.generate()
        self.people: dict[str, Modelled] = {}
        self.topics = Topics()
        self.events = 0
        self.run(self.open())

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    async def open(self) -> None:
        place = Path(self.directory.name)
        self.database = await Database(f"sqlite:///{place / 'c.db'}", "consent").__aenter__()
        root = FileRootKey(place / "secrets")
        self.stores: Stores = await open_stores(self.database, root, self.signing, 3_600)
        self.worker = Worker(self.stores, self.topics)

    def teardown(self) -> None:
        self.run(self.database.__aexit__(None, None, None))
        self.runner.close()
        self.directory.cleanup()

    async def create(self, event: str, code: str | None = None):
        asked = CreateKeys("individuals", (NewPerson(event, NOTICE, claim_code=code),))
        return (await self.stores.keystore.create(asked)).persons[0]

    @rule(target=aliases)
    def somebody_hands_in(self) -> str:
        self.events += 1
        created = self.run(self.create(f"event-{self.events}"))
        self.people[created.alias] = Modelled(
            created.claim_code, [f"event-{self.events}"], created.subkeys["answers"].key
        )
        return created.alias

    @rule(alias=aliases)
    def the_person_hands_in_again(self, alias: str) -> None:
        person = self.people[alias]
        self.events += 1
        created = self.run(self.create(f"event-{self.events}", person.code))
        assert (created.status == "active") == (person.state == "active")
        if person.state == "active":
            assert created.alias == alias
            person.events.append(f"event-{self.events}")
            person.given |= {"scoring": "given", "delivery": "given"}

    @rule(alias=aliases, data=st.data())
    def an_old_hand_in_is_replayed(self, alias: str, data: st.DataObject) -> None:
        person = self.people[alias]
        created = self.run(self.create(data.draw(st.sampled_from(person.events))))
        if person.state == "erased":
            assert created.status == "gone"
        elif person.allows("scoring"):
            assert (created.alias, created.claim_code) == (alias, person.code)
        else:
            assert created.status == "refused"

    @rule(alias=aliases, purpose=st.sampled_from(GIVEN))
    def a_consent_is_given(self, alias: str, purpose: str) -> None:
        person = self.people[alias]
        if person.state == "active":
            draft = RecordDraft(purpose, "consent", f"notice/{self.events}", "en")
            self.run(self.stores.consents.give(alias, draft))
            person.given[purpose] = "given"

    @rule(alias=aliases, data=st.data())
    def a_consent_is_withdrawn(self, alias: str, data: st.DataObject) -> None:
        person = self.people[alias]
        records = [record for record in self.run(self.stores.consents.of(alias)) if record.state == "given"]
        if records:
            record = data.draw(st.sampled_from(records))
            self.run(self.stores.consents.withdraw(alias, record.record_id))
            person.given[record.purpose] = "withdrawn"

    @rule(target=pending, alias=aliases)
    def an_erasure_is_asked_for(self, alias: str) -> tuple[str, str]:
        person = self.people[alias]
        if person.state == "erased":
            return alias, ""
        person.state = "erasure-pending"
        return alias, self.run(self.stores.requests.open_erasure(alias)).request

    @rule(case=consumes(pending))
    def it_is_cancelled(self, case: tuple[str, str]) -> None:
        alias, request = case
        found = self.run(self.stores.requests.find(request))
        if found is not None and found.state == "pending":
            self.run(self.stores.requests.cancel(request, alias))
            self.people[alias].state = "active"

    @rule(case=consumes(pending))
    def it_is_carried_out(self, case: tuple[str, str]) -> None:
        alias, request = case
        found = self.run(self.stores.requests.find(request))
        if found is not None and found.state == "pending":
            self.run(self.end_the_window(request))
            self.run(self.worker.once())
            self.people[alias].state = "erased"

    async def end_the_window(self, request: str) -> None:
        from sqlalchemy import update

        from services.consent.tables import requests

        async with self.database.write() as connection:
            past = update(requests).where(requests.c.id == request).values(due_at="2000-01-01T00:00:00Z")
            await connection.execute(past)

    @rule()
    def the_outboxes_are_sent(self) -> None:
        self.run(self.worker.once())

    @precondition(lambda self: self.people)
    @rule()
    def the_service_restarts(self) -> None:
        self.run(self.database.__aexit__(None, None, None))
        self.run(self.open())

    @invariant()
    def keys_are_released_exactly_as_the_model_says(self) -> None:
        for purpose in ASKED:
            asked = ReleaseKeys(purpose, tuple(self.people))
            for key in self.run(self.stores.keystore.release(asked)).keys:
                person = self.people[key.alias]
                assert (key.status == "released") == person.allows(purpose), (purpose, key.reason, person)
                if "answers" in key.subkeys:
                    assert key.subkeys["answers"].key == person.data

    @invariant()
    def a_claim_code_leads_to_its_person_until_the_erasure(self) -> None:
        for alias, person in self.people.items():
            expected = None if person.state == "erased" else alias
            assert self.run(self.stores.keystore.resolve(person.code)) == expected


LedgerMachine.TestCase.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
test_the_ledger_and_the_model_agree = LedgerMachine.TestCase
