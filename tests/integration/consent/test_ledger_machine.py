"""A key is never released when a small reference model says no, whatever happens in whatever order.

The machine drives hand-ins of individuals and of an organisation, consents, withdrawals, restrictions, objections,
erasures, cancellations, legal holds, replays, rotations of the root key, restarts, and crashes in the middle of them,
against a real database; the model knows nothing of SQL, keys or the purpose table's code.
"""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select, update

from infra.clock import now
from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from schemas.keys import CreatedKey, CreateKeys, NewPerson, RecordDraft, RegisterTenant, ReleaseKeys
from services.consent.consents.given import NotGivable
from services.consent.controllers.grounds import NotRecordable
from services.consent.found_by import NobodyFound
from services.consent.keys.rotation import Rotation
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.restriction import NotObjectable, NotRestricted
from services.consent.stores import Stores, open_stores
from services.consent.tables import epochs, persons, requests
from services.consent.worker import Worker
from tests.integration.consent.conftest import NOTICE, Topics

GIVABLE = ("scoring", "delivery", "delivery-detail", "research", "statistics")
RECORDED = ("research", "legal-claim")
"""What a controller may do on its own interest."""
RIGHTS = ("access", "portability", "review")
FEW = 2
"""So many live at a time that what happens meets one person often."""
ASKED = (*GIVABLE, "legal-claim", *RIGHTS, "draft")


@dataclass(slots=True)
class Modelled:
    """A person as the model knows them: what each purpose rests on, and what has become of it."""

    code: str | None
    external_id: str | None
    events: list[str]
    data: bytes
    restricted: bool = False
    pending: str | None = None
    hold: str | None = None
    erased: bool = False
    given: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        return not (self.erased or self.pending or self.restricted)

    @property
    def notices(self) -> str:
        return "employees" if self.code is None else "individuals"

    def may_consent_to(self, purpose: str) -> bool:
        """An employee to nothing that the registration covers, and nobody to what rests on something else."""
        basis, state = self.given.get(purpose, ("consent", "never"))
        covered = self.code is None and purpose in ("scoring", "delivery")
        return self.active and not covered and (basis == "consent" or state != "given")

    def may_be_recorded(self, purpose: str) -> bool:
        """Not what was asked as a consent, nor what was objected to; while restricted a legal claim alone."""
        basis, state = self.given.get(purpose, ("none", "never"))
        stopped = self.erased or self.pending or (self.restricted and purpose != "legal-claim")
        return not stopped and basis != "consent" and state != "objected"

    def allows(self, purpose: str) -> bool:
        """Erased ends all, a pending erasure all but access, a restriction all but the rights and legal claims."""
        _, state = self.given.get(purpose, ("none", "never"))
        if self.erased or purpose == "access":
            return not self.erased
        if self.pending:
            return False
        if purpose == "review":
            return True
        if purpose == "portability":
            return self.given["scoring"][0] == "consent"
        if purpose == "research" and self.code is None:
            return False  # the organisation has not instructed it
        if purpose == "legal-claim":
            return state in ("given", "objected")
        return state == "given" and not self.restricted


