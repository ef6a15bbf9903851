"""How long what is kept: storage limitation (GDPR Art. 5(1)(e)), for each organisation and category."""

from typing import Final, Literal, get_args

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schemas.purposes import DRAFT_DAYS, Purpose
from services.consent.tables import retention

Category = Literal[
    "assessments",
    "earlier-assessments",
    "requests",
    "codes",
    "statistics",
    "research",
    "retention-beyond-result",
    "legal-claim",
]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)
DEFAULT_DAYS: Final[dict[Category, int]] = {
    "assessments": 730,
    "earlier-assessments": 730,
    "requests": 1_095,
    "codes": 14,
    "statistics": 730,
    "research": 730,
    "retention-beyond-result": 3_650,
    "legal-claim": 1_095,
}
"""Where nobody has set another time. `assessments`: a person with all that is theirs, from the last hand-in on;
`earlier-assessments`: each assessment of a person who has handed in since, from its own hand-in on; `requests`: a
request with its receipt and notices, from its end on (three years, in which most claims become statute-barred);
`codes`: a code that an organisation obtained for an employee, until it is used. The others are purposes: how long
their record holds, from when it was given on; then it has expired, and whoever wants it to go on is asked anew.
"""
_ENDS_BY_ITSELF: Final[dict[Purpose, Category]] = {
    "statistics": "statistics",
    "research": "research",
    "retention-beyond-result": "retention-beyond-result",
    "legal-claim": "legal-claim",
}
EXPIRING: Final[tuple[Purpose, ...]] = (*_ENDS_BY_ITSELF, "draft")
"""The purposes whose records expire while their person stays; the others end with what was handed in."""
LONGEST_DAYS: Final = 3_650


async def kept_days(connection: AsyncConnection, tenant: str, category: Category) -> int:
    """The days that hold for a tenant."""
    set_by_it = await connection.scalar(
        select(retention.c.days).where(retention.c.tenant == tenant, retention.c.category == category)
    )
    return DEFAULT_DAYS[category] if set_by_it is None else int(set_by_it)


async def storage_days(connection: AsyncConnection, tenant: str, purpose: Purpose) -> int:
    """How long what serves a purpose is stored: from its record on for those that expire by themselves, of a draft
    from its last saving, else from the last hand-in.
    """
    if purpose == "draft":
        return DRAFT_DAYS
    return await kept_days(connection, tenant, _ENDS_BY_ITSELF.get(purpose, "assessments"))


async def all_kept_days(connection: AsyncConnection, tenant: str) -> dict[Category, int]:
    """Those of every category."""
    return {category: await kept_days(connection, tenant, category) for category in CATEGORIES}


async def set_days(connection: AsyncConnection, tenant: str, category: Category, days: int) -> None:
    """Set them for a tenant. Raises ValueError where it would be no limit."""
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"{days} days; from 1 to {LONGEST_DAYS} can be set")
    mine = retention.c.tenant == tenant, retention.c.category == category
    await connection.execute(delete(retention).where(*mine))
    await connection.execute(insert(retention).values(tenant=tenant, category=category, days=days))
