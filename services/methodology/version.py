"""Published versions of the methodology: each is a directory of data and pure functions with a content hash.

A further version is one directory that provides ``services.methodology.rules.Rules`` and one line in ``PUBLISHED``;
whoever scores, advises, compares or replays names a version by its id, or takes the newest.

The hash of a version is over its *core*: what decides what is asked and the bytes of a result. What advises and
explains beside a score is dated (certifications, market signals, regulated professions, wording) and gets old: it is
the version's *edition*, with a day and a hash of its own that stand in all advice, and is renewed without a new
version. Its package ``publication``, pages for readers, is part of neither.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from services.methodology.finding import Finding
from services.methodology.rules import OccupationEntry, Publication, Rules
from services.methodology.v1 import rules as v1

SCORABLE = ("direct", "estimated")
ENGLISH = "en"
EDITION = ("advice/", "text.", "rules.py")
"""How the paths of an edition begin, below the directory of its version."""
PUBLICATION = "publication/"
REFERENCE = ("standalone.py", "tables.json")
"""In the directory of every version: the stand-alone reference implementation, and the tables that it reads."""


@dataclass(frozen=True, slots=True)
class Published:
    """A version's functions, and the directory that its hash is over, which is a package of this name."""

    rules: Rules
    directory: Path
    package: str


PUBLISHED = {"1": Published(v1, Path(v1.__file__).parent, "services.methodology.v1")}
"""By id, the newest last. An entry stays for ever: results of its version are replayed under it."""


class UnknownVersion(LookupError):
    """No version of this id was ever published; the message names those that were."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A finished score under one version; its documents are plain JSON values with a fixed key order."""

    parts: Any
    version: str
    hash: str
    rules: Rules

    @property
    def low(self) -> int:
        """The ``core`` score in units of 10⁻⁸ points, everything unanswered at its worst."""
        low: int = self.parts.low("core")
        return low

    @property
    def high(self) -> int:
        """The ``core`` score in units of 10⁻⁸ points, everything unanswered at its best."""
        high: int = self.parts.high("core")
        return high

    def result(self) -> dict[str, Any]:
        """``schemas.result.Result``: what an employer may get."""
        return self.rules.result(self.parts, self.version, self.hash)

    def detail(self) -> dict[str, Any]:
        """``schemas.result.Detail``: the reasons of ``core``."""
        return self.rules.detail(self.parts, self.version, self.hash)

    def trail(self) -> dict[str, Any]:
        """``schemas.result.Trail``: everything that reproduces the decision."""
        return self.rules.trail(self.parts, self.version, self.hash)

    def documents(self) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """``result``, ``detail`` and ``trail`` at once, cheaper than one by one; they share parts, so do not
        change them.
        """
        return self.rules.all_of(self.parts, self.version, self.hash)


