"""Saving an unfinished questionnaire for whoever asks for it, and opening it again by its claim code.

What is kept is sealed for the person's `answers`, under a key that the ledger gives for the purpose `draft` only.
Whoever opens one leaves an entry `viewed`.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import msgspec
import structlog

from infra.clock import now, written
from infra.crypto.sealed import Context, open_sealed, seal
from infra.http.problems import Problem, unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.draft import DRAFT_PLACE, DRAFT_SCHEMA, MOST_BYTES, Unfinished
from schemas.keys import CreatedKey, NewPerson, RecordDraft, ReleasedKey, Subkey
from schemas.purposes import DRAFT_DAYS, INDIVIDUALS
from services.intake.handing_in.draft_store import Draft, DraftStore
from services.intake.results.views import NotRecorded, Views, viewed

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed to before anything is kept: which notice was shown in which language."""

    notice: str
    language: str


class Drafts:
    """Drafts of people who came by themselves."""

    def __init__(self, store: DraftStore, keys: KeyClient, views: Views) -> None:
        self._store = store
        self._keys = keys
        self._views = views

    async def save(self, unfinished: Unfinished, agreed: Agreed, token: str, claim_code: str | None = None) -> str:
        """Keep it; gives the claim code. The same form sent again with the same token is the same draft.

        With a claim code it takes the place of that person's earlier draft. Raises Problem: 403 for a claim code that
        opens nothing and where the ledger says no, 410, 413, 422 for another form under the same token, 503.
        """
        body = msgspec.json.encode(unfinished)
        if len(body) > MOST_BYTES:
            raise Problem(413, "too-large", "The form is too large")
        record = RecordDraft("draft", "consent", agreed.notice, agreed.language)
        person = NewPerson(_event_id(token, claim_code), (record,), claim_code=claim_code, purpose="draft")
        try:
            async with self._keys.created(INDIVIDUALS, [person]) as (key,):
                return await self._keep(key, body)
        except KeysUnavailable:
            raise unavailable("The consent service") from None

    async def open(self, claim_code: str) -> Unfinished | None:
        """The draft of this claim code; None where there is none or it may not be opened. Raises Problem (503)."""
        try:
            alias = await self._keys.resolve(claim_code)
            draft = None if alias is None else await self._store.of(alias)
            if draft is None or draft.ends_at <= written(now()):
                return None
            async with self._keys.held("draft", [draft.alias]) as released:
                key = released[draft.alias]
                if key.status != "released":
                    return None
                opened = open_sealed(key.subkeys["answers"], draft.sealed, _place(draft.id, key))
                await self._views.seen([viewed("draft", [], key.subkeys["trail"])])
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except NotRecorded:
            raise unavailable("The record of who looked at what") from None
        return msgspec.json.decode(opened, type=Unfinished)

    async def finish(self, claim_code: str) -> None:
        """End the draft of this claim code, once what it became is handed in.

        Where consent does not answer it stays until its time is over.
        """
        try:
            alias = await self._keys.resolve(claim_code)
        except KeysUnavailable as error:
            log.warning("draft-left-until-its-time-is-over", reason=str(error))
            return
        if alias is not None:
            await self._store.end([(alias, None)], now())
            await self.sweep()

    async def sweep(self) -> int:
        """Delete what has ended, where neither a legal hold nor a restriction stands; gives how many there were.

        Where consent does not say who is held, nothing is deleted until it does.
        """
        moment = now()
        ended = await self._store.ended(moment)
        if not ended:
            return 0
        try:
            held = await self._keys.on_hold(ended)
        except KeysUnavailable as error:
            log.warning("drafts-wait-to-be-deleted", drafts=len(ended), reason=str(error))
            return 0
        return await self._store.delete([alias for alias in ended if alias not in held], moment)

    async def _keep(self, key: CreatedKey, body: bytes) -> str:
        if key.status == "refused":
            raise Problem(403, "refused", "Refused by the consent ledger", f"The reason is: {key.reason}.")
        if key.status == "gone":
            raise _gone()
        place = _place(key.event_id, key)
        known = await self._store.of(key.alias)
        if known is not None and known.id == key.event_id and open_sealed(_answers(key), known.sealed, place) != body:
            raise _another_form()
        sealed = seal(_answers(key), body, place)
        saved = now()
        ends = written(saved + timedelta(days=DRAFT_DAYS))
        if not await self._store.save(Draft(key.alias, key.event_id, sealed, written(saved), ends, key.sequence)):
            raise _gone()
        # A withdrawal that reached this process before the draft was stored found nothing to delete.
        if self._keys.cache.overtaken(ReleasedKey(key.alias, "released", sequence=key.sequence)):
            await self._store.end([(key.alias, None)], now())
            raise Problem(403, "refused", "Refused by the consent ledger", "What you agreed to changed meanwhile.")
        return key.claim_code or ""


def _event_id(token: str, claim_code: str | None) -> str:
    """Of a kind that no assessment has: whoever knows the id of one gets nobody's claim code by it.

    With another claim code, or without the one that was sent, it is another draft.
    """
    return sha256(b"careerpulse/draft/v1" + token.encode() + (claim_code or "").encode()).hexdigest()[:32]


def _answers(key: CreatedKey) -> Subkey:
    return key.subkeys["answers"]


def _another_form() -> Problem:
    return Problem(
        422, "token-reused", "Another form under the same token", "It was saved before as it was; open the page anew."
    )


def _place(event_id: str, key: CreatedKey | ReleasedKey) -> Context:
    return Context(INDIVIDUALS, key.alias, DRAFT_PLACE, DRAFT_SCHEMA, event_id, key.key_id)


def _gone() -> Problem:
    return Problem(410, "gone", "Erased", "The person of this draft was erased; it is not kept again.")
