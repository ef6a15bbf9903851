"""The age from which a person may consent alone to a service offered to them directly (GDPR Art. 8(1)).

16 years, unless a member state has set a lower age of 13 or more by its own law. A lower age counts only where its
row is confirmed: where a source was read that states it, and nothing is known that puts it in doubt. Everywhere else
16 is asked, which is never too low. `AS_OF` is when the table was last gone through.
"""

from dataclasses import dataclass
from typing import Final, Literal

DEFAULT_AGE: Final = 16
AS_OF: Final = "2026-11-24"
_COMMISSION = "European Commission, SWD(2020) 115 final of 24 June 2020, p. 17"
_DANISH_BILL = "Folketinget, L 79 of 14 November 2023, § 1 no. 1; in force since 1 January 2024"

Status = Literal["confirmed", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class LowerAge:
    """What one country (ISO 3166-1) has set, by which law; `source` is where it was read, with its date."""

    country: str
    age: int
    law: str
    source: str = _COMMISSION
    status: Status = "confirmed"


LOWER_AGES: Final[tuple[LowerAge, ...]] = (
    LowerAge("AT", 14, "Datenschutzgesetz § 4(4)"),
    LowerAge("BE", 13, "Act of 30 July 2018, Art. 7"),
    LowerAge("BG", 14, "Personal Data Protection Act, Art. 25c"),
    LowerAge("CY", 14, "Law 125(I)/2018, s. 8"),
    LowerAge("CZ", 15, "Act 110/2019, § 7"),
    LowerAge("DK", 15, "Databeskyttelsesloven § 6(2)", _DANISH_BILL),
    LowerAge("EE", 13, "Isikuandmete kaitse seadus § 8"),
    LowerAge("ES", 14, "Ley Orgánica 3/2018, Art. 7", "a bill to raise it to 16 is pending", "unconfirmed"),
    LowerAge("FI", 13, "Tietosuojalaki 1050/2018 § 5"),
    LowerAge("FR", 15, "Loi 78-17, Art. 45"),
    LowerAge("GR", 15, "Law 4624/2019, Art. 21"),
    LowerAge("IS", 13, "Act 90/2018, Art. 10", "no source was read", "unconfirmed"),
    LowerAge("IT", 14, "Codice privacy, Art. 2-quinquies"),
    LowerAge("LT", 14, "Law I-1374, Art. 6"),
    LowerAge("LV", 13, "Personal Data Processing Law, s. 33"),
    LowerAge("MT", 13, "S.L. 586.11"),
    LowerAge("NO", 13, "Personopplysningsloven § 5", "a bill to raise it to 15 is pending", "unconfirmed"),
    LowerAge("PT", 13, "Lei 58/2019, Art. 16", "a bill to raise it is pending", "unconfirmed"),
    LowerAge("SE", 13, "Lag 2018:218, ch. 2 § 4"),
    LowerAge("SI", 15, "ZVOP-2, Art. 8", "no source was read", "unconfirmed"),
)
"""Every country that is known, or said, to have a lower age."""
_CONFIRMED: Final = {one.country: one.age for one in LOWER_AGES if one.status == "confirmed"}


def age_of_consent(country: str | None) -> int:
    """The age in a country; without one, or without a confirmed row, the highest, which is safe in all."""
    return _CONFIRMED.get(country or "", DEFAULT_AGE)


def ages() -> dict[int, list[str]]:
    """The countries with a lower age that counts, by that age."""
    found: dict[int, list[str]] = {}
    for country, age in sorted(_CONFIRMED.items()):
        found.setdefault(age, []).append(country)
    return dict(sorted(found.items()))
