"""Income over the next twelve months: exact stress cases, what helps most, and reminders that a calendar reads."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.income import Income
from services.methodology import Refused, load
from services.methodology.v1.advice.reminders import escaped, folded

VERSION = load("1")
Document = dict[str, Any]

contracts = st.fixed_dictionaries(
    {},
    optional={
        "ends": st.sampled_from(["2026-11", "2027-02", "2027-06", "2029-01"]),
        "notice_months": st.integers(0, 6),
        "renewal": st.sampled_from(["automatic", "negotiated", "none"]),
    },
)
amounts = st.integers(0, 500_000)
sources = st.fixed_dictionaries(
    {"kind": st.sampled_from(["employment", "contract", "product", "capital", "benefit"]), "monthly": amounts},
    optional={"contract": contracts, "paid_when_ill": st.booleans()},
)


def built(drawn: list[Document], expenses: int, reserve: int) -> Document:
    held = [{"id": f"source-{number}", **one} for number, one in enumerate(drawn)]
    return {"as_of": "2026-11", "currency": "EUR", "expenses": expenses, "reserve": reserve, "sources": held}


incomes = st.builds(
    built, st.lists(sources, min_size=1, max_size=5), st.integers(1, 400_000), st.integers(0, 3_000_000)
)


def two_sources() -> Document:
    """A client of 3,000 until March with a month's notice, a job of 1,000 with three; expenses 2,500."""
    client = {"ends": "2027-03", "notice_months": 1, "renewal": "negotiated"}
    return {
        "as_of": "2026-11",
        "currency": "EUR",
        "expenses": 250_000,
        "reserve": 500_000,
        "sources": [
            {"id": "client", "label": "Client; north, A", "kind": "contract", "monthly": 300_000, "contract": client},
            {"id": "job", "kind": "employment", "monthly": 100_000, "contract": {"notice_months": 3}},
        ],
    }


def case(told: Document, name: str, source: str = "") -> Document:
    found: Document = next(
        one for one in told["cases"] if one["id"] == name and (not source or one["source"] == source)
    )
    return found


def test_every_month_is_covered_by_what_is_certain() -> None:
    # Given a contract that ends in March and is renewed only by negotiation
    told = VERSION.income(two_sources())
    # When the year is counted, then four months have both incomes and eight have the job alone
    assert [month["income"] for month in told["cover"]] == [400_000] * 4 + [100_000] * 8
    assert [month["cover"] for month in told["cover"]] == [16_000] * 4 + [4_000] * 8
    # And what could come is told apart, and the balance is the reserve with all that was left or missing
    assert [month["uncertain"] for month in told["cover"]] == [0] * 4 + [300_000] * 8
    assert [month["balance"] for month in told["cover"]][3:5] == [1_100_000, 950_000]


def test_the_loss_of_a_client_is_paid_to_the_end_of_the_notice() -> None:
    told = case(VERSION.income(two_sources()), "loss", "client")
    assert told["incomes"] == [400_000] + [100_000] * 11
    assert told["lowest_balance"] == 500_000 + 150_000 - 11 * 150_000
    assert told["exhausted"] == "2027-05"


def test_employees_replaced_by_contractors_lose_their_pay_after_the_notice() -> None:
    told = case(VERSION.income(two_sources()), "contractors_replace_employees")
    assert told["incomes"] == [400_000] * 3 + [300_000] + [0] * 8


def test_a_rate_cut_meets_contracts_alone() -> None:
    assert case(VERSION.income(two_sources()), "rate_cut")["incomes"] == [340_000] * 4 + [100_000] * 8


def test_two_months_of_illness_take_what_is_not_paid_then() -> None:
    # Given that the job is paid in illness and the contract is not
    told = case(VERSION.income(two_sources()), "illness")
    # Then two months in a row have the job alone, placed where it hurts most
    assert sorted(told["incomes"], reverse=True) == [400_000] * 2 + [100_000] * 10


@given(incomes)
@settings(max_examples=40)
def test_the_worst_case_is_the_lowest_balance_of_all(document: Document) -> None:
    told = VERSION.income(document)
    assert told["worst_case"]["lowest_balance"] == min(one["lowest_balance"] for one in told["cases"])
    for one in told["cases"]:
        balance, lowest = document["reserve"], []
        for income in one["incomes"]:
            balance += income - document["expenses"]
            lowest.append(balance)
        assert one["lowest_balance"] == min(lowest)
        assert one["shortfall"] == max(0, -min(lowest))
        assert (one["exhausted"] is None) == (min(lowest) >= 0)


