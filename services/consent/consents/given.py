"""A person's own records: looked at, given anew, withdrawn. To withdraw is as easy as to give (GDPR Art. 7(3))."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import Revoked
from schemas.keys import RecordDraft
from schemas.purposes import LegalBasis, Purpose, RecordState
from services.consent import ledger
from services.consent.entries import committed_entry
from services.consent.keys.keystore import KeyStore
from services.consent.ledger_records import LEDGER, end_records
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import RULES, can_be_withdrawn


class NotWithdrawable(Exception):
    """This record cannot be withdrawn: it ended before, or rests on something else than consent."""


class NotGivable(Exception):
    """This record cannot be given: the purpose rests on no such basis, or the person's state stands against it."""


@dataclass(frozen=True, slots=True)
class Consent:
    """One record of the ledger, as it is shown to its person."""

    record_id: str
    purpose: Purpose
    legal_basis: LegalBasis
    state: RecordState
    notice: str
    language: str
    given_at: str
    ended_at: str | None


class Consents:
    """The records of single persons. Callers have proved who they are; an alias is theirs."""

    def __init__(self, database: Database, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._database = database
        self._keystore = keystore
        self._outboxes = outboxes

    async def of(self, alias: str) -> Sequence[Consent]:
        """All records, oldest first."""
        async with self._database.read() as connection:
            return await own_records(connection, alias)

    async def find(self, alias: str, record_id: str) -> Consent | None:
        """One record of this person; None for one of somebody else too."""
        async with self._database.read() as connection:
            return await _find(connection, alias, record_id)

    async def give(self, alias: str, draft: RecordDraft) -> Consent:
        """Give a record; the same again while it holds is the same record. Raises NotGivable."""
        _demand_basis(draft)
        async with self._database.write() as connection:
            standing = (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state != "active":
                raise NotGivable("While an erasure or a restriction is in force nothing new can be agreed to.")
            if standing.grounds.get(draft.purpose) == ledger.ground_of(draft):
                return await _newest(connection, alias, draft.purpose)
            at, sequence = written(now()), await ledger.advance(connection)
            await ledger.give(connection, [(alias, draft)], at, sequence)
            fields = [("purpose", draft.purpose), ("notice", draft.notice), ("language", draft.language)]
            trail = self._keystore.trail_of(standing)
            await self._outboxes.record(
                connection, [committed_entry("consent-given", at, "person", trail, fields, tenant=standing.tenant)]
            )
            return await _newest(connection, alias, draft.purpose)

    async def withdraw(self, alias: str, record_id: str) -> Consent | None:
        """Withdraw a record and revoke the keys released for it; None where there is none.

        Earlier records of the purpose go with it, so that none of them takes its place. Raises NotWithdrawable.
        """
        async with self._database.write() as connection:
            record = await _find(connection, alias, record_id)
            if record is None:
                return None
            if record.state == "withdrawn":
                return record
            _demand_withdrawable(record)
            standing = (await ledger.standings(connection, [alias]))[alias]
            at, sequence = written(now()), await ledger.advance(connection)
            earlier = LEDGER.c.purpose == record.purpose, LEDGER.c.legal_basis == "consent"
            await end_records(connection, "withdrawn", at, LEDGER.c.alias == alias, *earlier)
            trail = self._keystore.trail_of(standing)
            await self._outboxes.record(
                connection,
                [
                    committed_entry(
                        "consent-withdrawn",
                        at,
                        "person",
                        trail,
                        [("purpose", record.purpose)],
                        tenant=standing.tenant,
                    )
                ],
            )
            withdrawn = tuple(sorted({*standing.withdrawn, record.purpose}))
            await self._outboxes.revoke(connection, alias, Revoked(sequence, "withdrawn", withdrawn))
            return await _find(connection, alias, record_id)


async def own_records(connection: AsyncConnection, alias: str) -> list[Consent]:
    """A person's own records, oldest first."""
    rows = await connection.execute(
        select(LEDGER).where(LEDGER.c.alias == alias).order_by(LEDGER.c.sequence, LEDGER.c.id)
    )
    return [_consent(row) for row in rows]


def _demand_basis(draft: RecordDraft) -> None:
    rule = RULES[draft.purpose]
    if rule.governed_by != (draft.purpose,):
        raise NotGivable(f"{draft.purpose} is a right and needs no record.")
    if draft.legal_basis not in rule.bases:
        raise NotGivable(f"{draft.purpose} may rest on {', '.join(sorted(rule.bases))}.")


def _demand_withdrawable(record: Consent) -> None:
    if not can_be_withdrawn(record.legal_basis):
        raise NotWithdrawable(f"This record rests on {record.legal_basis}; only consent is withdrawn.")
    if record.state != "given":
        raise NotWithdrawable(f"This record is {record.state} already.")


async def _find(connection: AsyncConnection, alias: str, record_id: str) -> Consent | None:
    row = (
        await connection.execute(select(LEDGER).where(LEDGER.c.alias == alias, LEDGER.c.id == record_id))
    ).one_or_none()
    return None if row is None else _consent(row)


async def _newest(connection: AsyncConnection, alias: str, purpose: Purpose) -> Consent:
    row = (
        await connection.execute(
            select(LEDGER)
            .where(LEDGER.c.alias == alias, LEDGER.c.purpose == purpose)
            .order_by(LEDGER.c.sequence.desc())
            .limit(1)
        )
    ).one()
    return _consent(row)


def _consent(row: "Row[tuple[object, ...]]") -> Consent:
    found = row._mapping
    return Consent(
        found["id"],
        found["purpose"],
        found["legal_basis"],
        found["state"],
        found["notice"],
        found["language"],
        found["given_at"],
        found["ended_at"],
    )
