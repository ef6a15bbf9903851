"""A published version of the methodology: a directory of data and pure functions with a content hash."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from services.methodology.finding import Finding
from services.methodology.v1 import documents
from services.methodology.v1.advice.career_path import career_path
from services.methodology.v1.advice.counterfactual import counterfactual
from services.methodology.v1.advice.exposure import exposure
from services.methodology.v1.advice.income_architecture import income_architecture
from services.methodology.v1.advice.obsolescence import obsolescence
from services.methodology.v1.advice.qualification import qualification
from services.methodology.v1.advice.signals import signals
from services.methodology.v1.advice.study_plan import study_plan
from services.methodology.v1.check import findings
from services.methodology.v1.engine import Scored as Parts
from services.methodology.v1.engine import score
from services.methodology.v1.questionnaire import questionnaire
from services.methodology.v1.tables import tables
from services.methodology.v1.text import item_name, limits, texts

VERSIONS = {"1": "v1"}
SCORABLE = ("direct", "estimated")


class UnknownVersion(LookupError):
    """No version of this id was ever published; the message names those that were."""


@dataclass(frozen=True, slots=True)
class OccupationEntry:
    """An occupation that a version knows.

    ``status``: ``direct``, ``estimated`` (skills from related occupations), ``broader`` (a figure of the
    broader code) or ``interval`` (a figure is missing). ``employment`` is in hundreds of persons, its
    projection's line split evenly over the occupations that use it; 0 where there is no projection.
    """

    code: str
    title: str
    status: str
    employment: int


@dataclass(frozen=True, slots=True)
class Scored:
    """A finished score under one version; its documents are plain JSON values with a fixed key order."""

    parts: Parts
    version: str
    hash: str

    @property
    def low(self) -> int:
        """The ``core`` score in units of 10⁻⁸ points, everything unanswered at its worst."""
        return self.parts.low("core")

    @property
    def high(self) -> int:
        """The ``core`` score in units of 10⁻⁸ points, everything unanswered at its best."""
        return self.parts.high("core")

    def result(self) -> dict[str, Any]:
        """``schemas.result.Result``: what an employer may get."""
        return documents.result(self.parts, self.version, self.hash)

    def detail(self) -> dict[str, Any]:
        """``schemas.result.Detail``: the reasons of ``core``."""
        return documents.detail(self.parts, self.version, self.hash)

    def trail(self) -> dict[str, Any]:
        """``schemas.result.Trail``: everything that reproduces the decision."""
        return documents.trail(self.parts, self.version, self.hash)

    def documents(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """``result``, ``detail`` and ``trail`` at once, cheaper than one by one; they share parts, so do not
        change them.
        """
        return documents.all_of(self.parts, self.version, self.hash)


@dataclass(frozen=True, slots=True)
class Version:
    """One version; ``hash`` is ``sha256:…`` over all of its data and code."""

    id: str
    hash: str

    def validate(self, answers: dict[str, Any]) -> list[Finding]:
        """What cannot be scored in answers that have the form of ``schemas.answers.Answers``; empty if
        nothing.
        """
        return findings(answers)

    def score(self, answers: dict[str, Any]) -> Scored:
        """Score answers of the right form; raises ``Refused`` with every finding of ``validate``."""
        return Scored(score(answers), self.id, self.hash)

    def counterfactual(self, answers: dict[str, Any], target: int) -> dict[str, Any]:
        """The smallest change that reaches ``target`` units (10⁸ are a point), with its proof."""
        return self._headed(counterfactual(score(answers), target))

    def forecast(self, answers: dict[str, Any]) -> dict[str, Any]:
        """In 1, 3 and 5 years: how exposed the work is, and what is still current of each skill if nothing is
        refreshed.
        """
        scored = score(answers)
        return self._headed({"exposure": exposure(scored), "obsolescence": obsolescence(scored)})

    def plan(self, answers: dict[str, Any], hours_per_month: int, months: int) -> dict[str, Any]:
        """Steps with their gain, hours and gain per hour, and the best plan for the hours a month there are."""
        return self._headed(study_plan(score(answers), hours_per_month, months))

    def qualification(self, answers: dict[str, Any], by: str = "distance") -> dict[str, Any]:
        """What the person is qualified for now, nearly and not yet, ranked by ``distance``, ``resilience``,
        ``openings`` or ``wage``.
        """
        return self._headed(qualification(score(answers), by))

    def career_path(self, answers: dict[str, Any], target: str) -> dict[str, Any]:
        """The shortest way to the occupation ``target`` with what each move asks for."""
        return self._headed(career_path(score(answers), target))

    def income(self, document: dict[str, Any]) -> dict[str, Any]:
        """How well an income of the form ``schemas.income.Income`` holds: cover, stress, what helps, reminders.

        It never changes a score. Raises ``Refused`` for what the form allows and makes no sense.
        """
        return self._headed(income_architecture(document))

    def signals(self, added: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """Market signals that stand beside a score and never enter it, dated, with publisher and grade.

        ``added`` are an operator's, of the form ``schemas.signal.Signal``; raises ``Refused``.
        """
        return self._headed(signals(added))

    def _headed(self, advice: dict[str, Any]) -> dict[str, Any]:
        return {"methodology": {"version": self.id, "hash": self.hash}, **advice}

    def occupations(self) -> tuple[OccupationEntry, ...]:
        """Every occupation that gets a score or an interval, by code."""
        return _occupations()

    def questionnaire(self, *codes: str, profile: str = "core", language: str = "en") -> dict[str, Any]:
        """What one to three occupations are asked, with allowed values and their meaning (``en`` or ``de``).

        Raises ``KeyError`` for a code that has no figures or a language that there is none of.
        """
        return questionnaire(codes, profile, language)

    def text(self, key: str, language: str = "en") -> str:
        """One wording by its key, such as ``mark.target`` or ``dimension.tasks``."""
        return texts(language)[key]

    def limits(self, language: str = "en") -> list[str]:
        """What holds of every result, in plain words."""
        return limits(language)

    def name(self, item: str, language: str = "en") -> str:
        """What an item or occupation is called, the id itself where it has no name."""
        known = tables()
        if item in known.occupations:
            return known.occupations[item].title
        return known.without_figures.get(item) or item_name(item, language)


@cache
def _occupations() -> tuple[OccupationEntry, ...]:
    known = tables().occupations.values()
    sharing = Counter(one.market_soc for one in known)
    return tuple(
        OccupationEntry(one.code, one.title, one.status, one.employment // sharing[one.market_soc]) for one in known
    )


def content_hash(directory: Path) -> str:
    """SHA-256 over the path and SHA-256 of every data and code file of a version, by path."""
    whole = hashlib.sha256()
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*")}
    for name, path in sorted(files.items()):
        if path.suffix in (".py", ".json", ".md", ".csv"):
            whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{whole.hexdigest()}"


@cache
def load(version: str = "1") -> Version:
    """A published version by its id; raises ``UnknownVersion``. Old versions stay loadable for ever."""
    if version not in VERSIONS:
        raise UnknownVersion(f"There is no methodology {version}; published are {', '.join(VERSIONS)}.")
    return Version(version, content_hash(Path(__file__).with_name(VERSIONS[version])))
