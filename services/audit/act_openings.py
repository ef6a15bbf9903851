"""Opening acts: who looked, who overruled and why, for a stated purpose, with an entry before it is shown.

What is opened is proven: the sealed fields have the hash in the entry, and with their salts they give its commitment.
An act that concerned a person opens by that person's key, as long as there is one; any other by audit's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from infra.crypto.salted_fields import SaltedField, commit
from infra.crypto.sealed import NotOpened
from infra.http.problems import unavailable
from infra.keys.client import KeyClient, KeysUnavailable
from schemas.entry import payload_name
from schemas.keys import ReleasedKey
from schemas.purposes import Purpose
from services.audit.acts import SOURCE, Act, Acts, By, Erased, Holder, SealedAct
from services.audit.openings import Closed
from services.audit.reading.selection import OUTBOX

_OURS = f"{OUTBOX}{SOURCE}"


@dataclass(frozen=True, slots=True)
class OpenedAct:
    """What was done: the id of its entry, and the salted fields that the entry's commitment binds."""

    event_id: str
    fields: tuple[SaltedField, ...]


class ActOpenings:
    """Opens acts for officers."""

    def __init__(self, keys: KeyClient, acts: Acts) -> None:
        self._keys = keys
        self._acts = acts

    async def open(
        self, entries: Mapping[int, bytes], stated: str, purpose: Purpose, by: By
    ) -> dict[int, OpenedAct | Closed]:
        """The acts of these entries by index; entries of something else are left out.

        Raises Problem (503) where consent, or the record of the opening, is away: nothing was opened then.
        """
        found = await self._found(entries)
        aliases = sorted({act.alias for act in found.values() if act.alias})
        try:
            async with self._keys.held(purpose, aliases) as released:
                opened = {index: self._opened(entries[index], act, released) for index, act in found.items()}
                shown = {index: found[index] for index, one in opened.items() if isinstance(one, OpenedAct)}
                if shown:
                    await self._acts.record(*_acts(shown, released, stated, purpose, by))
        except KeysUnavailable:
            raise unavailable("The consent service") from None
        except Erased:
            return dict.fromkeys(found, Closed("erased"))
        return opened

    async def is_kept(self, entry: bytes) -> bool:
        """Whether an entry is one of an act that could be opened."""
        return bool(await self._found({0: entry}))

    async def _found(self, entries: Mapping[int, bytes]) -> dict[int, SealedAct]:
        """The act of each entry whose payload it is; only what our own outbox brought can be one."""
        told = {index: orjson.loads(entry) for index, entry in entries.items()}
        stated = {index: one for index, one in told.items() if one.get("source") == _OURS}
        kept = {one.entry: one for one in await self._acts.kept([one["id"] for one in stated.values()])}
        return {
            index: kept[one["id"]]
            for index, one in stated.items()
            if one["id"] in kept and one.get("payload") == payload_name(kept[one["id"]].sealed)
        }

    def _opened(self, entry: bytes, act: SealedAct, released: Mapping[str, ReleasedKey]) -> OpenedAct | Closed:
        holder: Holder | None = None
        if act.alias:
            key = released[act.alias]
            if key.status == "refused":
                return Closed(key.reason or "refused")
            holder = act.holder(key)
        try:
            fields = self._acts.fields_of(act, holder)
        except NotOpened as error:
            return Closed(f"not-opened: {error}")
        if commit(fields) != orjson.loads(entry).get("commitment"):
            return Closed("not-reproduced: what is kept is not what the commitment binds")
        return OpenedAct(act.entry, fields)


def _acts(
    shown: Mapping[int, SealedAct], released: Mapping[str, ReleasedKey], stated: str, purpose: Purpose, by: By
) -> list[Act]:
    """One for each person whose key was used, and one for all that is under audit's own."""
    made = []
    for alias in sorted({act.alias for act in shown.values()}):
        those = {index: act for index, act in shown.items() if act.alias == alias}
        places = orjson.dumps(sorted(those)).decode()
        if not alias:
            made.append(Act("act-opened", (("purpose", stated), ("entries", places)), by=by))
            continue
        fields = (("purpose", stated), ("key", purpose), ("entries", places))
        holder = next(iter(those.values())).holder(released[alias])
        made.append(Act("key-released-to-a-human", fields, holder, by=by))
    return made
