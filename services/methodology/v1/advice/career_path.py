"""The shortest way to an occupation: moves that are near enough to be made, one after the other.

The first move goes to any occupation that the person is nearly qualified for, or to one that O*NET names as
related to an own one; each further move from an occupation to one related to it, whose distance is that of
somebody typical there (having worked in an occupation is taken to make somebody typical of it). No move climbs
more than one job zone, and none goes to an occupation of which too little is measured. The way with the smallest
sum of distances is told, of equal ones that of fewer moves, then the one found first by code (Dijkstra, *Numerische
Mathematik* 1, 1959).
"""

from collections.abc import Iterator
from functools import cache
from heapq import heapify, heappop, heappush
from typing import Any

from services.methodology.v1.advice.profiles import Profile, profiles
from services.methodology.v1.advice.qualification import NEARLY, offer
from services.methodology.v1.advice.standing import Standing, standing
from services.methodology.v1.engine import Scored

Document = dict[str, Any]
Reached = dict[str, tuple[int, int]]
"""By code: sum of distances and number of moves."""
Before = dict[str, str]
"""By code: the occupation from which it is reached; a first move has none."""


def _possible(zone: int, profile: Profile) -> bool:
    return profile.measured and (not zone or profile.zone <= zone + 1)


@cache
def onward() -> dict[str, tuple[tuple[str, int], ...]]:
    """By code: the related occupations to which a move is possible, with its distance. Reckoned once in a process."""
    known = profiles().by_code
    return {
        code: tuple(move for move in profile.moves if _possible(profile.zone, known[move[0]]))
        for code, profile in known.items()
    }


def _first_moves(here: Standing, own: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    known = profiles().by_code
    for code, distance in here.distances().items():
        near = distance <= NEARLY or code in here.related
        if near and code not in own and _possible(here.zone, known[code]):
            yield code, distance


def _reached(here: Standing, own: tuple[str, ...], target: str) -> tuple[Reached, Before]:
    """Shortest sums up to the target, or over everything that can be reached where it cannot."""
    moves, before = onward(), Before()
    best: Reached = {code: (distance, 1) for code, distance in _first_moves(here, own)}
    waiting = [(*reached, code) for code, reached in best.items()]
    heapify(waiting)
    best |= dict.fromkeys(own, (0, 0))
    while waiting:
        so_far, made, code = heappop(waiting)
        if (so_far, made) != best[code]:
            continue
        if code == target:
            break
        for other, distance in moves[code]:
            step = (so_far + distance, made + 1)
            if other not in best or step < best[other]:
                best[other], before[other] = step, code
                heappush(waiting, (*step, other))
    return best, before


def _way(before: Before, target: str) -> list[str]:
    way = [target]
    while way[-1] in before:
        way.append(before[way[-1]])
    return way[::-1]


def career_path(scored: Scored, target: str, language: str = "en") -> Document:
    """The shortest way to ``target`` with what each move asks for. Raises ``LookupError`` for an occupation
    that has no profile.
    """
    known = profiles().by_code
    if target not in known:
        raise LookupError(f"There is no profile of {target}; a code such as 15-1252.00 is needed.")
    here, own = standing(scored), scored.plan.codes
    reached, before = _reached(here, own, target)
    told: Document = {
        "as_of": scored.answers["as_of"],
        "occupations": list(own),
        "country": "US",
        "target": target,
        "direct": offer(here, known[target], here.distance(known[target]), language),
        "measured": known[target].measured,
        "found": target in reached and target not in own,
    }
    if told["found"]:
        told["distance"] = reached[target][0]
        told["moves"] = list(_moves(here, reached, _way(before, target), language))
    return told


def _moves(here: Standing, reached: Reached, way: list[str], language: str) -> Iterator[Document]:
    before = 0
    for code in way:
        profile = profiles().by_code[code]
        yield offer(here, profile, reached[code][0] - before, language)
        before, here = reached[code][0], here.after(profile)
