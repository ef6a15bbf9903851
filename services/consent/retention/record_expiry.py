"""Records of purposes that expire while their person stays: after their storage time they govern no longer.

A record that has expired lets no key be released for its purpose; those released before are revoked, and each leaves
an entry `expired`. Whoever wants the purpose to go on is asked anew, which makes a new record. A legal hold stops it.
"""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from schemas.events import Revoked
from schemas.purposes import Purpose
from services.consent import ledger
from services.consent.entries import committed_entry
from services.consent.keys.keystore import KeyStore
from services.consent.ledger_records import LEDGER, end_records
from services.consent.outboxes import Outboxes
from services.consent.retention.holds import not_held
from services.consent.tables import hand_ins, persons

Due = tuple[str, Purpose, str]
"""A tenant, a purpose, and the time before which its record was given."""


async def expire_records(
    connection: AsyncConnection, keystore: KeyStore, outboxes: Outboxes, due: Due, batch: int
) -> int:
    """End those that are due, a batch at most, in the caller's transaction; how many."""
    rows = (await connection.execute(_due(*due).limit(batch))).all()
    if not rows:
        return 0
    at, sequence, purpose = written(now()), await ledger.advance(connection), due[1]
    await end_records(connection, "expired", at, LEDGER.c.id.in_([row.id for row in rows]))
    whose = await ledger.standings(connection, list({row.alias for row in rows}))
    fields = [[("record", row.id), ("purpose", purpose), ("cause", "expired")] for row in rows]
    of = [whose[row.alias] for row in rows]
    await outboxes.record(
        connection,
        [
            committed_entry("expired", at, "service:consent", keystore.trail_of(one), told, tenant=one.tenant)
            for one, told in zip(of, fields, strict=True)
        ],
    )
    for alias, standing in whose.items():
        await outboxes.revoke(connection, alias, Revoked(sequence, "withdrawn", standing.withdrawn))
    return len(rows)


def _due(tenant: str, purpose: Purpose, before: str) -> Select[Any]:
    """Of drafts those that were not saved again since."""
    saved = exists().where(
        hand_ins.c.alias == LEDGER.c.alias, hand_ins.c.purpose == "draft", hand_ins.c.handed_in_at >= before
    )
    return (
        select(LEDGER.c.id, LEDGER.c.alias)
        .join(persons, persons.c.alias == LEDGER.c.alias)
        .where(
            persons.c.tenant == tenant,
            persons.c.state.in_(("active", "restricted")),
            LEDGER.c.purpose == purpose,
            LEDGER.c.state == "given",
            LEDGER.c.given_at < before,
            not_held(LEDGER.c.alias),
            *((~saved,) if purpose == "draft" else ()),
        )
        .order_by(LEDGER.c.given_at, LEDGER.c.id)
    )
