"""What people took back after a backup was made, applied to the ledger that was restored from it.

The narrower wins: what was given anew after a withdrawal is lost with the database that had it, and is to be given
again. An erasure keeps its request, its window and its receipt, and is not written into the log a second time: the
entry is `restored`.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ScalarSelect, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from schemas.events import PendingErasure, Revoked, StoreReport
from schemas.purposes import PersonState, Purpose
from services.consent import ledger
from services.consent.entries import Entry, entry
from services.consent.erasure.cases import Case, load_cases
from services.consent.erasure.reports import OURSELVES, keep_report
from services.consent.erasure.steps import UNFINISHED
from services.consent.erasure.tombstones import destroy
from services.consent.ledger_records import LEDGER, end_records
from services.consent.outboxes import Outboxes
from services.consent.retention.holds import held_aliases, held_among, hold_again
from services.consent.tables import persons, requests

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class LastWord:
    """The last record of `keys.revoked` on a person, its offset, and when the broker took it."""

    alias: str
    revoked: Revoked
    offset: int
    at: str


async def reapply(connection: AsyncConnection, outboxes: Outboxes, words: Sequence[LastWord]) -> int:
    """Apply what this ledger does not know, each with an entry `restored`; give how many persons that were.

    Up to its own sequence a ledger knows everything: what is older is not applied, for it may have been undone since.
    """
    known = await ledger.current(connection)
    states = await _states(connection, [word.alias for word in words])
    count = 0
    for word in words:
        restored = entry("restored", written(now()), "service:consent")
        if await _apply(connection, word, states.get(word.alias), known, restored):
            await outboxes.record(connection, [restored])
            count += 1
    await ledger.reach(connection, max((word.revoked.sequence for word in words), default=0))
    if count:
        await ledger.advance(connection)
    return count


async def erase_again(connection: AsyncConnection, outboxes: Outboxes, aliases: Iterable[str]) -> int:
    """Erase those of the journal whom this ledger does not know as erased, and publish it: everything was restored.

    Each has an entry `restored`; gives how many there were.
    """
    states = await _states(connection, sorted(aliases))
    count, at = 0, written(now())
    for alias in (one for one, state in states.items() if state != "erased"):
        restored = entry("restored", at, "service:consent")
        revocation = await outboxes.revoke(connection, alias, Revoked(await ledger.advance(connection), "erased"))
        known_by: dict[str, str | int] = {"erased_at": at, "revocation": revocation}
        await _erase(connection, alias, restored, known_by)
        await outboxes.record(connection, [restored])
        count += 1
    return count


async def hold_lost(connection: AsyncConnection, outboxes: Outboxes, held: Iterable[str]) -> int:
    """Hold the living of the journal whom this ledger does not know as held: an erasure that a hold postponed is not
    carried out because a backup is older than the hold. Each has an entry `restored`; gives how many there were.
    """
    states = await _states(connection, sorted(held))
    known = await held_aliases(connection)
    lost = [alias for alias, state in states.items() if state != "erased" and alias not in known]
    for alias in lost:
        await hold_again(connection, alias)
    await outboxes.record(connection, [entry("restored", written(now()), "service:consent") for _ in lost])
    return len(lost)


async def undecided(connection: AsyncConnection, begun: Iterable[str]) -> frozenset[str]:
    """Of those whose erasure was begun and may not have been committed, whom only the journal can speak for.

    Where the request stands here it is due and goes on by itself; a hold that stands comes first.
    """
    left = frozenset(begun)
    for alias in begun:
        standing = await load_cases(connection, requests.c.alias == alias, requests.c.state.in_(UNFINISHED))
        if standing or await held_among(connection, [alias]):
            left -= {alias}
    return left


async def order_again(connection: AsyncConnection) -> None:
    """Send the orders again whose answers are awaited: what was answered after a backup will not come again."""
    ordered = update(requests).where(requests.c.state == "ordered")
    await connection.execute(ordered.where(requests.c.type == "erasure").values(state="revoked"))
    await connection.execute(ordered.where(requests.c.type != "erasure").values(state="pending"))


async def _apply(
    connection: AsyncConnection, word: LastWord, state: PersonState | None, known: int, restored: Entry
) -> bool:
    if state == "erased":
        return False
    if word.revoked.kind == "erased":
        known_by: dict[str, str | int] = {
            "erased_at": word.at,
            "revocation_offset": word.offset,
            "revoked_at": word.at,
        }
        return await _erase(connection, word.alias, restored, known_by)
    if state is None or word.revoked.sequence <= known:
        return False
    return await _narrow(connection, word, state)


async def _erase(connection: AsyncConnection, alias: str, restored: Entry, known_by: Mapping[str, str | int]) -> bool:
    """Destroy, and let a request that was pending go on from there; `known_by` says where its revocation stands."""
    counts = await destroy(connection, alias)
    for case in await _pending(connection, alias):
        mine = update(requests).where(requests.c.id == case.erasure.request)
        await connection.execute(mine.values(state="erased", entry=restored.entry_id, **known_by))
        await keep_report(connection, StoreReport(OURSELVES, case.erasure.request, dict(counts)))
    return bool(counts)


async def _narrow(connection: AsyncConnection, word: LastWord, state: PersonState) -> bool:
    revoked = word.revoked
    withdrawn = await _withdraw(connection, word, revoked.withdrawn)
    if revoked.kind in ("erasure-pending", "erasure-cancelled"):
        return await _set_erasure(connection, word, state) or withdrawn
    if revoked.kind in ("restricted", "objected") and state == "active":
        # Which purpose was objected to is not said; a restriction stops all that an objection can stop.
        await _restrict(connection, word)
        return True
    return withdrawn


async def _restrict(connection: AsyncConnection, word: LastWord) -> None:
    """Restrict, with a request that the person can have lifted."""
    at = word.at
    request = {"id": secrets.token_hex(16), "type": "restriction", "alias": word.alias, "state": "in-force"}
    times = {"opened_at": at, "due_at": at, "completed_at": at}
    await connection.execute(
        insert(requests).values(**request, **times, prior_state="active", tenant=_tenant_of(word.alias))
    )
    await _set_state(connection, word.alias, "restricted")


async def _withdraw(connection: AsyncConnection, word: LastWord, purposes: Sequence[Purpose]) -> bool:
    taken_back = LEDGER.c.purpose.in_(purposes), LEDGER.c.legal_basis == "consent"
    return bool(await end_records(connection, "withdrawn", word.at, LEDGER.c.alias == word.alias, *taken_back))


async def _set_erasure(connection: AsyncConnection, word: LastWord, state: PersonState) -> bool:
    """Let the request of the word be the one that is pending, or none."""
    pending = word.revoked.pending
    cases = await _pending(connection, word.alias)
    if pending is not None and any(case.erasure.request == pending.request for case in cases):
        return False
    prior = cases[0].prior if cases else state
    for case in cases:
        cancelled = update(requests).where(requests.c.id == case.erasure.request)
        await connection.execute(cancelled.values(state="cancelled", cancelled_at=word.at))
    if pending is not None:
        await _open(connection, word.alias, pending, prior)
    await _set_state(connection, word.alias, prior if pending is None else "erasure-pending")
    return bool(cases) or pending is not None


async def _open(connection: AsyncConnection, alias: str, pending: PendingErasure, prior: PersonState) -> None:
    await connection.execute(
        insert(requests).values(
            id=pending.request,
            type="erasure",
            alias=alias,
            tenant=_tenant_of(alias),
            state="pending",
            prior_state=prior,
            opened_at=pending.opened_at,
            due_at=pending.due_at,
        )
    )


def _tenant_of(alias: str) -> ScalarSelect[str]:
    """Whose storage times hold for the request: after an erasure nothing else says."""
    return select(persons.c.tenant).where(persons.c.alias == alias).scalar_subquery()


async def _pending(connection: AsyncConnection, alias: str) -> list[Case]:
    return await load_cases(connection, requests.c.alias == alias, requests.c.state == "pending")


async def _set_state(connection: AsyncConnection, alias: str, state: PersonState) -> None:
    await connection.execute(update(persons).where(persons.c.alias == alias).values(state=state))


async def _states(connection: AsyncConnection, aliases: Sequence[str]) -> dict[str, PersonState]:
    found: dict[str, PersonState] = {}
    for start in range(0, len(aliases), _CHUNK):
        wanted = persons.c.alias.in_(aliases[start : start + _CHUNK])
        rows = await connection.execute(select(persons.c.alias, persons.c.state).where(wanted))
        found |= {row.alias: row.state for row in rows}
    return found
