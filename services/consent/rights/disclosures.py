"""Access (GDPR Art. 15) and portability (Art. 20): what every store holds is asked for, gathered and handed out.

Consent orders the parts on `privacy.requests`; each store answers under a key that it holds for the same purpose.
What was sealed comes back as it was sealed and is kept so, until the person is erased or `KEPT` has passed; it is
opened for who proves the claim code, by subkeys of the purpose. A store that is down answers when it is back: until
then the request is under way, and its clock runs.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.engine import Database
from schemas.purposes import INDIVIDUALS
from schemas.rights import Disclosure, DisclosureOrder, Held, Part
from services.consent.entries import Actor
from services.consent.ledger import Standing
from services.consent.outboxes import Outboxes
from services.consent.purpose_table import Refused
from services.consent.rights.filed import OPEN, Cause, Filed, Filing, first, living, load, new_request, set_ordered
from services.consent.rights.refusal import RightRefused
from services.consent.tables import hand_ins, parts, requests

KEPT = timedelta(days=30)
"""How long a report can be fetched; afterwards it is asked for anew."""
ASKED: dict[Disclosure, frozenset[str]] = {
    "access": frozenset({"intake", "audit"}),
    "portability": frozenset({"intake"}),
}
"""Who holds what is disclosed; what a person provided lies with intake alone."""
_HELD: msgspec.msgpack.Decoder[Held] = msgspec.msgpack.Decoder(Held)


class NotPortable(RightRefused):
    """The purpose table does not let the answers go."""

    kind, title = "not-portable", "Not portable"


class Disclosures:
    """Requests of persons who have proved who they are, for what is held about them."""

    def __init__(self, database: Database, filing: Filing, outboxes: Outboxes) -> None:
        self._database = database
        self._filing = filing
        self._outboxes = outboxes

    async def open(
        self,
        alias: str,
        kind: Disclosure,
        actor: Actor = "person",
        cause: Cause = "asked",
        *,
        within: AsyncConnection | None = None,
    ) -> Filed:
        """File the request; while one of its kind is under way it is that one. Raises AlreadyErased, NotPortable."""
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            if kind == "portability":
                await demand_portable(connection, standing)
            own = requests.c.alias == alias, requests.c.type == kind, requests.c.state.in_(OPEN)
            if (known := await first(connection, *own)) is not None:
                return known
            filed = Filed(new_request(), kind, "pending", now(), cause=cause)
            return await self._filing.file(connection, standing, filed, actor=actor)

    async def advance(self) -> bool:
        """Order the parts of what is pending; say whether there was any."""
        async with self._database.read() as connection:
            pending = await load(connection, _ours(), requests.c.state == "pending")
        for filed in pending:
            async with self._database.write() as connection:
                await self._order(connection, filed)
        return bool(pending)

    async def _order(self, connection: AsyncConnection, filed: Filed) -> None:
        fresh = await first(connection, requests.c.id == filed.request, requests.c.state == "pending")
        if fresh is None or fresh.alias is None:
            return  # cancelled or erased a moment ago
        await set_ordered(connection, fresh)
        order = DisclosureOrder(fresh.request, _purpose(fresh))
        await self._outboxes.order(connection, fresh.alias, order)

    async def take(self, alias: str, part: Part) -> None:
        """Keep a part; with the last one the request is complete. What nobody waits for changes nothing."""
        async with self._database.write() as connection:
            own = requests.c.id == part.request, requests.c.alias == alias, requests.c.state == "ordered"
            filed = await first(connection, _ours(), *own)
            if filed is None or part.service not in ASKED[_purpose(filed)]:
                return
            if not await _known(connection, part):
                await connection.execute(insert(parts).values(**_row(part)))
            if await _gathered(connection, part.request) >= ASKED[_purpose(filed)]:
                standing = await living(connection, alias)
                await self._filing.close(connection, standing, filed, "answered")

    async def held(self, filed: Filed) -> Sequence[Held]:
        """The parts of a complete request, store by store; none where they are no longer kept."""
        async with self._database.read() as connection:
            rows = (
                await connection.execute(
                    select(parts.c.held, parts.c.service, parts.c.gathering)
                    .where(parts.c.request == filed.request, parts.c.held.is_not(None))
                    .order_by(parts.c.service, parts.c.number)
                )
            ).all()
            whole = await _whole(connection, filed.request)
        return [_HELD.decode(row.held) for row in rows if whole.get(row.service) == row.gathering]

    async def forget(self) -> None:
        """Delete the parts of what was answered longer ago than `KEPT`."""
        old = select(requests.c.id).where(_ours(), requests.c.completed_at < written(now() - KEPT))
        async with self._database.write() as connection:
            await connection.execute(delete(parts).where(parts.c.request.in_(old)))
            done = update(requests).where(requests.c.id.in_(old), requests.c.outcome == "answered")
            await connection.execute(done.values(outcome="expired"))


async def order_anew(connection: AsyncConnection, alias: str) -> None:
    """Have what is under way ordered once more. While an erasure was pending a store that read the order was refused
    its key, and gave nothing.
    """
    under_way = _ours(), requests.c.alias == alias, requests.c.state == "ordered"
    await connection.execute(update(requests).where(*under_way).values(state="pending"))


async def demand_portable(connection: AsyncConnection, standing: Standing) -> None:
    """Raise NotPortable where there is nothing to take along: it takes a basis of Art. 20(1), and own answers."""
    if isinstance(decision := standing.decide("portability"), Refused):
        raise NotPortable(_why_not(standing, decision))
    if standing.tenant == INDIVIDUALS:
        return
    own = hand_ins.c.alias == standing.alias, hand_ins.c.origin == "invitation"
    if await connection.scalar(select(hand_ins.c.event_id).where(*own).limit(1)) is None:
        raise NotPortable(_NONE_OF_THEIR_OWN)


_NONE_OF_THEIR_OWN = (
    "Portability holds for what you provided yourself (GDPR Art. 20(1)). Your employer handed in your answers, and "
    "has the file: ask there for it. Access gives everything that is held here."
)


def _why_not(standing: Standing, refused: Refused) -> str:
    told = "Portability holds for what was given on consent or contract (GDPR Art. 20(1))"
    if standing.tenant != INDIVIDUALS and refused.reason == "basis-not-allowed":
        return f"{told}. Your employer rests on another legal basis. Access gives everything that is held."
    return f"{told}; here the answer is {refused.reason}. Access gives everything that is held."


def _ours() -> ColumnElement[bool]:
    return requests.c.type.in_(list(ASKED))


def _purpose(filed: Filed) -> Disclosure:
    return "access" if filed.kind == "access" else "portability"


def _row(part: Part) -> dict[str, object]:
    return {
        "request": part.request,
        "service": part.service,
        "gathering": part.gathering,
        "number": part.number,
        "total": part.total,
        "held": None if part.held is None else msgspec.msgpack.encode(part.held),
    }


async def _known(connection: AsyncConnection, part: Part) -> bool:
    same = (
        parts.c.request == part.request,
        parts.c.service == part.service,
        parts.c.gathering == part.gathering,
        parts.c.number == part.number,
    )
    return await connection.scalar(select(parts.c.number).where(*same)) is not None


async def _gathered(connection: AsyncConnection, request: str) -> frozenset[str]:
    return frozenset(await _whole(connection, request))


async def _whole(connection: AsyncConnection, request: str) -> dict[str, str]:
    """By store the gathering that is there as a whole."""
    rows = await connection.execute(
        select(parts.c.service, parts.c.gathering)
        .where(parts.c.request == request)
        .group_by(parts.c.service, parts.c.gathering, parts.c.total)
        .having(func.count() >= parts.c.total)
        .order_by(parts.c.gathering)
    )
    return {row.service: row.gathering for row in rows}
