"""Where an organisation has results sent: what it declares of each webhook, and what leaves the EEA by it.

A transfer is told to the people concerned (GDPR Art. 13(1)(f), 15(2)) and recorded (Art. 30). Nothing is guessed from
an address: the country is the organisation's declaration, and one that is not declared counts as outside.
"""

from typing import Final

import msgspec

_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EEA: Final = frozenset(f"{_UNION} IS LI NO".split())
"""The European Economic Area, by ISO 3166-1 code: the Union, Iceland, Liechtenstein and Norway."""


class DeclareRecipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /employees/recipient` on the key socket: a webhook, the country in which it is received, and by
    reference the safeguard of a transfer (Art. 45, 46); or that nothing goes there any more.
    """

    tenant: str
    webhook: str
    country: str | None = None
    safeguard: str | None = None
    ended: bool = False


class Transfer(msgspec.Struct, frozen=True):
    """Results that leave the EEA, or may: `country` is None where none was declared."""

    webhook: str
    country: str | None
    safeguard: str | None


class Declared(msgspec.Struct, frozen=True):
    """Whether what was declared is a transfer."""

    transfer: bool


def leaves(country: str | None) -> bool:
    """Whether what goes to this country leaves the EEA; what is not known to stay counts as leaving."""
    return country not in EEA
