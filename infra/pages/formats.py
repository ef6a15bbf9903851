"""Numbers, money and dates as people of a language write them. In go integers, out comes text; no floats.

A page has hundreds of numbers, so these are written here by the language's own signs; what is rarer Babel writes.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_symbol
from babel.units import format_unit

from schemas.currency import decimals

_MINUS, _HARD_SPACE = "\u2212", "\u00a0"
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_IN_HOURS_BELOW = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Formats:
    """Those of one language: `grouping` and `point` are its signs between thousands and before decimals."""

    locale: Locale
    grouping: str
    point: str

    @classmethod
    def of(cls, language: str) -> "Formats":
        """The formats of `en` (as in Great Britain: day before month) or `de`."""
        locale = Locale.parse("en_GB" if language == "en" else language)
        signs = locale.number_symbols["latn"]
        return cls(locale, signs["group"], signs["decimal"])

    def number(self, value: int, decimals: int = 0, *, signed: bool = False) -> str:
        """`12,345`; with `decimals` the value counts tenths, hundredths and so on; `signed` marks a rise as `+`."""
        digits = str(abs(value)).zfill(decimals + 1)
        whole, rest = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
        written = f"{int(whole):,}".replace(",", self.grouping) + (self.point + rest if rest else "")
        return f"{_sign(value, signed=signed)}{written}"

    def percent(self, permille: int, *, signed: bool = False) -> str:
        """Thousandths as a percentage, with one decimal only where it is not 0."""
        whole = permille % 10 == 0
        written = self.number(permille // 10 if whole else permille, 0 if whole else 1, signed=signed)
        return f"{written}{_HARD_SPACE}%" if self.locale.language == "de" else f"{written}%"

    def money(self, minor: int, currency: str) -> str:
        """Minor units with the currency's sign, without decimals where there are no cents (or what it calls them)."""
        count = decimals(currency)
        units, rest = divmod(abs(minor), 10**count)
        amount = self.number(abs(minor), count) if rest else self.number(units)
        symbol = _symbol(currency, self.locale)
        if self.locale.language == "de":
            return f"{_sign(minor)}{amount}{_HARD_SPACE}{symbol}"
        return f"{_sign(minor)}{symbol}{_HARD_SPACE if symbol[-1].isalpha() else ''}{amount}"

    def day(self, moment: date) -> str:
        """`23 November 2026`."""
        return _date(moment.year, moment.month, moment.day, "long", self.locale)

    def moment(self, moment: datetime) -> str:
        """`23 November 2026, 18:00 UTC`."""
        return f"{self.day(moment)}, {moment:%H:%M} UTC"

    def span(self, span: timedelta) -> str:
        """`63 hours`: whole units that have passed or are left, days from four of them on."""
        units = _UNITS if span >= _IN_HOURS_BELOW else _UNITS[1:]
        name, unit = next((one for one in units if span >= one[1]), _UNITS[-1])
        return str(format_unit(span // unit, f"duration-{name}", "long", locale=self.locale))

    def month(self, month: str) -> str:
        """`2026-11` as `November 2026`."""
        return _date(int(month[:4]), int(month[5:7]), 1, "MMMM y", self.locale)

    def short_month(self, month: str) -> str:
        """`2026-11` as `Nov 26`."""
        return _date(int(month[:4]), int(month[5:7]), 1, "MMM yy", self.locale)


def _sign(value: int, *, signed: bool = False) -> str:
    return _MINUS if value < 0 else "+" if signed and value > 0 else ""


@lru_cache(maxsize=1024)
def _date(year: int, month: int, day: int, shape: str, locale: Locale) -> str:
    return format_date(date(year, month, day), shape, locale=locale)


@lru_cache(maxsize=1024)
def _symbol(currency: str, locale: Locale) -> str:
    return get_currency_symbol(currency, locale)
