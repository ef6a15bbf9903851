"""The key store: a random data key for each person, wrapped under the tenant key, of which only subkeys leave.

`create` and `release` take up to 2,000 persons in one transaction with statements for many rows at once.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.crypto.claim_code import NotAClaimCode, canonical, claim_code
from infra.crypto.root_key import RootKey, unwrap, wrap
from infra.crypto.subkeys import DATA_KEY_BYTES, derive, key_id
from infra.db.engine import Database
from schemas.keys import (
    CreatedKey,
    CreatedKeys,
    CreateKeys,
    Domain,
    HandInPurpose,
    NewPerson,
    RecordDraft,
    ReleasedKey,
    ReleasedKeys,
    ReleaseKeys,
    Subkey,
)
from schemas.privacy_notice import unshown
from schemas.purposes import INDIVIDUALS, Purpose
from services.consent import ledger
from services.consent.controllers.tenants import Tenant, Tenants
from services.consent.entries import Actor, Entry, committed_entry
from services.consent.keys import unreadable
from services.consent.keys.hand_in import GONE, Named, Plan, handles_of, named, plan, strike
from services.consent.keys.handles import HandleKind, handle
from services.consent.keys.invited import guests, tell
from services.consent.ledger import Standing, registered_grounds
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import Refused
from services.consent.tables import hand_ins, handles, persons

_GONE_BATCH = 500
_KINDS: tuple[HandleKind, ...] = ("external-id", "claim-code")
_PROOFS: tuple[HandleKind, ...] = ("claim-code", "employee-code")


@dataclass(frozen=True, slots=True)
class _Holder:
    """A person with the data key, in memory while a call lasts."""

    standing: Standing
    data_key: bytes


class KeyStore:
    """Persons and their keys in the service's database."""

    def __init__(self, database: Database, root: RootKey, tenants: Tenants, outboxes: Outboxes) -> None:
        self._database = database
        self._root = root
        self._tenants = tenants
        self._outboxes = outboxes

    async def create(self, asked: CreateKeys) -> CreatedKeys:
        """Keys to seal hand-ins with, made where the person is new. Idempotent by event id.

        Raises UnknownTenant. A refused hand-in leaves nothing behind.
        """
        tenant = self._tenants.living(asked.tenant)
        people = [named(tenant.handle_key, person) for person in asked.persons]
        async with self._database.write() as connection:
            made = await self._plan(connection, tenant, people)
            found = await ledger.standings(connection, _existing(made))
            fresh = {alias: self._new_holder(tenant, alias) for alias in made.fresh}
            wanted = {person.event_id: person.purpose for person in asked.persons}
            invited = await guests(connection, self._tenants.find(INDIVIDUALS), asked.persons, made.answers)
            made.told = invited.told
            strike(made, _refusals(tenant, made, wanted, found, fresh) | invited.refused)
            opened = self._opened(found, made)
            strike(made, _unopened(made, opened))
            holders = {alias: fresh[alias] for alias in made.fresh} | opened
            sequence = await self._store(connection, tenant, made, holders)
        return CreatedKeys(tuple(_created(tenant, person, made, holders, sequence) for person in asked.persons))

    async def release(self, asked: ReleaseKeys) -> ReleasedKeys:
        """The subkeys that the purpose table allows, alias by alias. A key that does not open is refused alone.

        Raises RootKeyError where what holds the root key is away: that refuses nobody.
        """
        async with self._database.read() as connection:
            sequence = await ledger.current(connection)
            found = await ledger.standings(connection, asked.aliases)
        return ReleasedKeys(sequence, tuple(self._released(alias, found, asked, sequence) for alias in asked.aliases))

    async def forget_gone(self, before: str) -> None:
        """Delete the hand-ins of the erased that came before then, in batches: nobody repeats them any more."""
        gone = select(hand_ins.c.tenant, hand_ins.c.event_id).where(
            hand_ins.c.alias.is_(None), hand_ins.c.handed_in_at < before
        )
        place = tuple_(hand_ins.c.tenant, hand_ins.c.event_id)
        while True:
            async with self._database.write() as connection:
                found = [tuple(row) for row in await connection.execute(gone.limit(_GONE_BATCH))]
                if found:
                    await connection.execute(delete(hand_ins).where(place.in_(found)))
            if len(found) < _GONE_BATCH:
                return

    async def resolve(self, code: str) -> str | None:
        """The alias of the person with this claim code; None for a wrong one, an unknown one, one of the erased."""
        tenant = self._tenants.find(INDIVIDUALS)
        try:
            digests = [handle(tenant.handle_key, kind, canonical(code)) for kind in _PROOFS]
        except NotAClaimCode:
            return None
        async with self._database.read() as connection:
            alias: str | None = await connection.scalar(
                select(handles.c.alias).where(
                    handles.c.tenant == tenant.name, handles.c.kind.in_(_PROOFS), handles.c.digest.in_(digests)
                )
            )
        return alias

    def claim_code_of(self, standing: Standing) -> str:
        """The claim code of this person, employees included."""
        return claim_code(self._data_key(standing))

    def trail_of(self, standing: Standing) -> Subkey:
        """The subkey that salts this person's audit entries."""
        return derive(self._data_key(standing), "trail")

    def subkeys_of(self, standing: Standing, purpose: Purpose) -> dict[Domain, Subkey]:
        """The subkeys that the purpose table allows; none where it refuses."""
        decision = standing.decide(purpose)
        return {} if isinstance(decision, Refused) else _subkeys(self._data_key(standing), decision.domains)

    async def _plan(self, connection: AsyncConnection, tenant: Tenant, people: Sequence[Named]) -> Plan:
        events = await connection.execute(
            select(hand_ins.c.event_id, hand_ins.c.alias).where(
                hand_ins.c.tenant == tenant.name,
                hand_ins.c.event_id.in_([one.person.event_id for one in people]),
            )
        )
        known_handles: dict[tuple[HandleKind, bytes], str] = {}
        for kind in _KINDS:
            if digests := handles_of(people, kind):
                rows = await connection.execute(
                    select(handles.c.digest, handles.c.alias).where(
                        handles.c.tenant == tenant.name, handles.c.kind == kind, handles.c.digest.in_(digests)
                    )
                )
                known_handles |= {(kind, bytes(row.digest)): row.alias for row in rows}
        return plan(people, {row.event_id: row.alias for row in events}, known_handles)

    def _new_holder(self, tenant: Tenant, alias: str) -> _Holder:
        epoch, data_key = self._root.epoch, os.urandom(DATA_KEY_BYTES)
        wrapped = wrap(self._root.tenant_key(epoch, tenant.name), data_key, alias)
        terms = tenant.registration
        grounds = registered_grounds(terms.basis, terms.notice) if terms else {}
        return _Holder(Standing(alias, tenant.name, "active", epoch, wrapped, key_id(data_key), grounds), data_key)

    def _opened(self, found: Mapping[str, Standing], made: Plan) -> dict[str, _Holder]:
        """Those who were there before, by alias; without the ones whose key does not open."""
        wanted = {alias for alias in made.answers.values() if alias is not None and alias in found}
        keys = {alias: self._key_or_none(found[alias]) for alias in wanted}
        return {alias: _Holder(found[alias], key) for alias, key in keys.items() if key is not None}

    def _key_or_none(self, standing: Standing) -> bytes | None:
        """None, told to the operator, for a key that does not open any more. Raises RootKeyError."""
        try:
            return self._data_key(standing)
        except unreadable.FAULTS as fault:
            unreadable.tell(standing.epoch, fault)
            return None

    def _data_key(self, standing: Standing) -> bytes:
        tenant_key = self._root.tenant_key(standing.epoch, standing.tenant)
        return unwrap(tenant_key, standing.wrapped_key, standing.alias)

    async def _store(
        self, connection: AsyncConnection, tenant: Tenant, made: Plan, holders: Mapping[str, _Holder]
    ) -> int:
        if not made.added:
            return await ledger.current(connection)
        at, sequence = written(now()), await ledger.advance(connection)
        await _insert_persons(connection, tenant, [holders[alias].standing for alias in made.fresh])
        await _insert_handles(connection, tenant, made, holders)
        await connection.execute(
            insert(hand_ins),
            [
                {
                    "tenant": tenant.name,
                    "event_id": event_id,
                    "alias": made.answers[event_id],
                    "handed_in_at": at,
                    "purpose": person.purpose,
                    "origin": _origin(tenant, person),
                }
                for event_id, person in made.added.items()
            ],
        )
        given = _records_to_give(tenant, made, holders)
        await ledger.give(connection, given, at, sequence)
        await self._outboxes.record(
            connection, [_given_entry(tenant, holders[alias], draft, at) for alias, draft in given]
        )
        await self._tell_codes(connection, made, holders, at)
        return sequence

    async def _tell_codes(
        self, connection: AsyncConnection, made: Plan, holders: Mapping[str, _Holder], at: str
    ) -> None:
        """Keep that the invited were told their codes, each with an entry."""
        told = {alias: event for event in made.told & made.added.keys() if (alias := made.answers[event]) is not None}
        if told:
            codes = {alias: claim_code(holders[alias].data_key) for alias in told}
            await tell(connection, self._tenants.find(INDIVIDUALS), told, codes, at)
            taken = [_taken_entry(holders[alias], at) for alias in told]
            await self._outboxes.record(connection, taken)

    def _released(self, alias: str, found: Mapping[str, Standing], asked: ReleaseKeys, sequence: int) -> ReleasedKey:
        standing = found.get(alias)
        if standing is None:
            return ReleasedKey(alias, "refused", sequence=sequence, reason="unknown")
        decision = standing.decide(asked.purpose)
        if isinstance(decision, Refused):
            return ReleasedKey(alias, "refused", sequence=sequence, reason=decision.reason)
        if (data_key := self._key_or_none(standing)) is None:
            return ReleasedKey(alias, "refused", sequence=sequence, reason=unreadable.REASON)
        return ReleasedKey(alias, "released", standing.key_id, sequence, _subkeys(data_key, decision.domains))


