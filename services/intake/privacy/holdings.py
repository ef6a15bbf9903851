"""What intake holds about one person, as it goes into the answer to an access or portability request."""

from collections.abc import Sequence

from schemas.rights import Held, HeldAssessment, HeldDraft
from services.intake.assessments.rows import Row
from services.intake.assessments.store import Store
from services.intake.handing_in.draft_store import Draft, DraftStore


class Holdings:
    """Reads them from the store; nothing is opened."""

    def __init__(self, store: Store, drafts: DraftStore) -> None:
        self._store = store
        self._drafts = drafts

    async def of(self, alias: str) -> Sequence[Held]:
        """All assessments of the person, the newest first, what of them was delivered, and their draft."""
        kept: list[Held] = [_held(row) for row in await self._store.newest_of(alias)]
        draft = await self._drafts.of(alias)
        return [*kept, *await self._store.delivered_of(alias), *([] if draft is None else [_unfinished(draft)])]


def _held(row: Row) -> HeldAssessment:
    return HeldAssessment(
        row.id,
        row.state,
        row.submitted_at,
        ended_at=row.ended_at,
        reason=row.reason,
        superseded_by=row.superseded_by,
        hand_in=row.hand_in,
        result=row.result,
        detail=row.detail,
        reference=row.reference,
    )


def _unfinished(draft: Draft) -> HeldDraft:
    return HeldDraft(draft.id, draft.saved_at, draft.ends_at, draft.sealed)
