"""Numbers, money and dates as people of a language write them. In go integers, out comes text; no floats."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Formats:
    """Those of one language."""

    locale: Locale

    @classmethod
    def of(cls, language: str) -> "Formats":
        """The formats of `en` (as in Great Britain: day before month) or `de`."""
        return cls(Locale.parse("en_GB" if language == "en" else language))

    def number(self, value: int, decimals: int = 0, *, signed: bool = False) -> str:
        """`12,345`; with `decimals` the value counts tenths, hundredths and so on."""
        shape = "#,##0" + ("." + "0" * decimals if decimals else "")
        if signed:
            shape = f"+{shape};\u2212{shape}"
        written = format_decimal(Decimal(value).scaleb(-decimals), shape, locale=self.locale)
        return written.replace("-", "\u2212")

    def percent(self, permille: int, *, signed: bool = False) -> str:
        """Thousandths as a percentage, with one decimal only where it is not 0."""
        whole = permille % 10 == 0
        written = self.number(permille // 10 if whole else permille, 0 if whole else 1, signed=signed)
        return f"{written}\u00a0%" if self.locale.language == "de" else f"{written}%"

    def money(self, minor: int, currency: str) -> str:
        """Minor units with the currency's sign, without decimals where there are no cents."""
        amount = Decimal(minor) / _HUNDREDTHS
        shape = None if minor % _HUNDREDTHS else ("#,##0\u00a0¤" if self.locale.language == "de" else "¤#,##0")
        return format_currency(amount, currency, shape, locale=self.locale, currency_digits=minor % _HUNDREDTHS != 0)

    def day(self, moment: date) -> str:
        """`23 November 2026`."""
        return format_date(moment, "long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """`23 November 2026, 18:00 UTC`."""
        return f"{self.day(moment)}, {format_datetime(moment, 'HH:mm', locale=self.locale)} UTC"

    def span(self, span: timedelta) -> str:
        """`23 hours`, in the unit that fits best."""
        return str(format_timedelta(span, threshold=1.5, locale=self.locale))

    def month(self, month: str) -> str:
        """`2026-11` as `November 2026`."""
        return format_date(date.fromisoformat(f"{month}-01"), "MMMM y", locale=self.locale)

    def short_month(self, month: str) -> str:
        """`2026-11` as `Nov 26`."""
        return format_date(date.fromisoformat(f"{month}-01"), "MMM yy", locale=self.locale)