def _existing(made: Plan) -> list[str]:
    return list({alias for alias in made.answers.values() if alias is not None and alias not in made.fresh})


def _refusals(
    tenant: Tenant,
    made: Plan,
    wanted: Mapping[str, HandInPurpose],
    found: Mapping[str, Standing],
    fresh: Mapping[str, _Holder],
) -> dict[str, str]:
    refused: dict[str, str] = {}
    for event_id, alias in made.answers.items():
        if alias is GONE:
            continue
        standing = fresh[alias].standing if alias in fresh else found.get(alias)
        if standing is None or standing.tenant != tenant.name:
            refused[event_id] = "unknown-person"
            continue
        if event_id in made.added:
            given = _own_records(tenant, made.added[event_id])
            if (fault := _cannot_be_given(tenant, given)) is not None:
                refused[event_id] = fault
                continue
            standing = standing.with_grounds(given)
        decision = standing.decide_hand_in(wanted[event_id])
        if isinstance(decision, Refused):
            refused[event_id] = decision.reason
    return refused


def _unopened(made: Plan, opened: Mapping[str, _Holder]) -> dict[str, str]:
    """The hand-ins of those whose key does not open."""
    there = made.fresh.keys() | opened.keys()
    return {
        event: unreadable.REASON for event, alias in made.answers.items() if alias is not GONE and alias not in there
    }