@dataclass(frozen=True, slots=True)
class Version:
    """One version; ``hash`` is ``sha256:…`` over its core, ``edition`` over what advises and explains. ``language``
    is one of ``languages``.
    """

    id: str
    hash: str
    edition: str
    rules: Rules

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it has words in, the first where none is named."""
        return self.rules.LANGUAGES

    def validate(self, answers: dict[str, Any], language: str = ENGLISH) -> list[Finding]:
        """What cannot be scored in answers that have the form of ``schemas.answers.Answers``; empty if
        nothing.
        """
        return self.rules.findings(answers, language)

    def score(self, answers: dict[str, Any], language: str = ENGLISH) -> Scored:
        """Score answers of the right form; raises ``Refused`` with every finding of ``validate``."""
        return Scored(self.rules.score(answers, language), self.id, self.hash, self.rules)

    def counterfactual(
        self, answers: dict[str, Any], target: int | None = None, language: str = ENGLISH
    ) -> dict[str, Any]:
        """The smallest change that reaches ``target`` units (10⁸ are a point), with its proof; without a target the
        nearest score that is told as a rise.
        """
        return self._headed(self.rules.counterfactual(self.rules.score(answers, language), target, language))

    def forecast(self, answers: dict[str, Any], language: str = ENGLISH) -> dict[str, Any]:
        """In 1, 3 and 5 years: how exposed the work is, and what is still current of each skill if nothing is
        refreshed.
        """
        return self._headed(self.rules.forecast(self.rules.score(answers, language), language))

    def plan(
        self, answers: dict[str, Any], hours_per_month: int, months: int, language: str = ENGLISH
    ) -> dict[str, Any]:
        """Steps with their gain, hours and gain per hour, and the best plan for the hours a month there are."""
        scored = self.rules.score(answers, language)
        return self._headed(self.rules.study_plan(scored, hours_per_month, months, language))

    def qualification(self, answers: dict[str, Any], by: str = "likeness", language: str = ENGLISH) -> dict[str, Any]:
        """For what knowledge and skills suffice now, nearly and not yet, ranked by ``likeness``, ``distance``,
        ``resilience``, ``openings`` or ``wage``.
        """
        return self._headed(self.rules.qualification(self.rules.score(answers, language), by, language))

    def career_path(self, answers: dict[str, Any], target: str, language: str = ENGLISH) -> dict[str, Any]:
        """The shortest way to the occupation ``target`` with what each move asks for."""
        return self._headed(self.rules.career_path(self.rules.score(answers, language), target, language))

    def income(self, document: dict[str, Any], language: str = ENGLISH) -> dict[str, Any]:
        """How well an income of the form ``schemas.income.Income`` holds: cover, stress, what helps, reminders.

        It never changes a score. Raises ``Refused`` for what the form allows and makes no sense.
        """
        return self._headed(self.rules.income_architecture(document, language))

    def signals(self, added: Sequence[dict[str, Any]] = (), language: str = ENGLISH) -> dict[str, Any]:
        """Market signals that stand beside a score and never enter it, dated, with publisher and grade.

        ``added`` are an operator's, of the form ``schemas.signal.Signal``; raises ``Refused``.
        """
        return self._headed(self.rules.signals(added, language))

    def _headed(self, advice: dict[str, Any]) -> dict[str, Any]:
        return {"methodology": self.head(), "edition": self.edition_head(), **advice}

    def edition_head(self) -> dict[str, str]:
        """``schemas.result.Edition``: how what advises is named in every document that it makes."""
        return {"date": self.rules.EDITION, "hash": self.edition}

    def head(self) -> dict[str, str]:
        """``schemas.result.Methodology``: how this version is named in every document that it makes."""
        return {"version": self.id, "hash": self.hash}

    def occupations(self) -> tuple[OccupationEntry, ...]:
        """Every occupation that gets a score or an interval, by code."""
        return self.rules.occupations()

    def questionnaire(self, *codes: str, profile: str = "core", language: str = ENGLISH) -> dict[str, Any]:
        """What one to three occupations are asked, with allowed values and their meaning (``en`` or ``de``).

        Raises ``KeyError`` for a code that has no figures or a language that there is none of.
        """
        return self.rules.questionnaire(codes, profile, language)

    def published(self, language: str = ENGLISH) -> dict[str, Any]:
        """Formulas, weights, errors, sources, limits and change notes; all numbers are integers."""
        return self.publication().published(self, language)

    def publication(self) -> Publication:
        """What it tells of itself beside its results."""
        return cast(Publication, import_module(f"{PUBLISHED[self.id].package}.publication"))

    def reference(self) -> dict[str, Path]:
        """The files of the reference implementation, which shares no code with the engine: laid into one directory
        they compute a score without anything else of ours.
        """
        return {name: PUBLISHED[self.id].directory / name for name in REFERENCE}

    def standalone(self) -> str:
        """The source of the reference implementation."""
        return self.reference()[REFERENCE[0]].read_text(encoding="utf-8")

    def text(self, key: str, language: str = ENGLISH) -> str:
        """One wording by its key, such as ``mark.target`` or ``dimension.tasks``."""
        return self.rules.texts(language)[key]

    def limits(self, language: str = ENGLISH) -> list[str]:
        """What holds of every result, in plain words."""
        return self.rules.limits(language)

    def name(self, item: str, language: str = ENGLISH) -> str:
        """What an item or occupation is called, the id itself where it has no name."""
        return self.rules.name(item, language)

    def attribution(self, language: str) -> str:
        """Whose words the names in a language are, where they are not the sources' own; else empty."""
        return self.rules.attribution(language)

    def warm(self) -> None:
        """Read every table now, so that nobody who asks has to wait for it."""
        self.rules.warm()


def content_hash(files: Mapping[str, Path]) -> str:
    """SHA-256 over the path and SHA-256 of each of the files, in their order."""
    whole = hashlib.sha256()
    for name, path in files.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"sha256:{whole.hexdigest()}"


def load(version: str | None = None) -> Version:
    """A published version by its id, the newest without one; raises ``UnknownVersion``. Old ones stay loadable for
    ever.
    """
    wanted = newest() if version is None else version
    if wanted not in PUBLISHED:
        raise UnknownVersion(f"There is no methodology {wanted}; published are {', '.join(PUBLISHED)}.")
    found = PUBLISHED[wanted]
    return Version(wanted, *_hashes(found.directory), found.rules)


def files_of(version: str) -> dict[str, Path]:
    """The files that the content hash of a version covers, by their path in it, in order; raises
    ``UnknownVersion``.
    """
    return core(PUBLISHED[load(version).id].directory)


def core(directory: Path) -> dict[str, Path]:
    """What decides what is asked and the bytes of a result, by path in order."""
    return {name: path for name, path in _files(directory).items() if not name.startswith(EDITION)}


def edition(directory: Path) -> dict[str, Path]:
    """What advises and explains, by path in order."""
    return {name: path for name, path in _files(directory).items() if name.startswith(EDITION)}


def _files(directory: Path) -> dict[str, Path]:
    """Every data and code file of a version but those of its publication."""
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*")}
    return {
        name: path
        for name, path in sorted(files.items())
        if path.suffix in (".py", ".json", ".md", ".csv") and not name.startswith(PUBLICATION)
    }


@cache
def _hashes(directory: Path) -> tuple[str, str]:
    return content_hash(core(directory)), content_hash(edition(directory))


def newest() -> str:
    """The id of the newest version, which whatever comes now is scored by."""
    return next(reversed(PUBLISHED))
