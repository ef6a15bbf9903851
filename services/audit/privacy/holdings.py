"""What audit holds about one person, as it goes into the answer to an access request."""

from collections.abc import Sequence

from schemas.rights import Held
from schemas.topics import SCORED
from services.audit.reading.loop import ReadingLoop
from services.audit.store import Store


class Holdings:
    """Reads it from the store; nothing is opened."""

    def __init__(self, store: Store, reading: ReadingLoop) -> None:
        self._store = store
        self._reading = reading

    async def of(self, alias: str) -> Sequence[Held]:
        """The trails of the person and the acts of auditors, once all that was scored by now is in the log."""
        await self._reading.caught_up(SCORED)
        return await self._store.held_of(alias)
