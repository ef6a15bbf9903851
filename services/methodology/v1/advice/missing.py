"""What somebody lacks of one element towards every occupation at once, side by side in a single number.

Each occupation has 32 bits of it for its ``importance · deficit``, by place in order of codes, so that the numbers of
several elements add up to the sums of all occupations: 68 additions instead of one for each need of each of them. A
sum stays below 2³², for an element adds at most 500 · 10,000. There are as many numbers as elements have levels, a
few kilobytes each, reckoned when somebody stands at that level for the first time; those used last are kept.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from struct import pack, unpack

from services.methodology.v1.advice.deficit import deficit
from services.methodology.v1.advice.profiles import profiles

KEPT = 2_048
"""Numbers, in 7 MB; all 893 occupations have 7,000 typical levels between them."""


@lru_cache(KEPT)
def missing_typical(place: int, level: int) -> int:
    """Of the element at ``place``, where ``level`` is in hundredths of O*NET's scale."""
    needed = profiles().needed[place]
    return _side_by_side((one, need.importance * deficit(need.hundredths, level)) for one, need in needed)


@cache
def missing_answered(place: int, level: int) -> int:
    """Of the element at ``place``, where ``level`` is one of those that a person answers by, 0 to 4."""
    needed = profiles().needed[place]
    return _side_by_side((one, need.importance * deficit(need.asked, level)) for one, need in needed)


def by_occupation(missing: int) -> tuple[int, ...]:
    """What stands side by side, in order of codes."""
    count = len(profiles().weights)
    return unpack(f"<{count}I", missing.to_bytes(4 * count, "little"))


def _side_by_side(missing: Iterable[tuple[int, int]]) -> int:
    parts = [0] * len(profiles().weights)
    for one, part in missing:
        parts[one] = part
    return int.from_bytes(pack(f"<{len(parts)}I", *parts), "little")