class LedgerMachine(RuleBasedStateMachine):
    aliases = Bundle("aliases")

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
        self.root = FileRootKey(place / "secrets")
        self.stores: Stores = await open_stores(self.database, self.root, self.signing, 3_600)
        await self.stores.tenants.register(RegisterTenant("acme", "ACME Ltd", "legitimate-interest", "acme/1"))
        self.worker = Worker(self.stores, self.topics)

    def teardown(self) -> None:
        self.run(self.database.__aexit__(None, None, None))
        self.runner.close()
        self.directory.cleanup()

    def create(self, person: NewPerson, tenant: str) -> CreatedKey:
        return self.run(self.stores.keystore.create(CreateKeys(tenant, (person,)))).persons[0]

    @property
    def living(self) -> int:
        return sum(not person.erased for person in self.people.values())

    def next_event(self) -> str:
        self.events += 1
        return f"event-{self.events}"

    @precondition(lambda self: self.living < FEW)
    @rule(target=aliases)
    def somebody_hands_in(self) -> str:
        event = self.next_event()
        created = self.create(NewPerson(event, NOTICE), "individuals")
        given = {"scoring": ("consent", "given"), "delivery": ("consent", "given")}
        self.people[created.alias] = Modelled(
            created.claim_code, None, [event], created.subkeys["answers"].key, given=given
        )
        return created.alias

    @precondition(lambda self: self.living < FEW)
    @rule(target=aliases)
    def an_organisation_hands_in_for_somebody(self) -> str:
        event = self.next_event()
        created = self.create(NewPerson(event, (), external_id=event), "acme")
        given = dict.fromkeys(("scoring", "delivery"), ("legitimate-interest", "given"))
        self.people[created.alias] = Modelled(None, event, [event], created.subkeys["answers"].key, given=given)
        return created.alias

    @rule(alias=aliases)
    def the_person_hands_in_again(self, alias: str) -> None:
        person = self.people[alias]
        if person.code is None or person.erased:
            return
        event = self.next_event()
        created = self.create(NewPerson(event, NOTICE, claim_code=person.code), "individuals")
        assert (created.status == "active") == person.active
        if person.active:
            assert created.alias == alias
            person.events.append(event)
            person.given |= {"scoring": ("consent", "given"), "delivery": ("consent", "given")}

    @rule(alias=aliases)
    def the_organisation_hands_in_again(self, alias: str) -> None:
        person = self.people[alias]
        if person.external_id is None or person.erased:
            return
        event = self.next_event()
        created = self.create(NewPerson(event, (), external_id=person.external_id), "acme")
        assert (created.status == "active") == person.allows("scoring")
        if created.status == "active":
            assert created.alias == alias
            person.events.append(event)

    @rule(alias=aliases, data=st.data())
    def an_old_hand_in_is_replayed(self, alias: str, data: st.DataObject) -> None:
        person = self.people[alias]
        event = data.draw(st.sampled_from(person.events))
        tenant = "individuals" if person.external_id is None else "acme"
        replayed = NewPerson(event, NOTICE if person.external_id is None else (), external_id=person.external_id)
        created = self.create(replayed, tenant)
        if person.erased:
            assert created.status == "gone"
        elif person.allows("scoring"):
            assert (created.alias, created.claim_code) == (alias, person.code)
        else:
            assert created.status == "refused"

    @rule(alias=aliases, purpose=st.sampled_from(GIVABLE), version=st.sampled_from((1, 2)))
    def a_consent_is_given(self, alias: str, purpose: str, version: int) -> None:
        person = self.people[alias]
        draft = RecordDraft(purpose, "consent", f"{person.notices}-{version}", "en")
        if person.may_consent_to(purpose):
            self.run(self.stores.consents.give(alias, draft))
            person.given[purpose] = ("consent", "given")
        else:
            with pytest.raises(NotGivable):
                self.run(self.stores.consents.give(alias, draft))

    @rule(alias=aliases, purpose=st.sampled_from(RECORDED))
    def the_controller_records_its_interest(self, alias: str, purpose: str) -> None:
        person = self.people[alias]
        draft = RecordDraft(purpose, "legitimate-interest", f"{person.notices}-2", "en")
        work = self.stores.grounds.record(person.events[0], draft)
        if person.may_be_recorded(purpose):
            self.run(work)
            person.given[purpose] = ("legitimate-interest", "given")
        else:
            with pytest.raises(NobodyFound if person.erased else NotRecordable):
                self.run(work)

    @rule(alias=aliases, data=st.data())
    def a_consent_is_withdrawn(self, alias: str, data: st.DataObject) -> None:
        person = self.people[alias]
        consents = [record for record in self.run(self.stores.consents.of(alias)) if record.legal_basis == "consent"]
        if in_force := [record for record in consents if record.state == "given"]:
            record = data.draw(st.sampled_from(in_force))
            self.run(self.stores.consents.withdraw(alias, record.record_id))
            if person.given[record.purpose][0] == "consent":
                person.given[record.purpose] = ("consent", "withdrawn")

    @rule(alias=aliases, purpose=st.sampled_from((None, "research", "delivery", "scoring")))
    def the_person_objects(self, alias: str, purpose: str | None) -> None:
        person = self.people[alias]
        ended = [
            name
            for name, ground in person.given.items()
            if ground == ("legitimate-interest", "given") and purpose in (None, name)
        ]
        work = self.stores.rights.object(alias, purpose)
        if person.erased or not ended:
            with pytest.raises(AlreadyErased if person.erased else NotObjectable):
                self.run(work)
            return
        self.run(work)
        person.given |= dict.fromkeys(ended, ("legitimate-interest", "objected"))

    @rule(alias=aliases)
    def processing_is_restricted(self, alias: str) -> None:
        person = self.people[alias]
        if person.erased:
            with pytest.raises(AlreadyErased):
                self.run(self.stores.rights.restrict(alias))
        else:
            self.run(self.stores.rights.restrict(alias))
            person.restricted = True

    @rule(alias=aliases)
    def the_restriction_is_lifted(self, alias: str) -> None:
        person = self.people[alias]
        if person.restricted and not person.erased:
            self.run(self.stores.rights.lift(alias))
            person.restricted = False
        else:
            with pytest.raises(AlreadyErased if person.erased else NotRestricted):
                self.run(self.stores.rights.lift(alias))

    @rule(alias=aliases)
    def an_erasure_is_asked_for(self, alias: str) -> None:
        person = self.people[alias]
        if person.erased:
            return
        request = self.run(self.stores.requests.open_erasure(alias)).request
        assert person.pending in (None, request)
        person.pending = request

    @rule(alias=aliases)
    def it_is_cancelled(self, alias: str) -> None:
        person = self.people[alias]
        if person.pending:
            self.run(self.stores.requests.cancel(person.pending, alias))
            person.pending = None

    @rule(alias=aliases)
    def it_is_carried_out(self, alias: str) -> None:
        person = self.people[alias]
        if person.pending:
            self.run(self.end_the_window(person.pending))
            self.run(self.worker.once())
            if person.hold is None:
                person.erased, person.pending = True, None

    @rule(alias=aliases)
    def a_legal_hold_is_set(self, alias: str) -> None:
        person = self.people[alias]
        if person.hold is None and not person.erased:
            person.hold = self.run(self.stores.holds.set(person.events[0], "a lawsuit")).id

    @rule(alias=aliases)
    def it_is_lifted(self, alias: str) -> None:
        person = self.people[alias]
        if person.hold is not None:
            self.run(self.stores.holds.lift(person.hold))
            due = person.pending is not None and self.run(self.stores.requests.find(person.pending))
            self.run(self.worker.once())
            if due and due.due_at <= now():
                person.erased, person.pending = True, None
            person.hold = None

    async def end_the_window(self, request: str) -> None:
        async with self.database.write() as connection:
            past = update(requests).where(requests.c.id == request).values(due_at="2000-01-01T00:00:00Z")
            await connection.execute(past)

    @rule()
    def the_outboxes_are_sent(self) -> None:
        self.run(self.worker.once())

    @rule()
    def a_rotation_begins_and_one_key_is_wrapped_anew(self) -> None:
        rotation = Rotation(self.database, self.root, self.stores.outboxes, self.stores.terms, batch=1)
        self.run(rotation.begin())
        self.run(rotation.advance())

    @rule()
    def the_backup_windows_end(self) -> None:
        async def end() -> None:
            async with self.database.write() as connection:
                set_ends = update(epochs).where(epochs.c.ends_at.is_not(None))
                await connection.execute(set_ends.values(ends_at="2000-01-01T00:00:00Z"))

        self.run(end())
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
            if person.code is not None:
                expected = None if person.erased else alias
                assert self.run(self.stores.keystore.resolve(person.code)) == expected

    @invariant()
    def nobody_is_held_in_an_epoch_that_is_destroyed_and_of_the_erased_no_key_is_held(self) -> None:
        async def held() -> dict[str, int | None]:
            async with self.database.read() as connection:
                return {row.alias: row.epoch for row in await connection.execute(select(persons))}

        there = self.root.epochs()
        for alias, epoch in self.run(held()).items():
            assert (epoch is None) == self.people[alias].erased
            assert epoch is None or epoch in there


@pytest.mark.timeout(900)  # what fails is made small first, for up to 5 minutes
class TestTheLedgerAndTheModelAgree(LedgerMachine.TestCase):
    settings = settings(
        max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestTheLedgerAndTheModelAgreeAtLength(LedgerMachine.TestCase):
    settings = settings(
        max_examples=30, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
    )
