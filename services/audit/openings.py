"""Opening a trail: for a stated purpose, by a key that consent releases, and with an entry before it is shown.

What is opened is proven: the sealed trail has the hash in the entry, and its fields with their salts give the
commitment. `result` and `detail` are functions of the answers in the trail and of the version, and computed anew.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from infra.crypto.salted_fields import SaltedField, commit, salted
from infra.crypto.sealed import Context, NotOpened, open_sealed
from infra.http.problems import unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.entry import SCORED_FIELDS, canonical, payload_name
from schemas.events import TRAIL_SCHEMA, Cause
from schemas.keys import ReleasedKey
from schemas.purposes import Purpose
from schemas.topics import SCORED
from services.audit.acts import Act, Acts, By, Erased, Holder
from services.audit.reading.arrivals import Trail
from services.audit.store import Store
from services.methodology.finding import Refused
from services.methodology.version import UnknownVersion, load


@dataclass(frozen=True, slots=True)
class Opened:
    """A decision as it was taken: its event, the trail, and the salted fields that the entry's commitment binds."""

    event_id: str
    trail: Mapping[str, Any]
    fields: tuple[SaltedField, ...]


@dataclass(frozen=True, slots=True)
class Closed:
    """A decision that stays sealed: `reason` in the words of the ledger, or ours, says why."""

    reason: str


class Openings:
    """Opens trails for auditors."""

    def __init__(self, store: Store, keys: KeyClient, acts: Acts) -> None:
        self._store = store
        self._keys = keys
        self._acts = acts

    async def open(
        self, entries: Mapping[int, bytes], stated: str, purpose: Purpose, by: By, *, log: int = 0
    ) -> dict[int, Opened | Closed]:
        """The trails of these entries of one log by index; entries that no trail belongs to are left out.

        Raises Problem (503) where consent, or the record of the opening, is away: nothing was opened then.
        """
        found = await self.trails(entries, log)
        aliases = list(dict.fromkeys(trail.alias for trail in found.values()))
        try:
            async with self._keys.held(purpose, aliases) as released:
                opened = await asyncio.to_thread(_all_proven, entries, found, released)
                shown = [(index, found[index]) for index, one in opened.items() if isinstance(one, Opened)]
                acts = [
                    _act(entries[at], trail, released[trail.alias], stated, purpose, by=by) for at, trail in shown
                ]
                if acts:
                    await self._acts.record(*acts)
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            return dict.fromkeys(found, Closed("erased"))
        return opened

    async def trails(self, entries: Mapping[int, bytes], log: int = 0) -> dict[int, Trail]:
        """The trail of each entry of this log whose payload it is."""
        kept = await self._store.trails_at(list(entries), log)
        return {
            index: trail
            for index, trails in kept.items()
            for trail in trails
            if orjson.loads(entries[index]).get("payload") == payload_name(trail.sealed)
        }


def cause_of(entry: bytes) -> Cause:
    """The place of a decision's record, as the cause of what is done about it; `entry` is the decision's."""
    placed = orjson.loads(entry)
    topic, _, partition = placed["source"].partition("/")
    return Cause(topic, int(partition), placed["place"])


def proven(entry: bytes, trail: Trail, key: ReleasedKey) -> Opened | Closed:
    """The decision of an entry, opened by this key and held against what the entry binds."""
    found = _opened(trail, key)
    return found if isinstance(found, Closed) else _with_fields(entry, *found)


def _act(entry: bytes, trail: Trail, key: ReleasedKey, stated: str, purpose: Purpose, *, by: By) -> Act:
    return Act(
        "key-released-to-a-human",
        (("purpose", stated), ("key", purpose), ("event", trail.event_id), ("tenant", trail.tenant)),
        Holder(key.subkeys["trail"], key.key_id, trail.alias, trail.tenant),
        cause_of(entry),
        by,
        about=trail.event_id,
    )


def _opened(trail: Trail, key: ReleasedKey) -> tuple[Trail, ReleasedKey, bytes] | Closed:
    if key.status == "refused":
        return Closed(key.reason or "refused")
    place = Context(trail.tenant, trail.alias, SCORED.name, TRAIL_SCHEMA, trail.event_id, key.key_id)
    try:
        return trail, key, open_sealed(key.subkeys["trail"], trail.sealed, place)
    except NotOpened as error:
        return Closed(f"not-opened: {error}")


def _all_proven(
    entries: Mapping[int, bytes], found: Mapping[int, Trail], released: Mapping[str, ReleasedKey]
) -> dict[int, Opened | Closed]:
    return {index: proven(entries[index], trail, released[trail.alias]) for index, trail in found.items()}


def _with_fields(entry: bytes, trail: Trail, key: ReleasedKey, plain: bytes) -> Opened | Closed:
    document = orjson.loads(plain)
    try:
        scored = load(document["methodology"]["version"]).score(document["answers"])
    except UnknownVersion as error:
        return Closed(f"not-computed: {error}")
    except Refused:
        return Closed("not-computed: the installed version does not take these answers")
    result, detail, _ = map(canonical, scored.documents())
    values: Sequence[bytes] = (trail.tenant.encode(), result, detail, plain)
    fields = salted(key.subkeys["trail"], trail.event_id, list(zip(SCORED_FIELDS, values, strict=True)))
    if commit(fields) != orjson.loads(entry).get("commitment"):
        return Closed("not-reproduced: the installed methodology gives other bytes than the commitment binds")
    return Opened(trail.event_id, document, fields)
