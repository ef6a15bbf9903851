"""Amounts of money as people write them into a form, in the minor units of their currency. Pure."""

import re
from decimal import Decimal
from functools import cache

from schemas.currency import decimals
from schemas.fields import MONEY_MAXIMUM

NOTHING = -1


def minor_units(text: str, currency: str) -> int | None:
    """An amount as people write it (`2500`, `2.500,00`, `2,500.50`); `NOTHING` for nothing, None for a mistake.

    What could be either is decimals: `2.500` in dinars of Kuwait, which have three of them, and two thousand five
    hundred euros.
    """
    if not text:
        return NOTHING
    match = _amount(decimals(currency)).fullmatch(text)
    if match is None:
        return None
    whole = re.sub(r"\D", "", match["whole"])
    amount = int(Decimal(f"{whole}.{match['part'] or 0}").scaleb(decimals(currency)))
    return amount if amount <= MONEY_MAXIMUM else None


def written(amount: int, currency: str) -> str:
    """An amount as `minor_units` reads it, without decimals where it has none but zeros."""
    whole, part = divmod(amount, 10 ** decimals(currency))
    return f"{whole}.{part:0{decimals(currency)}}" if part else str(whole)


@cache
def _amount(places: int) -> re.Pattern[str]:
    part = rf"(?:[.,](?P<part>[0-9]{{1,{places}}}))?" if places else "(?P<part>)"
    grouped = r"[0-9]{1,3}(?:(?P<mark>[ .,'’\u00a0\u202f])[0-9]{3}(?:(?P=mark)[0-9]{3})*)"
    return re.compile(rf"(?P<whole>[0-9]{{1,14}}|{grouped}){part}")
