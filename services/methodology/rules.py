"""What the directory of a version provides, as its module ``rules``: pure functions that all callers reach through
``services.methodology.version``, so that a further version is one directory and one line there. Beside them stands
its package ``publication``, which ``services.methodology.publication`` reaches by the same line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from services.methodology.finding import Finding

Document = dict[str, Any]


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


class Rules(Protocol):
    """The functions of one version; ``services.methodology.version`` says what each of them means.

    ``parts`` is whatever ``score`` gives: nobody else looks into it, but for its ``low`` and ``high`` by profile.
    ``EDITION`` is the day (ISO 8601) of what advises and explains, which may be renewed within a version.
    """

    LANGUAGES: tuple[str, ...]
    EDITION: str

    def findings(self, answers: Document, language: str) -> list[Finding]: ...

    def score(self, answers: Document, language: str) -> Any: ...

    def result(self, parts: Any, version: str, content_hash: str) -> Document: ...

    def detail(self, parts: Any, version: str, content_hash: str) -> Document: ...

    def trail(self, parts: Any, version: str, content_hash: str) -> Document: ...

    def all_of(self, parts: Any, version: str, content_hash: str) -> tuple[Document, Document, Document]: ...

    def counterfactual(self, parts: Any, target: int | None, language: str) -> Document: ...

    def forecast(self, parts: Any, language: str) -> Document: ...

    def study_plan(self, parts: Any, hours_per_month: int, months: int, language: str) -> Document: ...

    def qualification(self, parts: Any, by: str, language: str) -> Document: ...

    def career_path(self, parts: Any, target: str, language: str) -> Document: ...

    def income_architecture(self, document: Document, language: str) -> Document: ...

    def signals(self, added: Sequence[Document], language: str) -> Document: ...

    def occupations(self) -> tuple[OccupationEntry, ...]: ...

    def questionnaire(self, codes: tuple[str, ...], profile: str, language: str) -> Document: ...

    def texts(self, language: str) -> dict[str, str]: ...

    def limits(self, language: str) -> list[str]: ...

    def name(self, item: str, language: str) -> str: ...

    def attribution(self, language: str) -> str: ...

    def warm(self) -> None: ...


class Publication(Protocol):
    """What the package ``publication`` of a version provides: pages for readers, and people who do not exist.

    ``EXAMPLE`` is the occupation of the worked example, and ``example`` that person's answers. ``pages`` takes the
    ``services.methodology.version.Version`` that it is about.
    """

    EXAMPLE: str

    def pages(self, version: Any) -> dict[str, str]: ...

    def published(self, version: Any, language: str) -> Document: ...

    def example(self) -> Document: ...

    def drawable(self) -> tuple[OccupationEntry, ...]: ...

    def specimen(
        self, seed: str, *, profile: str, occupations: int, codes: tuple[str, ...], as_of: str
    ) -> Document: ...
