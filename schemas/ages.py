"""The age from which a person may consent alone to a service offered to them directly (GDPR Art. 8(1)).

16 years, unless a member state has set a lower age of 13 or more by its own law. A country stands here only where its
lower age is sure; for every other one 16 is asked, which is never too low.
"""

from collections.abc import Mapping
from typing import Final

DEFAULT_AGE: Final = 16
LOWER_AGES: Final[Mapping[str, int]] = {
    "AT": 14,
    "BE": 13,
    "BG": 14,
    "CY": 14,
    "CZ": 15,
    "DK": 15,
    "EE": 13,
    "ES": 14,
    "FI": 13,
    "FR": 15,
    "GR": 15,
    "IS": 13,
    "IT": 14,
    "LT": 14,
    "LV": 13,
    "MT": 13,
    "NO": 13,
    "PT": 13,
    "SE": 13,
}
"""By ISO 3166-1 country code; every other country has `DEFAULT_AGE`."""


def age_of_consent(country: str | None) -> int:
    """The age in a country; without one the highest, which is safe in all."""
    return LOWER_AGES.get(country or "", DEFAULT_AGE)


def ages() -> dict[int, list[str]]:
    """The countries with a lower age, by that age."""
    found: dict[int, list[str]] = {}
    for country, age in sorted(LOWER_AGES.items()):
        found.setdefault(age, []).append(country)
    return dict(sorted(found.items()))
