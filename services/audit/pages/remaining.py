"""How long a clock still runs, in words and in the colour that fits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from infra.pages.visit import Visit

_SOON = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Remaining:
    """`look` is that of a tag."""

    words: str
    look: Literal["good", "warn", "bad"]

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.look == "bad"


def remaining(visit: Visit, deadline: datetime, moment: datetime) -> Remaining:
    """What is left until the deadline, or by how much it was missed."""
    span = deadline - moment
    if span < timedelta():
        return Remaining(visit.says("%(span)s late", span=visit.formats.span(-span)), "bad")
    words = visit.says("%(span)s left", span=visit.formats.span(span))
    return Remaining(words, "warn" if span < _SOON else "good")
