"""What the stores gave back, opened by the subkeys of the purpose for which it was asked. Pure.

A piece whose domain the purpose does not open stays closed, and is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from infra.crypto.sealed import Context, open_sealed
from schemas.draft import DRAFT_PLACE, DRAFT_SCHEMA
from schemas.events import DETAIL_SCHEMA, HAND_IN_SCHEMA, REFERENCE_SCHEMA, RESULT_SCHEMA, TRAIL_SCHEMA
from schemas.keys import Domain, Subkey
from schemas.result import whole
from schemas.rights import ACT_SCHEMA, Held, HeldAct, HeldAssessment, HeldDelivery, HeldDraft, HeldTrail
from schemas.topics import AUDIT_ENTRIES, SCORED, SUBMITTED
from services.consent.ledger import Standing

Document = dict[str, Any]


@dataclass(slots=True)
class Assessment:
    """One assessment, from whichever stores hold something of it; the documents are those of `schemas`."""

    id: str
    told: HeldAssessment | None = None
    hand_in: Document | None = None
    result: Document | None = None
    detail: Document | None = None
    trail: Document | None = None
    reference: str | None = None
    index: int | None = None

    @property
    def answers(self) -> Document | None:
        """The answers, as they were handed in or else as they were scored."""
        if self.hand_in is not None:
            answers: Document = self.hand_in["assessment"]
            return answers
        return None if self.trail is None else self.trail["answers"]


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens what belongs to one person."""

    standing: Standing
    subkeys: Mapping[Domain, Subkey]
    _found: dict[str, Assessment] = field(default_factory=dict)

    def assessments(self, held: Iterable[Held]) -> list[Assessment]:
        """All of them by time, those of unknown time first. Raises NotOpened for what is none of this person's."""
        for one in held:
            if isinstance(one, HeldAct | HeldDelivery | HeldDraft):
                continue
            found = self._found.setdefault(one.id, Assessment(one.id))
            if isinstance(one, HeldTrail):
                self._open_trail(found, one)
            else:
                self._open(found, one)
        return sorted(self._found.values(), key=lambda one: (one.told.submitted_at if one.told else "", one.id))

    def drafts(self, held: Iterable[Held]) -> list[Document]:
        """Unfinished questionnaires; there is one at most."""
        return [
            {"id": one.id, "saved_at": one.saved_at, "ends_at": one.ends_at} | opened
            for one in held
            if isinstance(one, HeldDraft)
            and (opened := self._opened("answers", one.sealed, DRAFT_PLACE, DRAFT_SCHEMA, one.id)) is not None
        ]

    def looked(self, held: Sequence[Held]) -> list[Document]:
        """Who looked, by role, when and why, the oldest first: auditors, and the organisation whenever it was told.

        Which of the officers it was is the controller's to know (CJEU C-579/21, Pankki S).
        """
        looked = [*self._acts(held), *map(_told, (one for one in held if isinstance(one, HeldDelivery)))]
        return sorted(looked, key=lambda one: (one["at"] or "", one["entry"]))

    def _acts(self, held: Iterable[Held]) -> list[Document]:
        acts = [one for one in held if isinstance(one, HeldAct)]
        place = AUDIT_ENTRIES.name, ACT_SCHEMA
        return [
            {"by": "auditor", "did": one.kind, "at": one.at, "entry": one.id}
            | {
                name: value
                for name, value in (self._opened("trail", one.sealed, *place, one.id) or {}).items()
                if name != "officer"
            }
            for one in acts
        ]

    def _open(self, found: Assessment, held: HeldAssessment) -> None:
        found.told = held
        found.hand_in = self._opened("answers", held.hand_in, SUBMITTED.name, HAND_IN_SCHEMA, held.id)
        found.detail = self._opened("detail", held.detail, SCORED.name, DETAIL_SCHEMA, held.id)
        told = self._opened("result", held.result, SCORED.name, RESULT_SCHEMA, held.id)
        found.result = told if told is None or found.detail is None else whole(told, found.detail)
        name = self._raw("reference", held.reference, SUBMITTED.name, REFERENCE_SCHEMA, held.id)
        found.reference = None if name is None else name.decode()

    def _open_trail(self, found: Assessment, held: HeldTrail) -> None:
        found.index = held.index
        found.trail = self._opened("trail", held.trail, SCORED.name, TRAIL_SCHEMA, held.id)

    def _opened(self, domain: Domain, sealed: bytes | None, topic: str, schema: str, event: str) -> Document | None:
        opened = self._raw(domain, sealed, topic, schema, event)
        return None if opened is None else msgspec.json.decode(opened)

    def _raw(self, domain: Domain, sealed: bytes | None, topic: str, schema: str, event: str) -> bytes | None:
        subkey = self.subkeys.get(domain)
        if sealed is None or subkey is None:
            return None
        place = Context(self.standing.tenant, self.standing.alias, topic, schema, event, self.standing.key_id)
        return open_sealed(subkey, sealed, place)


def _told(one: HeldDelivery) -> Document:
    return {"by": "organisation", "did": f"delivered-{one.what}", "at": one.at, "entry": one.entry, "event": one.id}
