"""What intake does every minute: what is old is deleted, and the door closes behind too long a backlog."""

import asyncio
from datetime import datetime, timedelta

from infra.clock import now, written
from infra.kafka.entry_outbox import EntryOutbox
from schemas.topics import RETENTION_HOURS
from services.intake.assessments.store import Store
from services.intake.handing_in.admission import Admission
from services.intake.handing_in.drafts import Drafts
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.organisations.register import Organisations
from services.intake.results.notices import Notices
from services.intake.results.outlets import Outlets


class Housekeeping:
    """One round of it."""

    def __init__(
        self,
        *,
        idempotency_keys: IdempotencyKeys,
        drafts: Drafts,
        organisations: Organisations,
        channels: Outlets,
        notices: Notices,
        outbox: EntryOutbox,
        store: Store,
        admission: Admission,
    ) -> None:
        self._idempotency_keys = idempotency_keys
        self._drafts = drafts
        self._organisations = organisations
        self._channels = channels
        self._notices = notices
        self._outbox = outbox
        self._store = store
        self._admission = admission

    async def keep(self) -> None:
        """Do it once."""
        await asyncio.gather(self._idempotency_keys.expire(), self._drafts.sweep())
        await self._organisations.look()
        await self._channels.forget()
        await self._notices.report()
        await self._outbox.forget(before=written(now() - timedelta(hours=RETENTION_HOURS)))
        oldest = await self._store.oldest_unfinished()
        self._admission.backlog(datetime.fromisoformat(oldest) if oldest else None, now())
