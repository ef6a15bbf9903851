"""The version's integer tables, read once from ``tables.json``."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.methodology.v1 import definition as d

PATH = Path(__file__).with_name("tables.json")


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a typical mix: its share in parts per million and what is left of 10,000 after
    exposure.
    """

    id: str
    share: int
    value: int


@dataclass(frozen=True, slots=True)
class SkillItem:
    """One skill item: weight in parts of 10,000 of its occupation, and the level (1 to 4) that is
    required.
    """

    id: str
    weight: int
    required: int


@dataclass(frozen=True, slots=True)
class Occupation:
    """All that the version holds of one occupation.

    ``human`` and ``model`` are values (10,000 less exposure) by the two ratings; ``mix`` is empty and
    ``market`` is ``None`` where no source has a figure; ``mix_soc`` and ``market_soc`` are the codes the
    figures stand under; ``se_tasks`` is in hundredths of a point; ``employment`` in hundreds of persons of
    the projection's line.
    """

    code: str
    title: str
    zone: int
    human: int
    model: int
    mix: tuple[Activity, ...]
    mix_soc: str
    se_tasks: int
    skills: tuple[SkillItem, ...]
    estimated_from: tuple[str, ...]
    market: int | None
    market_soc: str
    change_percent: str
    employment: int
    figures: dict[str, str]

    @property
    def soc(self) -> str:
        return self.code[:7]

    @property
    def status(self) -> str:
        """``interval`` (a figure is missing), ``broader``, ``estimated`` or ``direct``, the weightiest
        first.
        """
        if not self.mix or self.market is None:
            return "interval"
        if self.soc not in (self.mix_soc, self.market_soc) or self.mix_soc != self.market_soc:
            return "broader"
        return "estimated" if self.estimated_from else "direct"


@dataclass(frozen=True, slots=True)
class TransferArea:
    """One area that everyone is asked: its weight and its value at level 0 to 4."""

    id: str
    weight: int
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """``decay`` gives parts of 10,000 by half-life class and months; ``without_figures`` titles that
    have no data.
    """

    occupations: dict[str, Occupation]
    without_figures: dict[str, str]
    decay: dict[str, tuple[int, ...]]
    transfer: tuple[TransferArea, ...]
    transfer_targets: tuple[str, ...]
    knowledge_names: dict[str, str]
    group_names: dict[str, str]
    activity_names: dict[str, str]
    skill_names: dict[str, str]

    def name(self, item: str) -> str:
        """The published title of an occupation or name of a knowledge area, skill, technology group or activity;
        the id itself where it has none.
        """
        if item in self.occupations:
            return self.occupations[item].title
        named = (self.without_figures, self.knowledge_names, self.skill_names, self.group_names, self.activity_names)
        return next((names[item] for names in named if item in names), item)


def _occupation(code: str, row: dict[str, Any]) -> Occupation:
    tasks = row["tasks"]
    return Occupation(
        code=code,
        title=row["title"],
        zone=row["zone"],
        human=tasks["human"],
        model=tasks["model"],
        mix=tuple(Activity(*one) for one in tasks["mix"]),
        mix_soc=tasks["mix_soc"],
        se_tasks=tasks["se"],
        skills=tuple(SkillItem(*one) for one in row["skills"]),
        estimated_from=tuple(row["estimated_from"]),
        market=row["market"] if row["market"] >= 0 else None,
        market_soc=row["market_soc"],
        change_percent=row["change_percent"],
        employment=row["employment"],
        figures=tasks["figures"],
    )


@cache
def tables() -> Tables:
    """Version 1's tables; read and checked for form once in a process."""
    raw = json.loads(PATH.read_bytes())
    return Tables(
        occupations={code: _occupation(code, row) for code, row in sorted(raw["occupations"].items())},
        without_figures=raw["without_figures"],
        decay={name: tuple(values) for name, values in raw["decay"].items()},
        transfer=tuple(TransferArea(area, weight, tuple(values)) for area, weight, values in raw["transfer"]),
        transfer_targets=tuple(raw["transfer_targets"]),
        knowledge_names=raw["knowledge_names"],
        group_names=raw["group_names"],
        activity_names=raw["activity_names"],
        skill_names=raw["skill_names"],
    )


def half_life_class(item: str) -> str:
    """Which class a skill fades by: our choice, technologies faster than knowledge."""
    return "technology" if item.startswith("tech.") else "knowledge"


@cache
def currency(item_class: str, required: int) -> tuple[tuple[int, ...], ...]:
    """Value by level and months: ``min(level, r) * decay(months) // r``, one floor division."""
    decay = tables().decay[item_class]
    return tuple(tuple(min(level, required) * part // required for part in decay) for level in d.LEVELS)
