"""Looks for an entry in the log itself, where no table leads to it: after a restore, or when ids are forgotten."""

from services.audit.tlog import tiles
from services.audit.tlog.entry import check_entry
from services.audit.tlog.stored import StoredLog


def find_entry(log: StoredLog, identity: str) -> int | None:
    """The index of the entry of this id, or None. Reads bundles, the newest first."""
    wanted = identity.encode()
    for bundle in reversed(range(-(-log.state.size // tiles.WIDTH))):
        width = tiles.width_at(log.state.size, 0, bundle)
        data = log.bundle(bundle, width)
        if wanted not in data:
            continue
        for position, entry in enumerate(tiles.unpack(data, width)):
            if wanted in entry and check_entry(entry).id == identity:
                return bundle * tiles.WIDTH + position
    return None