@given(incomes)
@settings(max_examples=40)
def test_no_stress_leaves_more_than_the_year_as_it_is(document: Document) -> None:
    told = VERSION.income(document)
    usual = case(told, "as_it_is")["incomes"]
    for one in told["cases"]:
        assert all(stressed <= income for stressed, income in zip(one["incomes"], usual, strict=True))


@given(incomes)
@settings(max_examples=25)
def test_what_helps_is_exact_and_ranked(document: Document) -> None:
    told = VERSION.income(document)
    gains = [one["gain"] for one in told["helps_most"]]
    assert gains == sorted(gains, reverse=True)
    assert min(gains) >= 0
    for one in told["helps_most"]:
        if one["id"] == "reserve":
            more = {**document, "reserve": document["reserve"] + one["amount"]}
            assert VERSION.income(more)["worst_case"]["lowest_balance"] == one["worst_balance_after"]


@given(incomes)
@settings(max_examples=40)
def test_the_targets_reserve_outlasts_every_exact_case(document: Document) -> None:
    lines = {line["id"]: line for line in VERSION.income(document)["target_portfolio"]}
    held = {**document, "reserve": max(document["reserve"], lines["reserve"]["target"])}
    assert VERSION.income(held)["worst_case"]["lowest_balance"] >= 0
    assert all(line["reason"] for line in lines.values())


@given(incomes)
@settings(max_examples=25)
def test_the_same_document_gives_the_same_bytes_in_any_order(document: Document) -> None:
    turned = {**document, "sources": document["sources"][::-1]}
    assert json.dumps(VERSION.income(document)) == json.dumps(VERSION.income(turned))


def test_a_range_lies_between_the_certain_loss_and_the_certain_renewal() -> None:
    told = VERSION.income(two_sources())
    (renewals,) = [one for one in told["ranges"] if one["id"] == "renewals"]
    low, middle, high = (renewals["lowest_balance"][part] for part in ("5", "50", "95"))
    assert case(told, "as_it_is")["lowest_balance"] <= low <= middle <= high <= 650_000


def test_a_calendar_reminds_of_the_last_day_to_give_notice_and_of_the_end() -> None:
    lines = VERSION.income(two_sources())["calendar"].split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    assert [line for line in lines if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20270228",
        "DTSTART;VALUE=DATE:20270331",
    ]
    assert "SUMMARY:Client\\; north\\, A: last day to give notice" in lines
    assert len({line for line in lines if line.startswith("UID:")}) == 2


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_a_folded_line_has_at_most_75_octets_a_part_and_unfolds_to_itself(text: str) -> None:
    line = folded(f"SUMMARY:{escaped(text)}")
    assert all(len(part) <= 75 for part in line.encode().split(b"\r\n"))
    assert line.replace("\r\n ", "") == f"SUMMARY:{escaped(text)}"


@pytest.mark.parametrize(
    ("contract", "code"),
    [({"starts": "2027-05", "ends": "2027-01"}, "ends_before_start"), ({"ends": "2026-10"}, "ended")],
)
def test_a_contract_that_cannot_be_is_named(contract: Document, code: str) -> None:
    document = two_sources()
    document["sources"][1]["contract"] = contract
    with pytest.raises(Refused) as refused:
        VERSION.income(document)
    assert [(one.path, one.code) for one in refused.value.findings] == [("sources.1.contract.ends", code)]


def test_a_source_given_twice_is_named() -> None:
    document = two_sources()
    document["sources"][1]["id"] = "client"
    with pytest.raises(Refused, match=r"sources\.1\.id: client stands twice"):
        VERSION.income(document)


def test_the_schema_takes_the_document_as_it_is_and_nothing_else() -> None:
    assert Income().load(two_sources()) == two_sources()
    for wrong in ({"expenses": 0}, {"reserve": "1"}, {"sources": []}, {"name": "x"}, {"currency": "euro"}):
        with pytest.raises(ValidationError):
            Income().load({**two_sources(), **wrong})
