"""Reviews as they are stored and listed: what is open by its clock, what is decided with the newest first.

A list goes on behind a cursor, which names the last review of the page before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, tuple_

from infra.db.engine import Database
from infra.http.problems import invalid, not_found
from schemas.faults import Fault
from services.audit.tables import reviews, trails

MOST = 200
"""Reviews of one page."""
Document = dict[str, Any]
_TOLD = ("request", "assessment", "origin", "opened_at", "answer_by", "decision", "decided_at")


@dataclass(frozen=True, slots=True)
class Page:
    """Reviews without what is sealed of them, and the cursor that goes on; None where nothing follows."""

    reviews: Sequence[Document]
    following: str | None


class ReviewRows:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, *, decided: bool, cursor: str | None = None, most: int = MOST) -> Page:
        """The open reviews, or those that are decided. Raises Problem (422) for a cursor that is none."""
        by = reviews.c.decided_at if decided else reviews.c.answer_by
        conditions: list[ColumnElement[bool]] = [
            reviews.c.decision.is_not(None) if decided else reviews.c.decision.is_(None)
        ]
        if cursor is not None:
            place = tuple_(by, reviews.c.request)
            last = tuple_(*_place(cursor))
            conditions.append(place < last if decided else place > last)
        order = (by.desc(), reviews.c.request.desc()) if decided else (by, reviews.c.request)
        rows = await self._read(conditions, order, most + 1)
        shown = rows[:most]
        following = f"{shown[-1][by.name]}_{shown[-1]['request']}" if len(rows) > most else None
        return Page([listed(row) for row in shown], following)

    async def one(self, request: str) -> Document:
        """The row of one review. Raises Problem (404)."""
        found = await self._read([reviews.c.request == request], (reviews.c.request,), 1)
        if not found:
            raise not_found("review")
        return found[0]

    async def untold(self) -> list[Document]:
        """The rows of decisions that consent may not know, the oldest first."""
        conditions = [reviews.c.decision.is_not(None), reviews.c.told == 0]
        return await self._read(conditions, (reviews.c.decided_at, reviews.c.request), MOST)

    async def _read(
        self, conditions: Sequence[ColumnElement[bool]], order: Sequence[ColumnElement[Any]], most: int
    ) -> list[Document]:
        query = (
            select(reviews, trails.c.log_index, trails.c.log)
            .outerjoin(trails, trails.c.event_id == reviews.c.assessment)
            .where(*conditions)
            .order_by(*order)
            .limit(most)
        )
        async with self._database.read() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]


def listed(row: Mapping[str, Any]) -> Document:
    """A review as it is told, what is sealed left sealed."""
    place = f"/v1/audit/reviews/{row['request']}"
    links = {"open": f"{place}:open", "decide": f"{place}:decide"}
    if row["log_index"] is not None:
        links["trail"] = _entry(row) + "/trail"
    told = {name: row[name] for name in _TOLD}
    where = {"log": row["log"], "log_index": row["log_index"]}
    return {**told, **where, "has_statement": row["statement"] is not None, "links": links}


def _entry(row: Mapping[str, Any]) -> str:
    """The address of the decision."""
    if row["log"]:
        return f"/v1/audit/logs/{row['log']}/entries/{row['log_index']}"
    return f"/v1/audit/entries/0/{row['log_index']}"


def _place(cursor: str) -> tuple[str, str]:
    moment, mark, request = cursor.partition("_")
    if not mark or not cursor.isascii() or not cursor.isprintable():
        raise invalid([Fault("/cursor", "it is none that a page gave as `next`")])
    return moment, request
