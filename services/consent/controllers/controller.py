"""Who answers for a person's data (GDPR Art. 4(7), (8)): the operator for individuals, an organisation for its
people, whose processor the operator then is. Pure.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """A controller or a processor; `contact` is an address at which it can be reached, empty where none was given."""

    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who is who for one person. `agreement` is the works-council agreement or national law that Art. 88 asks for."""

    controller: Party
    processor: Party | None = None
    agreement: str | None = None
