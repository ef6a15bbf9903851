"""One finding of what breaks a client."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """The rule, where, and what it is."""

    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.what}"
