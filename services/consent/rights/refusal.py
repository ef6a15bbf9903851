"""A right that does not hold, refused at once: its person is told why and what remains (GDPR Art. 12(4)), and the log
keeps that it was refused, in the transaction that finds so.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.engine import Database
from schemas.remedies import REMEDIES
from services.consent.entries import Actor
from services.consent.rights.asked import Asked
from services.consent.rights.filed import Filing, living


class RightRefused(Exception):
    """Says why. `kind` and `title` name the refusal in the answer; it is raised before anything is changed."""

    kind: ClassVar[str]
    title: ClassVar[str]


class Refusals:
    """The transactions in which rights are carried out or refused."""

    def __init__(self, database: Database, filing: Filing) -> None:
        self._database = database
        self._filing = filing

    @asynccontextmanager
    async def transaction(self, alias: str, asked: Asked, actor: Actor = "person") -> AsyncIterator[AsyncConnection]:
        """A transaction that a refusal commits as well, with its entry `request-refused`, before it is raised."""
        refused: RightRefused | None = None
        async with self._database.write() as connection:
            try:
                yield connection
            except RightRefused as refusal:
                standing, told = await living(connection, alias), _told(asked, refusal)
                await self._filing.record(connection, standing, "request-refused", told, actor)
                refused = refusal
        if refused is not None:
            raise refused


def _told(asked: Asked, refusal: RightRefused) -> list[tuple[str, str]]:
    """What was asked for, and what was answered."""
    remedies = " ".join(one.article for one in REMEDIES)
    return [*asked.named, ("refusal", refusal.kind), ("reason", str(refusal)), ("remedies", remedies)]
