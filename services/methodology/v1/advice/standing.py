"""Where a person stands towards every occupation: what was answered, and for the rest what is typical."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.methodology.v1.advice.deficit import asked_level, band, deficit, difference
from services.methodology.v1.advice.missing import by_occupation, missing_answered, missing_typical
from services.methodology.v1.advice.profiles import Need, Profile, profiles
from services.methodology.v1.engine import Scored

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """``answered`` are levels 0 to 4 by place; ``typical`` hundredths of O*NET's scale for all places, of the
    person's own occupations (the higher of several); ``zone`` and ``education`` are theirs too, and ``related`` are
    the occupations that O*NET names as related to one of them. ``levels`` are those of all places with their sum
    ``total``: an answer counts as the level next to what is typical that it stands for.
    """

    answered: dict[int, int]
    typical: tuple[int, ...]
    zone: int
    education: int
    related: frozenset[str]
    levels: tuple[int, ...]
    total: int

    def short(self, need: Need) -> int:
        """The part of one need that is not met, of 10,000: on the four levels where it was answered."""
        level = self.answered.get(need.place)
        if level is None:
            return deficit(need.hundredths, self.typical[need.place])
        return deficit(need.asked, level)

    def distance(self, profile: Profile) -> int:
        """``Σ imp · short ÷ Σ imp``, in parts of 10,000."""
        return sum(need.importance * self.short(need) for need in profile.needs) // profile.weight

    def distances(self) -> dict[str, int]:
        """To every occupation, by code: the same sums, of all occupations at once."""
        short = sum(
            missing_answered(place, self.answered[place]) if place in self.answered else missing_typical(place, level)
            for place, level in enumerate(self.typical)
        )
        known = profiles()
        parts = zip(known.by_code, by_occupation(short), known.weights, strict=True)
        return {code: part // weight for code, part, weight in parts}

    def difference(self, profile: Profile) -> int:
        """How different the work of an occupation is, in both directions."""
        return difference(self.levels, self.total, profile.levels, profile.total)

    def after(self, profile: Profile) -> "Standing":
        """The same person once typical of another occupation: nothing is lost, and an answer that is no more
        than typical there gives way to it.
        """
        answered = {
            place: level for place, level in self.answered.items() if level > asked_level(profile.levels[place])
        }
        higher = tuple(map(max, self.typical, profile.levels))
        return _standing(
            answered,
            higher,
            max(self.zone, profile.zone),
            max(self.education, profile.education),
            frozenset(code for code, _ in profile.moves),
        )

    def gaps(self, profile: Profile) -> list[Document]:
        """What an occupation asks beyond what is there, the weightiest first; each says what it rests on."""
        found = [(need.importance * short, need, short) for need in profile.needs if (short := self.short(need))]
        ranked = sorted(found, key=lambda one: (-one[0], one[1].place))
        return [self._gap(need, short, profile.weight) for _, need, short in ranked]

    def _gap(self, need: Need, short: int, weight: int) -> Document:
        level = self.answered.get(need.place)
        rests: Document = {"basis": "answered", "scale": "levels", "level": level, "required": need.asked}
        if level is None:
            typical, asked = self.typical[need.place], need.hundredths
            rests = {"basis": "typical", "scale": "onet_hundredths", "level": typical, "required": asked}
        return {"id": profiles().elements[need.place], **rests, "distance": need.importance * short // weight}


def _higher(levels: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(max(column) for column in zip(*levels, strict=True))


def _standing(
    answered: dict[int, int], typical: tuple[int, ...], zone: int, education: int, related: frozenset[str]
) -> Standing:
    levels = list(typical)
    for place, level in answered.items():
        low, high = band(level)
        levels[place] = min(max(low, levels[place]), high)
    return Standing(answered, typical, zone, education, related, tuple(levels), sum(levels))


def standing(scored: Scored) -> Standing:
    """Of one person; an own occupation without a profile leaves what is typical of the others, or nothing."""
    known = profiles()
    places = {element: place for place, element in enumerate(known.elements)}
    answered = {
        places[answer["id"]]: answer["level"]
        for part in ("skills", "knowledge")
        for answer in scored.answers.get(part, ())
        if answer["id"] in places
    }
    own = [known.by_code[code] for code in scored.plan.codes if code in known.by_code]
    nothing = (0,) * len(known.elements)
    return _standing(
        answered,
        _higher([nothing, *(profile.levels for profile in own)]),
        max((occupation.zone for occupation, _ in scored.plan.portfolio), default=0),
        max((profile.education for profile in own), default=0),
        frozenset(code for profile in own for code, _ in profile.moves),
    )
