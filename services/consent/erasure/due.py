"""Which erasures have a step to take now, found by index: those that wait, and those that are done, cost nothing.

What waits for reports is not among them: the report that comes takes the step.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import written
from services.consent.erasure.cases import Case, load_cases
from services.consent.keys.clients import LetGo
from services.consent.retention.holds import not_held
from services.consent.tables import requests

BATCH = 200
_ERASURE = requests.c.type == "erasure"


async def due_cases(connection: AsyncConnection, moment: datetime, let_go: LetGo) -> list[Case]:
    """Up to `BATCH` of each state that have a step to take, oldest first."""
    ids = (await connection.scalars(DUE, due_values(moment, let_go))).all()
    return await load_cases(connection, requests.c.id.in_(ids)) if ids else []


def due_values(moment: datetime, let_go: LetGo) -> dict[str, str | int]:
    """What `DUE` is asked with."""
    return {
        "moment": written(moment),
        "by_all": let_go.by_all,
        "by_living": let_go.by_living,
        "highest": max(let_go.by_all, let_go.by_living),
        "outlived_before": written(let_go.outlived_before),
    }


def _window_over() -> Select[tuple[str]]:
    """Pending ones whose window is over and whose person is not held."""
    over = requests.c.state == "pending", requests.c.due_at <= bindparam("moment"), not_held(requests.c.alias)
    return _ids(*over).order_by(requests.c.due_at)


def _to_be_wiped() -> Select[tuple[str]]:
    """Those whose key is destroyed and whose traces are not."""
    return _ids(requests.c.state == "erased")


def _released() -> Select[tuple[str]]:
    """Those of whose keys no client can hold one any more."""
    offset, revoked_at = requests.c.revocation_offset, requests.c.revoked_at
    outlived = and_(offset <= bindparam("by_living"), revoked_at <= bindparam("outlived_before"))
    by_all = or_(offset <= bindparam("by_all"), outlived)
    highest = offset <= bindparam("highest")  # the range of the index
    return _ids(requests.c.state == "revoked", highest, by_all).order_by(offset)


def _ids(*conditions: ColumnElement[bool]) -> Select[tuple[str]]:
    return select(requests.c.id).where(_ERASURE, *conditions)


DUE = select(
    union_all(
        *(select(query.limit(BATCH).subquery().c.id) for query in (_window_over(), _to_be_wiped(), _released()))
    ).subquery()
)
"""The ids of all of them in one statement, built once: it is asked after every step."""
