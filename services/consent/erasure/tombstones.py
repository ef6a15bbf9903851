"""Destroying a person's key and everything that leads to it. What stays is an alias that nothing maps to."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CursorResult, Delete, Select, Update, case, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.consent.erasure.steps import UNFINISHED
from services.consent.rights.filed import OPEN
from services.consent.tables import (
    codes,
    expiries,
    hand_ins,
    handles,
    holds,
    instructions,
    invitations,
    parts,
    persons,
    record_ends,
    records,
    requests,
)

_UNKNOWN_TENANT = ""
_OF_THE_KEY = ("epoch", "first_epoch", "wrapped_key", "key_id")


async def destroy(connection: AsyncConnection, alias: str) -> Mapping[str, int]:
    """Destroy within the caller's transaction; give the rows destroyed by table. Repeating it destroys nothing more.

    An alias that this database does not know (it was restored from before that person came) becomes a tombstone too.
    """
    known = await connection.scalar(select(persons.c.alias).where(persons.c.alias == alias))
    if known is None:
        await connection.execute(insert(persons).values(alias=alias, tenant=_UNKNOWN_TENANT, state="erased"))
        return {}
    living = persons.c.alias == alias, persons.c.state != "erased"
    return {
        "data_keys": await _changed(
            connection,
            update(persons).where(*living).values(state="erased", **dict.fromkeys(_OF_THE_KEY)),
        ),
        "holds": await _changed(connection, delete(holds).where(holds.c.alias == alias)),
        "expiries": await _changed(connection, delete(expiries).where(expiries.c.alias == alias)),
        "invitations": await _changed(connection, delete(invitations).where(invitations.c.alias == alias)),
        "codes": await _changed(connection, delete(codes).where(codes.c.alias == alias)),
        "instructions_unlinked": await _changed(
            connection,
            update(instructions).where(instructions.c.alias == alias).values(alias=None, sealed_reason=None),
        ),
        "handles": await _changed(connection, delete(handles).where(handles.c.alias == alias)),
        "consent_ends": await _changed(connection, _ends_of(alias)),
        "consent_records": await _changed(connection, delete(records).where(records.c.alias == alias)),
        "hand_ins_unlinked": await _changed(
            connection, update(hand_ins).where(hand_ins.c.alias == alias).values(alias=None)
        ),
        "report_parts": await _changed(connection, delete(parts).where(parts.c.request.in_(_requests_of(alias)))),
        "requests_unlinked": await _changed(connection, _unlinked(alias)),
    }


def _ends_of(alias: str) -> Delete:
    own = select(records.c.id).where(records.c.alias == alias)
    return delete(record_ends).where(record_ends.c.record.in_(own))


def _requests_of(alias: str) -> Select[tuple[str]]:
    return select(requests.c.id).where(requests.c.alias == alias)


def _unlinked(alias: str) -> Update:
    """All but the erasure itself: what was restricted is no more, and what was asked for ends with its person."""
    under_way = (requests.c.type == "erasure") & requests.c.state.in_(UNFINISHED)
    ended = case(
        (requests.c.state == "in-force", "over"),
        (requests.c.state.in_(OPEN), "cancelled"),
        else_=requests.c.state,
    )
    emptied: dict[str, Any] = dict.fromkeys(("alias", "assessment", "statement", "answer"))
    return update(requests).where(requests.c.alias == alias, ~under_way).values(**emptied, state=ended)


async def _changed(connection: AsyncConnection, statement: Delete | Update) -> int:
    result: CursorResult[tuple[object, ...]] = await connection.execute(statement)
    return result.rowcount
