"""What consent itself knows of a person, for the person's own eyes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from infra.db.engine import Database
from schemas.purposes import INDIVIDUALS
from services.consent.erasure.cases import read_time
from services.consent.ledger import Standing
from services.consent.rights.filed import living
from services.consent.tables import hand_ins


@dataclass(frozen=True, slots=True)
class HandIn:
    """One assessment that was handed in."""

    id: str
    at: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Where the person stands, and what was handed in, the newest first."""

    standing: Standing
    hand_ins: Sequence[HandIn]

    @property
    def is_individual(self) -> bool:
        """Whether the person came without an organisation."""
        return self.standing.tenant == INDIVIDUALS

    def owns(self, assessment: str) -> bool:
        """Whether it is one of theirs."""
        return any(one.id == assessment for one in self.hand_ins)

    def last(self) -> str | None:
        """When the newest was handed in, from which storage times count."""
        return max((one.at for one in self.hand_ins), key=read_time, default=None)


class Profiles:
    """Reads them. Callers have proved who they are; an alias is theirs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, alias: str) -> Profile:
        """The person's. Raises AlreadyErased."""
        own = hand_ins.c.alias == alias, hand_ins.c.purpose == "scoring"
        wanted = select(hand_ins.c.event_id, hand_ins.c.handed_in_at).where(*own)
        newest = wanted.order_by(hand_ins.c.handed_in_at.desc(), hand_ins.c.event_id)
        async with self._database.read() as connection:
            standing = await living(connection, alias)
            rows = await connection.execute(newest)
            return Profile(standing, [HandIn(row.event_id, row.handed_in_at) for row in rows])
