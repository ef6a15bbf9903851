"""A person's own records: looked at, given anew, withdrawn. To withdraw is as easy as to give (GDPR Art. 7(3)).

A person gives consent and nothing else, and only where no other basis stands: on what else a purpose rests is its
controller's to say, by the registration of an organisation (`controllers.tenants`) or for one person
(`controllers.grounds`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.events import Revoked
from schemas.faults import Fault, Faulty
from schemas.keys import RecordDraft
from schemas.privacy_notice import unshown
from schemas.purposes import INDIVIDUALS, LegalBasis, Purpose, RecordState
from services.consent import ledger
from services.consent.controllers.tenants import Tenants
from services.consent.entries import committed_entry
from services.consent.keys.keystore import KeyStore
from services.consent.ledger_records import LEDGER, end_records
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import RULES, can_be_withdrawn


class NotWithdrawable(Exception):
    """This record cannot be withdrawn: it ended before, or rests on something else than consent."""


class NotGivable(Exception):
    """This record cannot be given: the purpose is not one to consent to, or the person's state stands against it."""


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

    def __init__(self, database: Database, tenants: Tenants, keystore: KeyStore, outboxes: Outboxes) -> None:
        self._database = database
        self._tenants = tenants
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
        """Give a consent; the same again while it holds is the same record.

        Raises NotGivable, and Faulty for another basis and for a notice that cannot have been shown.
        """
        async with self._database.write() as connection:
            standing = (await ledger.standings(connection, [alias])).get(alias)
            if standing is None or standing.state != "active":
                raise NotGivable("While an erasure or a restriction is in force nothing new can be agreed to.")
            self._demand_consent(standing, draft)
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

    def _demand_consent(self, standing: ledger.Standing, draft: RecordDraft) -> None:
        rule = RULES[draft.purpose]
        if rule.governed_by != (draft.purpose,):
            raise NotGivable(f"{draft.purpose} is a right and needs no record.")
        if draft.legal_basis != "consent":
            right = f"Must be consent: what rests on {draft.legal_basis} is the controller's to record."
            raise Faulty([Fault("/legal_basis", right)])
        _demand_free(standing, draft.purpose)
        terms = self._tenants.find(standing.tenant).registration
        own = [ground.notice for ground in standing.grounds.values()] + [terms.notice] if terms else []
        individuals = standing.tenant == INDIVIDUALS
        if faults := list(unshown(draft.notice, draft.language, individuals=individuals, own=own)):
            raise Faulty(faults)

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


def _demand_free(standing: ledger.Standing, purpose: Purpose) -> None:
    """Raise NotGivable where consent has no place: nobody can withdraw what their employer processes anyway."""
    if "consent" not in RULES[purpose].bases:
        raise NotGivable(f"{purpose} never rests on consent; it is the controller's to record.")
    if standing.tenant != INDIVIDUALS and purpose in ledger.REGISTERED:
        raise NotGivable(f"{purpose} rests on your employer's registration, and not on a consent.")
    ground = standing.grounds.get(purpose)
    if ground is not None and ground.basis != "consent" and ground.state == "given":
        raise NotGivable(f"{purpose} rests on {ground.basis}, and not on a consent.")


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
