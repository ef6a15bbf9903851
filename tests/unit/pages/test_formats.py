"""Numbers, money and dates as people of a language write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from infra.pages.formats import Formats

EN, DE = Formats.of("en"), Formats.of("de")


def test_numbers_are_grouped_and_signed() -> None:
    assert (EN.number(1234567), DE.number(1234567)) == ("1,234,567", "1.234.567")
    assert (EN.number(-1234, 2), DE.number(-1234, 2)) == ("−12.34", "−12,34")
    assert (EN.number(5, 1, signed=True), EN.number(-5, 1, signed=True)) == ("+0.5", "−0.5")
    assert (EN.number(0, 1, signed=True), DE.number(0, signed=True)) == ("0.0", "0")


@given(st.integers(-(10**15), 10**15), st.integers(0, 4), st.sampled_from([EN, DE]))
def test_numbers_are_written_as_babel_writes_them_with_a_minus_that_is_one(
    value: int, decimals: int, formats: Formats
) -> None:
    shape = "#,##0" + ("." + "0" * decimals if decimals else "")
    written = format_decimal(Decimal(value).scaleb(-decimals), shape, locale=formats.locale)
    assert formats.number(value, decimals) == written.replace("-", "−")


def test_thousandths_are_percentages_without_needless_decimals() -> None:
    assert (EN.percent(500), EN.percent(505)) == ("50%", "50.5%")
    assert (DE.percent(500), DE.percent(505)) == ("50\u00a0%", "50,5\u00a0%")


def test_money_has_cents_only_where_there_are_some() -> None:
    assert (EN.money(123456, "EUR"), EN.money(250000, "EUR")) == ("€1,234.56", "€2,500")
    assert (DE.money(123456, "EUR"), DE.money(250000, "EUR")) == ("1.234,56\u00a0€", "2.500\u00a0€")
    assert (EN.money(-5, "CHF"), DE.money(-5, "CHF")) == ("−CHF\u00a00.05", "−0,05\u00a0CHF")


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (300_000, "JPY", "JP¥300,000", "300.000\u00a0¥"),
        (300_050, "KWD", "KWD\u00a0300.050", "300,050\u00a0KWD"),
        (-300_000, "KWD", "−KWD\u00a0300", "−300\u00a0KWD"),
        (300_050, "RSD", "RSD\u00a03,000.50", "3.000,50\u00a0RSD"),
    ],
)
def test_money_has_the_decimals_of_its_currency(minor: int, currency: str, english: str, german: str) -> None:
    assert (EN.money(minor, currency), DE.money(minor, currency)) == (english, german)


def test_dates_are_written_out() -> None:
    assert (EN.day(date(2026, 11, 3)), DE.day(date(2026, 11, 3))) == ("3 November 2026", "3. November 2026")
    assert (EN.month("2026-03"), DE.month("2026-03")) == ("March 2026", "März 2026")
    assert EN.moment(datetime(2026, 11, 3, 9, 5, tzinfo=UTC)) == "3 November 2026, 09:05 UTC"


@pytest.mark.parametrize(
    ("span", "english", "german"),
    [
        (timedelta(days=30, hours=23), "30 days", "30 Tage"),
        (timedelta(days=4), "4 days", "4 Tage"),
        (timedelta(hours=95, minutes=59), "95 hours", "95 Stunden"),
        (timedelta(hours=63, minutes=40), "63 hours", "63 Stunden"),
        (timedelta(hours=1), "1 hour", "1 Stunde"),
        (timedelta(minutes=59, seconds=59), "59 minutes", "59 Minuten"),
        (timedelta(seconds=59), "0 minutes", "0 Minuten"),
    ],
)
def test_what_is_left_of_a_clock_is_never_rounded_up(span: timedelta, english: str, german: str) -> None:
    assert (EN.span(span), DE.span(span)) == (english, german)
