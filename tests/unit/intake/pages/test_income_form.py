"""The list of sources and contracts: what it says of an income, and what is wrong with it."""

import json

import pytest

from infra.pages.form import Form
from schemas.decoding import Decoder
from schemas.income import Income
from services.intake.pages.filled import CURRENCIES, currencies
from services.intake.pages.income_form import MOST_ROWS, ROWS, document, prefilled, rows
from services.methodology.version import load

FILLED = {
    "currency": "EUR",
    "expenses": "2.500,50",
    "reserve": "9000",
    "label:1": "Main  client",
    "kind:1": "contract",
    "monthly:1": "3200",
    "ends:1": "2027-03",
    "notice:1": "1",
    "renewal:1": "negotiated",
    "kind:3": "employment",
    "monthly:3": "600",
}


def form(**changed: str) -> Form:
    return Form({name: [value] for name, value in (FILLED | changed).items()})


def test_a_list_becomes_the_document_that_the_interface_takes() -> None:
    told, mistakes = document(form(), "2026-11")

    assert mistakes == {}
    assert (told["expenses"], told["reserve"], told["currency"]) == (250_050, 900_000, "EUR")
    assert told["sources"] == [
        {
            "id": "source-1",
            "kind": "contract",
            "monthly": 320_000,
            "label": "Main client",
            "contract": {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"},
        },
        {"id": "source-3", "kind": "employment", "monthly": 60_000},
    ]
    Decoder(Income).decode(json.dumps(told).encode())
    assert "BEGIN:VEVENT" in load().income(told)["calendar"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expenses", ""),
        ("expenses", "0"),
        ("reserve", "plenty"),
        ("monthly:1", "much"),
        ("ends:1", "2027-13"),
        ("notice:1", "25"),
        ("notice:1", "soon"),
    ],
)
def test_what_does_not_fit_is_named_by_its_field(field: str, value: str) -> None:
    assert list(document(form(**{field: value}), "2026-11")[1]) == [field]


def test_without_a_source_there_is_nothing_to_review() -> None:
    assert list(document(form(**{"monthly:1": "", "monthly:3": ""}), "2026-11")[1]) == ["monthly:1"]
    nothing = document(form(**dict.fromkeys(FILLED, "") | {"expenses": "1", "reserve": "0"}), "2026-11")
    assert nothing[1] == {"monthly:1": "no-source"}


@pytest.mark.parametrize("written", [{"label:2": "Lectures"}, {"ends:2": "2027-03"}, {"notice:2": "0"}])
def test_a_source_of_which_something_was_written_is_not_left_out_for_want_of_its_amount(
    written: dict[str, str],
) -> None:
    assert document(form(**written), "2026-11")[1] == {"monthly:2": "source-amount"}
    alone = form(**{"monthly:1": "", "label:1": "", "ends:1": "", "notice:1": "", "monthly:3": ""} | written)
    assert document(alone, "2026-11")[1] == {"monthly:2": "source-amount"}


def test_figures_in_a_currency_that_is_not_offered_to_everybody_stay_in_it() -> None:
    income = {"currency": "SEK", "largest_source": 300_000, "expenses": 250_000, "reserve": 0}
    filled = prefilled({"income": income})

    assert document(filled, "2026-11")[0]["currency"] == "SEK"
    assert currencies(filled, "currency") == (*CURRENCIES, "SEK")


@pytest.mark.parametrize("given", ["", "euro", "SE", "SEKK", "<b>"])
def test_what_is_no_currency_is_the_first_that_is_offered(given: str) -> None:
    assert document(form(currency=given), "2026-11")[0]["currency"] == "EUR"
    assert currencies(form(currency=given), "currency") == CURRENCIES


def test_the_few_figures_of_an_assessment_fill_the_list() -> None:
    income = {
        "currency": "CHF",
        "largest_source": 300_000,
        "sources_total": 350_050,
        "expenses": 250_000,
        "reserve": 0,
    }
    told, mistakes = document(prefilled({"income": income}), "2026-11")

    assert mistakes == {}
    assert [(one["id"], one["monthly"]) for one in told["sources"]] == [("source-1", 300_000), ("source-2", 50_050)]
    assert (told["currency"], told["reserve"]) == ("CHF", 0)
    assert prefilled({}).values == {}


@pytest.mark.parametrize(
    ("there", "go", "shown"),
    [
        ("", "review", ROWS),
        ("4", "row", 5),
        (str(MOST_ROWS), "row", MOST_ROWS),
        ("99", "", MOST_ROWS),
        ("x", "", ROWS),
    ],
)
def test_one_row_more_is_shown_when_asked_for(there: str, go: str, shown: int) -> None:
    assert rows(Form({"rows": [there], "go": [go]})) == shown