def _origin(tenant: Tenant, person: NewPerson) -> str:
    """Who answered: the person for themself, the organisation, or an employee whom it invited."""
    if tenant.registration is None:
        return "person"
    return "invitation" if person.invited else "organisation"


def _own_records(tenant: Tenant, person: NewPerson) -> tuple[RecordDraft, ...]:
    """The records that a hand-in gives. An organisation's people stand under its registration for all but statistics,
    which rest on nothing but their own consent.
    """
    if tenant.registration is None:
        return person.records
    return tuple(draft for draft in person.records if draft.purpose == "statistics")


def _cannot_be_given(tenant: Tenant, given: Iterable[RecordDraft]) -> str | None:
    """Why these cannot be a person's own consents: a hand-in brings nothing else, and names what was shown."""
    own = () if tenant.registration is None else (tenant.registration.notice,)
    for draft in given:
        if draft.legal_basis != "consent":
            return f"{draft.purpose} on {draft.legal_basis} is the controller's to record"
        for fault in unshown(draft.notice, draft.language, individuals=tenant.registration is None, own=own):
            return f"{fault.pointer.removeprefix('/')} of {draft.purpose}: {fault.detail.removesuffix('.')}"
    return None


def _records_to_give(tenant: Tenant, made: Plan, holders: Mapping[str, _Holder]) -> list[tuple[str, RecordDraft]]:
    given: dict[tuple[str, RecordDraft], None] = {}
    for event_id, person in made.added.items():
        alias = made.answers[event_id]
        if alias is not None:
            fresh = _not_yet_given(_own_records(tenant, person), holders[alias].standing)
            given |= dict.fromkeys((alias, draft) for draft in fresh)
    return list(given)


