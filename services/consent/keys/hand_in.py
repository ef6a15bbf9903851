"""Who hands in? The plan of a call `keys:create`, made before anything is written. Pure.

A known event id is answered as before, unless a claim code comes with it that is not its person's: a repetition skips
no check of identity. The same `external_id` is the same person, a claim code that of the series it belongs to; every
other hand-in is a new person.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from infra.crypto.claim_code import NotAClaimCode, canonical
from schemas.keys import NewPerson
from services.consent.keys.handles import HandleKind, handle

GONE = None
"""In place of an alias: the person of this event was erased."""


@dataclass(frozen=True, slots=True)
class Named:
    """A hand-in with the digest of the handle that names its person, if one does."""

    person: NewPerson
    kind: HandleKind | None = None
    digest: bytes = b""


@dataclass(slots=True)
class Plan:
    """What is to be done.

    `answers` maps event ids to an alias or GONE; `refused` event ids to a reason; `fresh` are the aliases to be made,
    `handles` those of them that an `external_id` names, and `added` the event ids that are not stored yet; `told` are
    the event ids of the invited whose claim code is told with the answer.
    """

    answers: dict[str, str | None] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, NewPerson] = field(default_factory=dict)
    handles: dict[tuple[HandleKind, bytes], str] = field(default_factory=dict)
    added: dict[str, NewPerson] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


def named(handle_key: bytes, person: NewPerson) -> Named:
    """The hand-in with its handle. A mistyped claim code is a handle that nobody has; the code of an employee who was
    invited names nobody, but proves (`keys.invited`).
    """
    if person.claim_code is not None and not person.invited:
        try:
            return Named(person, "claim-code", handle(handle_key, "claim-code", canonical(person.claim_code)))
        except NotAClaimCode:
            return Named(person, "claim-code")
    if person.external_id is not None:
        return Named(person, "external-id", handle(handle_key, "external-id", person.external_id.encode()))
    return Named(person)


def plan(
    hand_ins: Sequence[Named],
    known_events: Mapping[str, str | None],
    known_handles: Mapping[tuple[HandleKind, bytes], str],
    new_alias: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Plan:
    """The plan for these hand-ins of one tenant, given what the database knows of their events and handles."""
    made = Plan()
    for one in hand_ins:
        event_id = one.person.event_id
        if event_id in made.answers or event_id in made.refused:
            continue
        alias = _named_alias(one, known_handles, made)
        if event_id in known_events:
            known = known_events[event_id]
            if known is not GONE and one.kind == "claim-code" and alias != known:
                made.refused[event_id] = "another-person"
            else:
                made.answers[event_id] = known
            continue
        if (reason := _misnamed(one, alias)) is not None:
            made.refused[event_id] = reason
            continue
        alias = one.person.alias or alias
        made.answers[event_id] = alias or _fresh(one, made, new_alias())
        made.added[event_id] = one.person
    return made


def strike(made: Plan, refusals: Mapping[str, str]) -> None:
    """Take out the hand-ins that the ledger refuses, and the new persons for whom none is left."""
    for event_id, reason in refusals.items():
        made.refused[event_id] = reason
        made.answers.pop(event_id, None)
        made.added.pop(event_id, None)
    left = set(made.answers.values())
    made.fresh = {alias: person for alias, person in made.fresh.items() if alias in left}
    made.handles = {place: alias for place, alias in made.handles.items() if alias in made.fresh}


def handles_of(hand_ins: Iterable[Named], kind: HandleKind) -> list[bytes]:
    """The digests of one kind, each once."""
    return list({one.digest for one in hand_ins if one.kind == kind and one.digest})


def _named_alias(one: Named, known: Mapping[tuple[HandleKind, bytes], str], made: Plan) -> str | None:
    if one.kind is None:
        return None
    place = (one.kind, one.digest)
    return known.get(place) or made.handles.get(place)


def _misnamed(one: Named, alias: str | None) -> str | None:
    """Why the person that is named cannot be taken."""
    if alias is None and one.kind == "claim-code":
        return "unknown-claim-code"
    if one.person.alias is not None and one.kind is not None and alias != one.person.alias:
        return "another-person"
    return None


def _fresh(one: Named, made: Plan, alias: str) -> str:
    made.fresh[alias] = one.person
    if one.kind is not None:
        made.handles[one.kind, one.digest] = alias
    return alias
