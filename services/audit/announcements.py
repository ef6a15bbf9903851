"""What is seen at a start: a version of the methodology that this software brings, a key of the log's own, settings.

Each is said once. Who made the change was no service: it is seen at the next start and stored with its entry in one
transaction.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import now, written
from infra.db.configuration import Change, Configuration
from infra.db.engine import Database
from services.audit.acts import Act, Acts, By
from services.audit.tables import announced, configurations
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.state import State
from services.methodology.version import PUBLISHED, load

_OPERATOR = By("operator")


class Announcements:
    """What was said, in the database."""

    def __init__(self, database: Database, acts: Acts) -> None:
        self._database = database
        self._acts = acts

    async def make(self, states: Sequence[State], effective: Mapping[str, str], taking: int | None = None) -> None:
        """Say what was not said yet: which of these settings are others than before, published versions, each change
        of a log's key, and of each log that takes no entries any more, because `taking` is less, the checkpoint at
        which it was frozen.
        """
        await Configuration(self._database, configurations, self._configured).tell(effective)
        async with self._database.write() as connection:
            known = set(await connection.scalars(select(announced.c.what)))
            for version in PUBLISHED:
                methodology = load(version).hash
                fields = (("version", version), ("methodology", methodology))
                act = Act("methodology-published", fields, by=_OPERATOR, methodology=methodology)
                await self._say(connection, known, f"methodology/{methodology}", act)
            for state in states:
                for before, after in pairwise((*state.former, state.key)):
                    fields = (("before", before.encode()), ("after", after.encode()))
                    await self._say(connection, known, _named(after), Act("log-key-changed", fields, by=_OPERATOR))
            for state in states[len(states) if taking is None else taking :]:
                await self._say(connection, known, f"frozen/{state.key.name}/{state.size}", _frozen(state))
        self._acts.wake()

    async def _configured(self, connection: AsyncConnection, change: Change) -> str:
        names, document = ", ".join(change.names), change.document.decode()
        fields = (("setting", "environment"), ("names", names), ("document", document))
        (entry,) = await self._acts.put(connection, Act("configuration-changed", fields, by=_OPERATOR))
        return entry

    async def _say(self, connection: AsyncConnection, known: set[str], what: str, act: Act) -> None:
        if what not in known:
            await connection.execute(insert(announced).values(what=what, at=written(now())))
            await self._acts.put(connection, act)


def _frozen(state: State) -> Act:
    fields = (
        ("setting", "AUDIT_LOGS"),
        ("change", "frozen"),
        ("log", state.key.name),
        ("size", str(state.size)),
        ("root", state.root.hex()),
    )
    return Act("configuration-changed", fields, by=_OPERATOR)


def _named(key: VerifierKey) -> str:
    return f"log-key/{key.encode()}"
