"""The ledger: where each person stands, purpose by purpose, and the sequence that orders every change.

A person's own record of a purpose governs; without one, that of the organisation's registration does, which covers
scoring and delivery. The newest record of a purpose is the one that counts.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.keys import HandInPurpose, RecordDraft
from schemas.purposes import INDIVIDUALS, LegalBasis, PersonState, Purpose, RecordState
from services.consent.ledger_records import LEDGER
from services.consent.purpose_table import RULES, Decision, decide, decide_hand_in
from services.consent.tables import ledger, persons, records, registrations

REGISTERED: frozenset[Purpose] = frozenset({"scoring", "delivery"})
"""The purposes that an organisation's registration covers."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The record that governs a purpose: its basis and its state; `notice` and `language` as they were given."""

    basis: LegalBasis
    state: RecordState
    notice: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as the ledger knows them. `research`: their controller has instructed it."""

    alias: str
    tenant: str
    state: PersonState
    epoch: int = 0
    wrapped_key: bytes = b""
    key_id: str = ""
    grounds: Mapping[Purpose, Ground] = field(default_factory=dict)
    research: bool = True

    def decide(self, purpose: Purpose) -> Decision:
        """What the purpose table says of this person."""
        ground = self._governing(purpose)
        if ground is None:
            return decide(purpose, None, None, self.state)
        return decide(purpose, ground.basis, ground.state, self.state, instructed=self.research)

    def decide_hand_in(self, purpose: HandInPurpose = "scoring") -> Decision:
        """What the purpose table lets the front door do."""
        if purpose == "draft":
            return self.decide(purpose)
        return decide_hand_in(self.decide("scoring"), self.decide("statistics"))

    @property
    def withdrawn(self) -> tuple[Purpose, ...]:
        """The purposes whose consent is withdrawn, in the order of their names."""
        return tuple(sorted(purpose for purpose, ground in self.grounds.items() if ground.state == "withdrawn"))

    def with_grounds(self, drafts: Iterable[RecordDraft]) -> "Standing":
        """As it would be with these records given."""
        given = {draft.purpose: ground_of(draft) for draft in drafts}
        return replace(self, grounds={**self.grounds, **given})

    def _governing(self, purpose: Purpose) -> Ground | None:
        return next((self.grounds[one] for one in RULES[purpose].governed_by if one in self.grounds), None)


def ground_of(draft: RecordDraft) -> Ground:
    """The ground that a record gives when it is new."""
    return Ground(draft.legal_basis, "given", draft.notice, draft.language)


def registered_grounds(basis: LegalBasis, notice: str) -> dict[Purpose, Ground]:
    """What an organisation's registration gives each of its people."""
    return {purpose: Ground(basis, "given", notice) for purpose in REGISTERED}


async def advance(connection: AsyncConnection) -> int:
    """The next sequence. It belongs to the caller's transaction, and no other change has it."""
    sequence = await connection.scalar(
        update(ledger).values(sequence=ledger.c.sequence + 1).returning(ledger.c.sequence)
    )
    if sequence is None:
        raise LookupError("the ledger was never opened")
    return int(sequence)


async def reach(connection: AsyncConnection, sequence: int) -> None:
    """Go on from this sequence where it is later than ours: it was given before a restore."""
    await connection.execute(update(ledger).where(ledger.c.sequence < sequence).values(sequence=sequence))


async def current(connection: AsyncConnection) -> int:
    """The sequence of the last change. Read it before the standings: what is read later can only be narrower."""
    return int(await connection.scalar(select(ledger.c.sequence)) or 0)


async def open_ledger(connection: AsyncConnection) -> None:
    """Begin at 0 where the ledger is new."""
    if await connection.scalar(select(ledger.c.id)) is None:
        await connection.execute(insert(ledger).values(id=1, sequence=0))


async def standings(connection: AsyncConnection, aliases: Sequence[str]) -> dict[str, Standing]:
    """The standings of those who are known, erased ones included."""
    if not aliases:
        return {}
    known = (
        await connection.execute(
            select(
                persons.c.alias,
                persons.c.tenant,
                persons.c.state,
                persons.c.epoch,
                persons.c.wrapped_key,
                persons.c.key_id,
                persons.c.registration,
            ).where(persons.c.alias.in_(aliases))
        )
    ).all()
    inherited = await _of_registrations(connection, {row.registration for row in known} - {None})
    instructed = await _research_instructed(connection, {row.tenant for row in known})
    own = await _of_persons(connection, aliases)
    return {
        row.alias: Standing(
            row.alias,
            row.tenant,
            row.state,
            row.epoch or 0,
            bytes(row.wrapped_key or b""),
            row.key_id or "",
            {**inherited.get(row.registration, {}), **own.get(row.alias, {})},
            research=instructed.get(row.tenant, True),
        )
        for row in known
    }


async def give(
    connection: AsyncConnection, drafts: Sequence[tuple[str, RecordDraft]], at: str, sequence: int
) -> list[str]:
    """Write records, each for an alias; give their ids (128 random bits)."""
    ids = [secrets.token_hex(16) for _ in drafts]
    if drafts:
        await connection.execute(
            insert(records),
            [
                {
                    "id": minted,
                    "alias": alias,
                    "purpose": draft.purpose,
                    "legal_basis": draft.legal_basis,
                    "notice": draft.notice,
                    "language": draft.language,
                    "given_at": at,
                    "sequence": sequence,
                }
                for minted, (alias, draft) in zip(ids, drafts, strict=True)
            ],
        )
    return ids


async def _of_persons(connection: AsyncConnection, aliases: Sequence[str]) -> dict[str, dict[Purpose, Ground]]:
    rows = await connection.execute(
        select(
            LEDGER.c.alias,
            LEDGER.c.purpose,
            LEDGER.c.legal_basis,
            LEDGER.c.state,
            LEDGER.c.notice,
            LEDGER.c.language,
        )
        .where(LEDGER.c.alias.in_(aliases))
        .order_by(LEDGER.c.sequence)
    )
    found: dict[str, dict[Purpose, Ground]] = {}
    for row in rows:
        ground = Ground(row.legal_basis, row.state, row.notice, row.language)
        found.setdefault(row.alias, {})[cast(Purpose, row.purpose)] = ground
    return found


async def _of_registrations(connection: AsyncConnection, ids: set[str]) -> dict[str, dict[Purpose, Ground]]:
    if not ids:
        return {}
    rows = await connection.execute(
        select(registrations.c.id, registrations.c.legal_basis, registrations.c.notice).where(
            registrations.c.id.in_(ids)
        )
    )
    return {row.id: registered_grounds(row.legal_basis, row.notice) for row in rows}


async def _research_instructed(connection: AsyncConnection, tenants: set[str]) -> dict[str, bool]:
    """Whether each organisation's newest registration instructs research, whatever an older one said."""
    if tenants <= {INDIVIDUALS}:
        return {}
    rows = await connection.execute(
        select(registrations.c.tenant, registrations.c.research)
        .where(registrations.c.tenant.in_(tenants))
        .order_by(registrations.c.sequence)
    )
    return {row.tenant: row.research for row in rows}
