"""What somebody asks for about a person's data, see `schemas.privacy_request`. Pure."""

from dataclasses import dataclass

from schemas.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `statement` is the person's own view, for a review."""

    type: str
    purpose: Purpose | None = None
    assessment: str | None = None
    statement: str | None = None

    @property
    def about(self) -> tuple[str, Purpose | None, str | None]:
        """Its type, and the purpose and the assessment that it is about."""
        return self.type, self.purpose, self.assessment

    @property
    def named(self) -> list[tuple[str, str]]:
        """What an entry about it may commit to: its type and what it is about, never the statement."""
        told = ("request_type", self.type), ("purpose", self.purpose), ("assessment", self.assessment)
        return [(name, value) for name, value in told if value is not None]
