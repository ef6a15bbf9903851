"""Numbers, money and dates as people of a language write them."""

from datetime import UTC, date, datetime

from infra.pages.formats import Formats

EN, DE = Formats.of("en"), Formats.of("de")


def test_numbers_are_grouped_and_signed() -> None:
    assert (EN.number(1234567), DE.number(1234567)) == ("1,234,567", "1.234.567")
    assert (EN.number(-1234, 2), DE.number(-1234, 2)) == ("−12.34", "−12,34")
    assert (EN.number(5, 1, signed=True), EN.number(-5, 1, signed=True)) == ("+0.5", "−0.5")


def test_thousandths_are_percentages_without_needless_decimals() -> None:
    assert (EN.percent(500), EN.percent(505)) == ("50%", "50.5%")
    assert (DE.percent(500), DE.percent(505)) == ("50\u00a0%", "50,5\u00a0%")


def test_money_has_cents_only_where_there_are_some() -> None:
    assert (EN.money(123456, "EUR"), EN.money(250000, "EUR")) == ("€1,234.56", "€2,500")
    assert (DE.money(123456, "EUR"), DE.money(250000, "EUR")) == ("1.234,56\u00a0€", "2.500\u00a0€")


def test_dates_are_written_out() -> None:
    assert (EN.day(date(2026, 11, 3)), DE.day(date(2026, 11, 3))) == ("3 November 2026", "3. November 2026")
    assert (EN.month("2026-03"), DE.month("2026-03")) == ("March 2026", "März 2026")
    assert EN.moment(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) == "3 November 2026, 09:05 UTC"
