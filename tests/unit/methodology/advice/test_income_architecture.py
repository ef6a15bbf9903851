"""Income over the next twelve months: exact stress cases, what helps most, and reminders that a calendar reads."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.income import Income
from services.methodology import Refused, load
from services.methodology.v1.advice.relief import KINDS
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


def helped(document: Document, option: Document) -> Document:
    """The same income once an option was taken."""
    if option["id"] == "reserve":
        return {**document, "reserve": document["reserve"] + option["amount"]}
    added = {"id": "added", "kind": "product", "monthly": option["amount"]}
    return {**document, "sources": [*document["sources"], added]}


@given(incomes)
@settings(max_examples=25)
def test_what_helps_is_exact(document: Document) -> None:
    told = VERSION.income(document)
    for one in told["helps_most"]:
        assert one["gain"] == one["worst_balance_after"] - one["worst_balance_before"] >= 0
        if one["id"] != "notice":
            after = VERSION.income(helped(document, one))["worst_case"]
            assert (after["lowest_balance"], after["id"]) == (
                one["worst_balance_after"],
                one["worst_case_after"]["id"],
            )


@given(incomes)
@settings(max_examples=25)
def test_what_helps_is_ranked_by_what_equal_money_does_and_not_by_its_size(document: Document) -> None:
    helps = VERSION.income(document)["helps_most"]
    # Given sources and reserves of the same money over the year
    sums = {kind: sorted(one["money_over_the_year"] for one in helps if one["id"] == kind) for kind in KINDS[1:]}
    assert sums["source"] == sums["reserve"]
    # Then what helps without money is first, the rest by what each unit of money does, and what is useless is last
    ranks = [
        (one["gain"] == 0, one["gain_per_money"] is not None, -(one["gain_per_money"] or one["gain"]))
        for one in helps
    ]
    assert ranks == sorted(ranks)
    # And money that is there at once counts in full, money still to come at most so
    assert all(one["gain_per_money"] == 10_000 for one in helps if one["id"] == "reserve")
    assert all(one["gain_per_money"] <= 10_000 for one in helps if one["id"] == "source")


def test_a_source_goes_before_a_reserve_of_the_same_money_where_the_worst_month_is_the_last() -> None:
    # Given a loss whose balance falls to the end of the year
    helps = [one["id"] for one in VERSION.income(two_sources())["helps_most"]]
    # Then no option wins by its size: notice without money first, then a source, then the reserve
    assert helps[:4] == ["notice", "notice", "source", "source"]


def test_a_reserve_goes_before_a_source_where_the_worst_month_comes_early() -> None:
    # Given an income that starts in March and carries everything from then on
    document = two_sources()
    start = {"starts": "2027-03"}
    document["sources"] = [{"id": "job", "kind": "benefit", "monthly": 900_000, "contract": start}]
    # Then money earned later counts for less than money that is there
    helps = VERSION.income(document)["helps_most"]
    assert [one["id"] for one in helps] == ["reserve"] * 3 + ["source"] * 3
    assert helps[3]["gain_per_money"] == 10_000 * 3 // 12


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


def hired(contract: Document, reserve: int) -> tuple[Document, Document]:
    """The year as it is, and the draws in which the one job of 3,000 a month becomes a contract; expenses 2,500."""
    job = {"kind": "employment", "monthly": 300_000, "contract": contract}
    told = VERSION.income(built([job], 250_000, reserve))
    (found,) = [one for one in told["ranges"] if one["id"] == "hired_as_contractor"]
    return case(told, "as_it_is"), found


def test_work_for_less_pay_lasts_no_longer_than_the_job_that_it_replaces() -> None:
    # Given a job that ends in a month, and a reserve that lasts to the end of the year with it
    usual, found = hired({"ends": "2026-12", "renewal": "none", "notice_months": 1}, 2_700_000)
    # When the job becomes a contract after the month's notice, then nothing is left to do: the year is as it is
    assert usual["lowest_balance"] == 0
    assert set(found["lowest_balance"].values()) == {0}
    assert found["draws_with_shortfall"] == 0


def test_work_for_less_pay_does_not_begin_before_the_job_that_it_replaces() -> None:
    # Given a job that begins in nine months, and a reserve for the eight before
    _, found = hired({"starts": "2027-08"}, 2_000_000)
    # Then no draw is paid for earlier: the eight months take all of the reserve at least
    assert all(lowest <= 0 for lowest in found["lowest_balance"].values())


@given(
    st.sampled_from(["2025-01", "2026-12", "2027-02", "2027-08"]),
    st.sampled_from(["2027-08", "2027-10", "2029-01"]),
    st.sampled_from(["automatic", "negotiated", "none"]),
    st.integers(0, 12),
    st.integers(0, 3_000_000),
)
@settings(max_examples=40)
def test_no_draw_of_contracts_instead_leaves_more_than_the_year_as_it_is(
    starts: str, ends: str, renewal: str, notice: int, reserve: int
) -> None:
    usual, found = hired({"starts": starts, "ends": ends, "renewal": renewal, "notice_months": notice}, reserve)
    assert max(found["lowest_balance"].values()) <= usual["lowest_balance"]


def events(contract: Document, label: str = "Client") -> list[tuple[str, str]]:
    """Day and summary of every event of one contract."""
    document = two_sources()
    document["sources"] = [{"id": "one", "label": label, "kind": "contract", "monthly": 1, "contract": contract}]
    calendar = VERSION.income(document)["calendar"].replace("\r\n ", "")
    lines = calendar.split("\r\n")
    assert (lines[0], lines[-2], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "")
    found = {
        name: [line.partition(":")[2] for line in lines if line.startswith(name)] for name in ("DTSTART", "SUMMARY")
    }
    assert len({line for line in lines if line.startswith("UID:")}) == len(found["DTSTART"])
    return list(zip(found["DTSTART"], found["SUMMARY"], strict=True))


@pytest.mark.parametrize("renewal", [{}, {"renewal": "none"}, {"renewal": "negotiated"}])
def test_a_contract_that_ends_by_itself_reminds_of_talks_and_never_of_notice(renewal: Document) -> None:
    # Given a contract for a fixed term, with a month's notice
    found = events({"ends": "2027-03", "notice_months": 1, **renewal}, "Client; north, A")
    # Then three months before its end there is a day to begin to talk, and then the end
    talks = "ends by itself in 2027-03: begin to talk about a renewal\\, or to look for what follows"
    assert found == [
        ("20261231", f"Client\\; north\\, A: {talks}"),
        ("20270331", "Client\\; north\\, A: contract ends today"),
    ]


@pytest.mark.parametrize("ends", ["2026-11", "2026-12", "2027-01"])
def test_talks_about_what_ends_soon_begin_this_month(ends: str) -> None:
    assert events({"ends": ends})[0][0] == "20261130"


def test_a_contract_that_renews_itself_reminds_in_every_period_of_the_twelve_months() -> None:
    # Given a contract that renews for three months at a time, with a month's notice
    found = events({"ends": "2027-02", "notice_months": 1, "renewal": "automatic", "renews_for_months": 3})
    # Then each period has a last day to give notice and the day after which it goes on
    notice = "Client: last day to give notice\\, else it renews for 3 months"
    assert [day for day, said in found if said == notice] == ["20270131", "20270430", "20270731", "20271031"]
    assert [day for day, said in found if said == "Client: renews by itself after today"] == [
        "20270228",
        "20270531",
        "20270831",
        "20271130",
    ]


def test_a_notice_that_can_be_given_no_more_is_not_reminded_of() -> None:
    found = events({"ends": "2026-12", "notice_months": 3, "renewal": "automatic", "renews_for_months": 12})
    assert [day for day, said in found if "notice" in said] == ["20270930"]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("2026-11", "Ends this month and is not renewed by itself: talk today."),
        ("2026-12", "Ends next month and is not renewed by itself: talk now."),
        ("2027-01", "Ends in 2 months and is not renewed by itself: begin to talk now."),
        ("2027-02", "Ends in 3 months and is not renewed by itself: begin to talk now."),
        ("2027-03", "Ends in 4 months and is not renewed by itself: begin to talk 3 months before."),
    ],
)
def test_the_target_says_when_to_talk_as_it_stands_now(ends: str, said: str) -> None:
    document = two_sources()
    document["sources"][0]["contract"]["ends"] = ends
    lines = {line["id"]: line for line in VERSION.income(document)["target_portfolio"]}
    assert lines["renewal.client"]["reason"] == said


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


@pytest.mark.parametrize(
    ("contract", "title", "message"),
    [
        ({"starts": "2027-05", "ends": "2027-01"}, "Endet vor dem Beginn", "job endet im Monat 2027-01."),
        ({"ends": "2026-10"}, "Schon beendet", "job endete im Monat 2026-10."),
    ],
)
def test_what_is_wrong_with_a_contract_is_told_in_the_readers_language(
    contract: Document, title: str, message: str
) -> None:
    document = two_sources()
    document["sources"][1]["contract"] = contract
    with pytest.raises(Refused) as refused:
        VERSION.income(document, "de")
    assert [(one.title, one.message) for one in refused.value.findings] == [(title, message)]


def test_the_schema_takes_the_document_as_it_is_and_nothing_else() -> None:
    assert Income().load(two_sources()) == two_sources()
    for wrong in ({"expenses": 0}, {"reserve": "1"}, {"sources": []}, {"name": "x"}, {"currency": "euro"}):
        with pytest.raises(ValidationError):
            Income().load({**two_sources(), **wrong})
