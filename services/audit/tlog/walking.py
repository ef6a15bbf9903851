"""Every entry of a log in order, with its fields. Pure over a source."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import orjson

from services.audit.tlog import tiles


class Bundles(Protocol):
    """Where entries are read from; FileNotFoundError where one is missing."""

    def bundle(self, index: int, width: int) -> bytes:
        """The first `width` entries of a bundle, as a bundle."""


def walk(
    log: Bundles,
    size: int,
    bundles: Iterable[int] | None = None,
    worth: Callable[[bytes], bool] = lambda _: True,
) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """Every entry among the first `size`, or of these bundles of theirs alone: index, bytes, fields.

    A bundle whose bytes are not `worth` it is passed over, which spares most of the time: that goes into JSON.
    """
    for bundle in range(-(-size // tiles.WIDTH)) if bundles is None else bundles:
        width = tiles.width_at(size, 0, bundle)
        data = log.bundle(bundle, width)
        if not worth(data):
            continue
        for position, entry in enumerate(tiles.unpack(data, width)):
            yield bundle * tiles.WIDTH + position, entry, orjson.loads(entry)
