"""Looks for entries in the log itself, where no table leads to them: after a restore, or when ids are forgotten."""

import re
from collections.abc import Set
from typing import Final

from services.audit.tlog import tiles
from services.audit.tlog.entry import check_entry
from services.audit.tlog.stored import StoredLog

_ID: Final = re.compile(rb'"id":"([0-9a-f]{32})"')


def find_entries(log: StoredLog, wanted: Set[str], start: int = 0) -> dict[str, int]:
    """The index of each entry of these ids that stands at `start` or behind it. Reads bundles, the newest first."""
    missing = {identity.encode() for identity in wanted}
    found: dict[str, int] = {}
    for bundle in reversed(range(start // tiles.WIDTH, -(-log.state.size // tiles.WIDTH))):
        if not missing:
            break
        width = tiles.width_at(log.state.size, 0, bundle)
        data = log.bundle(bundle, width)
        if missing.isdisjoint(_ID.findall(data)):
            continue
        for position, entry in enumerate(tiles.unpack(data, width)):
            identity = check_entry(entry).id
            if identity.encode() in missing and bundle * tiles.WIDTH + position >= start:
                found[identity] = bundle * tiles.WIDTH + position
        missing -= {identity.encode() for identity in found}
    return found


def find_entry(log: StoredLog, identity: str, start: int = 0) -> int | None:
    """The index of the entry of this id, or None where none stands at `start` or behind it."""
    return find_entries(log, {identity}, start).get(identity)
