"""A form as it was filled in, and what is wrong with it, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Form:
    """`values` are all given, a field may stand several times; `mistakes` say what is wrong and what would be right.

    A field's name is also the id of its control, to which the summary of mistakes links.
    """

    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field, without spaces around it."""
        given = self.values.get(name)
        return given[0].strip() if given else default

    def every(self, name: str) -> list[str]:
        """All values of a field."""
        return list(self.values.get(name, ()))

    def has(self, name: str, value: str | None = None) -> bool:
        """Whether a field was given, with this value where one is named."""
        return name in self.values if value is None else value in self.values.get(name, ())

    def mistake(self, name: str) -> str:
        """What is wrong with a field, or nothing."""
        return self.mistakes.get(name, "")

    def wrong(self, mistakes: Mapping[str, str]) -> "Form":
        """The same with these mistakes."""
        return replace(self, mistakes={**self.mistakes, **mistakes})

    def without(self, *names: str) -> "Form":
        """The same without these fields."""
        return replace(self, values={name: given for name, given in self.values.items() if name not in names})

    def taking(self, values: Mapping[str, Sequence[str]]) -> "Form":
        """The same with these values in place of what was there."""
        return replace(self, values={**self.values, **values})
