"""A key is never released when a small reference model says no, whatever happens in whatever order.

The machine drives hand-ins of individuals and of an organisation, consents, withdrawals, restrictions, objections,
erasures, cancellations, legal holds, storage times that end, replays, rotations of the root key, restarts, and kills
at any write, against a real database; three services get their keys by the real key client, and read revocations
late, again, or not at all. The model knows nothing of SQL, keys or the purpose table's code.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Table, select, update

from infra.clock import now
from schemas.events import ErasureOrder, StoreReport
from schemas.keys import CreatedKey, NewPerson, RecordDraft, ReleaseKeys
from schemas.purposes import Purpose
from schemas.rights import Order
from schemas.topics import PRIVACY_REQUESTS
from services.consent import ledger
from services.consent.consents.given import NotGivable
from services.consent.controllers.grounds import NotRecordable
from services.consent.erasure.receipt import verify
from services.consent.erasure.steps import STORES
from services.consent.found_by import NobodyFound
from services.consent.keys.callers import CALLERS
from services.consent.keys.rotation import Rotation
from services.consent.ledger import Standing
from services.consent.rights.filed import AlreadyErased
from services.consent.rights.restriction import NotObjectable, NotRestricted
from services.consent.stores import Stores
from services.consent.tables import epochs, hand_ins, persons, requests
from tests.integration.consent.conftest import NOTICE
from tests.integration.consent.ledger_model import EXPIRING, Modelled
from tests.integration.consent.mortal import Client, Mortal

GIVABLE = ("scoring", "delivery", "delivery-detail", "research", "statistics")
RECORDED = ("research", "legal-claim")
"""What a controller may do on its own interest."""
RIGHTS = ("access", "portability", "review")
FEW = 2
"""So many live at a time that what happens meets one person often."""
ASKED = (*GIVABLE, "legal-claim", *RIGHTS, "draft")
BY_CLIENT = [(caller.service, purpose) for caller in CALLERS for purpose in sorted(caller.purposes)]
"""Which service asks for what."""
TOLD = [caller.service for caller in CALLERS]
LONGEST = 40
"""So many writes that a kill falls anywhere in what is done next, or in what comes after it."""
Given = TypeVar("Given")


class LedgerMachine(RuleBasedStateMachine):
    aliases = Bundle("aliases")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.directory = tempfile.TemporaryDirectory()
        self.people: dict[str, Modelled] = {}
        self.released: dict[str, set[tuple[str, str]]] = {caller.service: set() for caller in CALLERS}
        """What each service was given, and has not been told yet to forget."""
        self.events = 0
        self.consent = Mortal(Path(self.directory.name))
        self.runner.run(self.consent.start())
        self.clients = {
            caller.service: self.runner.run(Client(caller.service, self.consent).begin()) for caller in CALLERS
        }

    def run(self, work: Callable[[Stores], Awaitable[Given]]) -> Given:
        """Do it; killed in the middle of it, the service starts again, and is asked again."""
        return self.runner.run(self.consent.outlived(lambda: work(self.consent.stores)))

    def work(self) -> None:
        self.run(lambda _: self.consent.worker.once())

    def teardown(self) -> None:
        for client in self.clients.values():
            self.runner.run(client.keys.__aexit__(None, None, None))
        self.runner.run(self.consent.stop())
        self.runner.close()
        self.directory.cleanup()

    def create(self, person: NewPerson, tenant: str) -> CreatedKey:
        return self.run(lambda _: self.clients["intake"].keys.create(tenant, [person]))[0]

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
        self.every_service_asks()
        return created.alias

    @precondition(lambda self: self.living < FEW)
    @rule(target=aliases)
    def an_organisation_hands_in_for_somebody(self) -> str:
        event = self.next_event()
        created = self.create(NewPerson(event, (), external_id=event), "acme")
        given = dict.fromkeys(("scoring", "delivery"), ("legitimate-interest", "given"))
        self.people[created.alias] = Modelled(None, event, [event], created.subkeys["answers"].key, given=given)
        self.every_service_asks()
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
        replayed = NewPerson(event, NOTICE if person.external_id is None else (), external_id=person.external_id)
        created = self.create(replayed, person.tenant)
        if person.erased or event in person.gone:
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
            self.run(lambda stores: stores.consents.give(alias, draft))
            person.given[purpose] = ("consent", "given")
        else:
            with pytest.raises(NotGivable):
                self.run(lambda stores: stores.consents.give(alias, draft))

    @rule(alias=aliases, purpose=st.sampled_from(RECORDED))
    def the_controller_records_its_interest(self, alias: str, purpose: str) -> None:
        person = self.people[alias]
        draft = RecordDraft(purpose, "legitimate-interest", f"{person.notices}-2", "en")
        if person.may_be_recorded(purpose):
            self.run(lambda stores: stores.grounds.record(person.events[-1], draft))
            person.given[purpose] = ("legitimate-interest", "given")
        else:
            with pytest.raises(NobodyFound if person.erased else NotRecordable):
                self.run(lambda stores: stores.grounds.record(person.events[-1], draft))

    @rule(alias=aliases, data=st.data())
    def a_consent_is_withdrawn(self, alias: str, data: st.DataObject) -> None:
        person = self.people[alias]
        own = self.run(lambda stores: stores.consents.of(alias))
        if in_force := [one for one in own if (one.legal_basis, one.state) == ("consent", "given")]:
            record = data.draw(st.sampled_from(in_force))
            self.run(lambda stores: stores.consents.withdraw(alias, record.record_id))
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
        if person.erased or not ended:
            with pytest.raises(AlreadyErased if person.erased else NotObjectable):
                self.run(lambda stores: stores.rights.object(alias, purpose))
            return
        self.run(lambda stores: stores.rights.object(alias, purpose))
        person.given |= dict.fromkeys(ended, ("legitimate-interest", "objected"))

    @rule(alias=aliases)
    def processing_is_restricted(self, alias: str) -> None:
        person = self.people[alias]
        if person.erased:
            with pytest.raises(AlreadyErased):
                self.run(lambda stores: stores.rights.restrict(alias))
        else:
            self.run(lambda stores: stores.rights.restrict(alias))
            person.restricted = True

    @rule(alias=aliases)
    def the_restriction_is_lifted(self, alias: str) -> None:
        person = self.people[alias]
        if person.restricted and not person.erased:
            self.run(lambda stores: stores.rights.lift(alias))
            person.restricted = False
        else:
            with pytest.raises(AlreadyErased if person.erased else NotRestricted):
                self.run(lambda stores: stores.rights.lift(alias))

    @rule(alias=aliases)
    def an_erasure_is_asked_for(self, alias: str) -> None:
        person = self.people[alias]
        if person.erased:
            return
        request = self.run(lambda stores: stores.requests.open_erasure(alias)).request
        assert person.pending in (None, request)
        person.pending = request

    @rule(alias=aliases)
    def it_is_cancelled(self, alias: str) -> None:
        person = self.people[alias]
        if request := person.pending:
            self.run(lambda stores: stores.requests.cancel(request, alias))
            person.pending = None

    @rule(alias=aliases)
    def it_is_carried_out(self, alias: str) -> None:
        """Asked for before, or now; unless there is a hold."""
        self.an_erasure_is_asked_for(alias)
        person = self.people[alias]
        if request := person.pending:
            self.set_back(requests, requests.c.id == request, due_at="2000-01-01T00:00:00Z")
            self.work()
            if person.hold is None:
                person.carried_out()

    @rule(alias=aliases)
    def a_legal_hold_is_set(self, alias: str) -> None:
        person = self.people[alias]
        if person.hold is None and not person.erased:
            person.hold = self.run(lambda stores: stores.holds.set(person.events[-1], "a lawsuit")).id

    @rule(alias=aliases)
    def it_is_lifted(self, alias: str) -> None:
        person = self.people[alias]
        if hold := person.hold:
            self.run(lambda stores: stores.holds.lift(hold))
            pending = person.pending
            due = pending and self.run(lambda stores: stores.requests.find(pending))
            self.work()
            person.hold = None
            if due and due.due_at <= now():
                person.carried_out()

    @rule(alias=aliases)
    def the_storage_time_of_what_was_handed_in_ends(self, alias: str) -> None:
        self.set_back(hand_ins, hand_ins.c.alias == alias, handed_in_at="2000-01-01T00:00:00Z")
        person = self.people[alias]
        person.old.update(person.events)

    @rule(records=st.booleans())
    def the_sweep_comes(self, records: bool) -> None:
        """At once, or two days later, when the records of some purposes are too old."""
        moment = now() + timedelta(days=2 if records else 0)
        self.run(lambda stores: stores.sweep.once(moment))
        self.work()
        for person in self.people.values():
            person.sweep(EXPIRING if records else ())

    def set_back(self, table: Table, which: object, **moments: str) -> None:
        """Let a time lie in the past."""

        async def past(stores: Stores) -> None:
            async with stores.database.write() as connection:
                await connection.execute(update(table).where(which).values(**moments))

        self.run(past)

    @rule()
    def the_outboxes_are_sent(self) -> None:
        self.work()

    @rule(service=st.sampled_from(TOLD), again=st.booleans())
    def a_service_reads_what_was_revoked(self, service: str, again: bool) -> None:
        """All of it again, or what is new. From then on it has nothing in hand that the model does not allow."""
        self.work()
        self.run(lambda _: self.clients[service].catch_up(0 if again else None))
        self.released[service] = {
            (alias, purpose) for alias, purpose in self.released[service] if self.people[alias].allows(purpose)
        }

    @rule(service=st.sampled_from(TOLD))
    def a_service_starts_anew(self, service: str) -> None:
        self.runner.run(self.clients[service].end())
        self.clients[service] = self.runner.run(Client(service, self.consent).begin())
        self.released[service] = set()

    @precondition(lambda self: self.people)
    @rule(asked=st.sampled_from(BY_CLIENT))
    def a_service_asks_for_keys(self, asked: tuple[str, Purpose]) -> None:
        """Who is refused by the model is given out by nobody but a service that has not read of it yet."""
        service, purpose = asked
        keys = self.run(lambda _: self.clients[service].keys.release(purpose, list(self.people)))
        for alias, key in keys.items():
            person, place = self.people[alias], (alias, purpose)
            if person.allows(purpose):
                assert key.status == "released", (purpose, key.reason, person)
                self.released[service].add(place)
            else:
                assert key.status == "refused" or place in self.released[service], (service, purpose, person)
            if "answers" in key.subkeys:
                assert key.subkeys["answers"].key == person.data

    def every_service_asks(self) -> None:
        for asked in BY_CLIENT:
            self.a_service_asks_for_keys(asked)

    @rule()
    def the_stores_report(self) -> None:
        """Each on every order that there ever was, so on most of them again."""
        for request in self.orders().values():
            before = self.run(lambda stores, one=request: stores.requests.find(one))
            for store in STORES:
                self.run(
                    lambda stores, s=store, r=request: stores.requests.take_report(StoreReport(s, r, {}, 7, "n"))
                )
            if before.state in ("ordered", "complete"):
                self.is_complete(request)

    def is_complete(self, request: str) -> None:
        erasure = self.run(lambda stores: stores.requests.find(request))
        receipt = self.run(lambda stores: stores.requests.receipt(request))
        assert erasure.state == "complete"
        assert verify(receipt, self.consent.signing.public_key()).document["stage"] == "complete"

    def orders(self) -> dict[str, str]:
        """The request of each alias that the stores were told to delete."""
        sent = [
            (one.key, msgspec.msgpack.decode(one.value, type=Order))
            for one in self.consent.topics.of(PRIVACY_REQUESTS.name)
        ]
        return {alias: order.request for alias, order in sent if isinstance(order, ErasureOrder)}

    @rule()
    def a_rotation_begins_and_one_key_is_wrapped_anew(self) -> None:
        async def rotate(stores: Stores) -> None:
            rotation = Rotation(stores.database, self.consent.root, stores.outboxes, stores.terms, batch=1)
            await rotation.begin()
            await rotation.advance()

        self.run(rotate)

    @rule()
    def the_backup_windows_end(self) -> None:
        self.set_back(epochs, epochs.c.ends_at.is_not(None), ends_at="2000-01-01T00:00:00Z")
        self.work()

    @precondition(lambda self: self.people)
    @rule()
    def the_service_restarts(self) -> None:
        self.runner.run(self.consent.restart())

    @precondition(lambda self: self.people)
    @rule(writes=st.integers(0, LONGEST))
    def the_service_is_going_to_be_killed(self, writes: int) -> None:
        self.consent.kill_after(writes)

    @precondition(lambda self: self.people)
    @rule(purpose=st.sampled_from(ASKED))
    def consent_is_asked_for_keys(self, purpose: Purpose) -> None:
        """Also for what no service asks for."""
        asked = ReleaseKeys(purpose, tuple(self.people))
        for key in self.run(lambda stores: stores.keystore.release(asked)).keys:
            person = self.people[key.alias]
            assert (key.status == "released") == person.allows(purpose), (purpose, key.reason, person)

    @invariant()
    def every_purpose_opens_what_the_model_says(self) -> None:
        keystore = self.consent.stores.keystore
        for alias, standing in self.run(self.standings).items():
            person = self.people[alias]
            for purpose in ASKED:
                subkeys = keystore.subkeys_of(standing, purpose)
                assert bool(subkeys) == person.allows(purpose), (purpose, person)
                assert "answers" not in subkeys or subkeys["answers"].key == person.data

    async def standings(self, stores: Stores) -> dict[str, Standing]:
        async with stores.database.read() as connection:
            return await ledger.standings(connection, list(self.people))

    @invariant()
    def no_service_has_a_key_in_hand_that_it_has_been_told_to_forget(self) -> None:
        ordered, at = self.orders(), time.monotonic()
        for service, purpose in BY_CLIENT:
            cache = self.clients[service].keys.cache
            for alias in [one for one in self.people if cache.get(one, purpose, at)]:
                assert (alias, purpose) in self.released[service], (service, purpose, self.people[alias])
                assert alias not in ordered, "a store was told to delete while a service had a key"

    @invariant()
    def only_of_the_erased_a_store_is_told_to_delete(self) -> None:
        assert all(self.people[alias].erased for alias in self.orders())

    @invariant()
    def a_claim_code_leads_to_its_person_until_the_erasure(self) -> None:
        for alias, person in self.people.items():
            if code := person.code:
                expected = None if person.erased else alias
                found = self.run(lambda _, one=code: self.clients["intake"].keys.resolve(one))
                assert found == expected

    @invariant()
    def nobody_is_held_in_an_epoch_that_is_destroyed_and_of_the_erased_no_key_is_held(self) -> None:
        async def held(stores: Stores) -> dict[str, int | None]:
            async with stores.database.read() as connection:
                return {row.alias: row.epoch for row in await connection.execute(select(persons))}

        there = self.consent.root.epochs()
        for alias, epoch in self.run(held).items():
            assert (epoch is None) == self.people[alias].erased
            assert epoch is None or epoch in there


@pytest.mark.timeout(900)  # what fails is made small first, for up to 5 minutes
class TestTheLedgerAndTheModelAgree(LedgerMachine.TestCase):
    settings = settings(
        max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
class TestTheLedgerAndTheModelAgreeAtLength(LedgerMachine.TestCase):
    settings = settings(
        max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck)
    )
