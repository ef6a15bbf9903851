"""Rectification (GDPR Art. 16): a corrected hand-in is scored anew, and its result supersedes the earlier one.

The person may ask first, and then hand the correction in, or hand it in at once: the correction is the request then.
What was superseded stays as it was computed, marked so in the series, in the log, and to who received it.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now
from infra.db.engine import Database
from schemas.rights import Corrected
from services.consent.entries import Actor
from services.consent.erasure.cases import read_time
from services.consent.ledger import Standing
from services.consent.rights.filed import OPEN, AlreadyErased, Filed, Filing, first, living, new_request
from services.consent.rights.notices import Notices
from services.consent.tables import hand_ins, requests


class UnknownAssessment(Exception):
    """The person has no such assessment."""


class Rectifications:
    """Corrections of persons who have proved who they are."""

    def __init__(self, database: Database, filing: Filing, notices: Notices) -> None:
        self._database = database
        self._filing = filing
        self._notices = notices

    async def open(
        self, alias: str, assessment: str, actor: Actor = "person", *, within: AsyncConnection | None = None
    ) -> Filed:
        """Ask for a correction of an assessment; it waits for the corrected answers. Raises UnknownAssessment."""
        async with self._database.write(within) as connection:
            standing = await living(connection, alias)
            await demand_own(connection, alias, assessment)
            known = await _open(connection, alias, assessment)
            return known or await self._file(connection, standing, assessment, actor, None)

    async def take(self, alias: str, corrected: Corrected) -> None:
        """Close the request whose correction was scored; a repetition changes nothing."""
        async with self._database.write() as connection:
            try:
                standing = await living(connection, alias)
            except AlreadyErased:
                return
            own = requests.c.alias == alias, requests.c.type == "rectification"
            if await first(connection, *own, requests.c.outcome == _outcome(corrected)) is not None:
                return
            known = await _open(connection, alias, corrected.assessment)
            filed = known or await self._file(
                connection, standing, corrected.assessment, corrected.actor, corrected.asked_at
            )
            fields = [("assessment", corrected.assessment), ("superseded_by", corrected.by)]
            await self._filing.record(connection, standing, "superseded", fields)
            await self._filing.close(connection, standing, filed, _outcome(corrected))
            await self._notices.issue_rectified(connection, standing, filed, corrected.by)

    async def _file(
        self,
        connection: AsyncConnection,
        standing: Standing,
        assessment: str,
        actor: Actor,
        asked_at: str | None,
    ) -> Filed:
        opened_at = now() if asked_at is None else read_time(asked_at)
        filed = Filed(new_request(), "rectification", "pending", opened_at, assessment=assessment)
        return await self._filing.file(connection, standing, filed, [("assessment", assessment)], actor)


async def demand_own(connection: AsyncConnection, alias: str, assessment: str) -> None:
    """Raise UnknownAssessment where this person handed in nothing of this id."""
    own = hand_ins.c.alias == alias, hand_ins.c.event_id == assessment, hand_ins.c.purpose == "scoring"
    if await connection.scalar(select(hand_ins.c.event_id).where(*own)) is None:
        raise UnknownAssessment(assessment)


async def _open(connection: AsyncConnection, alias: str, assessment: str) -> Filed | None:
    own = requests.c.alias == alias, requests.c.type == "rectification"
    return await first(connection, *own, requests.c.assessment == assessment, requests.c.state.in_(OPEN))


def _outcome(corrected: Corrected) -> str:
    """The outcome names what took its place, by which a repetition is known."""
    return f"superseded-by-{corrected.by}"