def _not_yet_given(drafts: Iterable[RecordDraft], standing: Standing) -> Iterable[RecordDraft]:
    return (draft for draft in drafts if standing.grounds.get(draft.purpose) != ledger.ground_of(draft))


def _given_entry(tenant: Tenant, holder: _Holder, draft: RecordDraft, at: str) -> Entry:
    told_by: Actor = "person" if tenant.registration is None else "organisation"
    fields = [
        ("purpose", draft.purpose),
        ("legal_basis", draft.legal_basis),
        ("notice", draft.notice),
        ("language", draft.language),
    ]
    return committed_entry("consent-given", at, told_by, derive(holder.data_key, "trail"), fields, tenant=tenant.name)


def _taken_entry(holder: _Holder, at: str) -> Entry:
    trail = derive(holder.data_key, "trail")
    return committed_entry("code-taken", at, "person", trail, [], tenant=holder.standing.tenant)


async def _insert_persons(connection: AsyncConnection, tenant: Tenant, fresh: Sequence[Standing]) -> None:
    if fresh:
        registration = tenant.registration.registration_id if tenant.registration else None
        await connection.execute(
            insert(persons),
            [
                {
                    "alias": standing.alias,
                    "tenant": standing.tenant,
                    "state": standing.state,
                    "registration": registration,
                    "epoch": standing.epoch,
                    "wrapped_key": standing.wrapped_key,
                    "key_id": standing.key_id,
                    "first_epoch": standing.epoch,
                }
                for standing in fresh
            ],
        )


async def _insert_handles(
    connection: AsyncConnection, tenant: Tenant, made: Plan, holders: Mapping[str, _Holder]
) -> None:
    rows = [(kind, digest, alias) for (kind, digest), alias in made.handles.items()]
    if tenant.name == INDIVIDUALS:
        codes = ((alias, canonical(claim_code(holders[alias].data_key))) for alias in made.fresh)
        rows += [("claim-code", handle(tenant.handle_key, "claim-code", code), alias) for alias, code in codes]
    if rows:
        await connection.execute(
            insert(handles),
            [{"tenant": tenant.name, "kind": kind, "digest": digest, "alias": alias} for kind, digest, alias in rows],
        )


def _created(
    tenant: Tenant, person: NewPerson, made: Plan, holders: Mapping[str, _Holder], sequence: int
) -> CreatedKey:
    event_id = person.event_id
    if event_id in made.refused:
        return CreatedKey(event_id, "refused", sequence=sequence, reason=made.refused[event_id])
    alias = made.answers[event_id]
    if alias is GONE:
        return CreatedKey(event_id, "gone", sequence=sequence)
    holder = holders[alias]
    standing = holder.standing
    if event_id in made.added:
        standing = standing.with_grounds(_own_records(tenant, made.added[event_id]))
    decision = standing.decide_hand_in(person.purpose)
    if isinstance(decision, Refused):
        return CreatedKey(event_id, "refused", sequence=sequence, reason=decision.reason)
    return CreatedKey(
        event_id,
        "active",
        alias,
        holder.standing.key_id,
        sequence,
        _subkeys(holder.data_key, decision.domains),
        claim_code(holder.data_key) if tenant.registration is None or event_id in made.told else None,
    )


def _subkeys(data_key: bytes, domains: Iterable[Domain]) -> dict[Domain, Subkey]:
    return {domain: derive(data_key, domain) for domain in domains}
