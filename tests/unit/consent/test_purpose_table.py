"""The purpose table, cell by cell, against the rules as the law words them.

The expectation below is written as prose would have it, apart from the table's own data: every one of the
11 purposes × (7 bases × 4 states + no record) × 4 states of the person is compared.
"""

from itertools import product

import pytest

from schemas.purposes import EMPLOYER_BASES, LEGAL_BASES, PERSON_STATES, PURPOSES, RECORD_STATES
from services.consent.purpose_table import (
    HAND_IN,
    Allowed,
    Refused,
    can_be_objected_to,
    can_be_withdrawn,
    decide,
    decide_hand_in,
)

MADE = {"answers", "result", "detail", "trail"}
GRANTS = {
    "scoring": ({"answers"}, {"result", "detail", "trail"}),
    "delivery": ({"result", "reference"}, set()),
    "delivery-detail": ({"detail"}, set()),
    "access": (MADE | {"reference", "statistics"}, set()),
    "portability": ({"answers"}, set()),
    "review": (MADE, {"trail"}),
    "draft": ({"answers"}, {"answers", "trail"}),
    "statistics": ({"statistics", "result"}, {"statistics"}),
    "research": ({"answers", "result"}, set()),
    "retention-beyond-result": (set(), set()),
    "legal-claim": (MADE, set()),
}
RECORDS = [(None, None), *product(LEGAL_BASES, RECORD_STATES)]
CELLS = list(product(PURPOSES, RECORDS, PERSON_STATES))


def goes_on_for(purpose: str, person: str) -> bool:
    if person == "active":
        return True
    if person == "restricted":
        return purpose in {"access", "portability", "review", "retention-beyond-result", "legal-claim"}
    return person == "erasure-pending" and purpose == "access"


def may_rest_on(purpose: str, basis: str) -> bool:
    if basis == "vital-interest":
        return False
    return {
        "portability": basis in {"consent", "contract"},
        "draft": basis in {"consent", "contract"},
        "statistics": basis == "consent",
        "research": basis in {"consent", "public-task", "legitimate-interest"},
        "legal-claim": basis in {"contract", "legal-obligation", "legitimate-interest"},
    }.get(purpose, True)


def is_ended_by(purpose: str, state: str) -> bool:
    if purpose == "portability":
        return False
    return state in {"withdrawn", "expired"} or (state == "objected" and purpose != "legal-claim")


def expected(purpose: str, basis: str | None, state: str | None, person: str) -> object:
    if not goes_on_for(purpose, person):
        return person
    if purpose not in {"access", "review"}:
        if basis is None:
            return "no-record"
        if not may_rest_on(purpose, basis):
            return "basis-not-allowed"
        if is_ended_by(purpose, state):
            return state
    return GRANTS[purpose]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_cell_decides_as_the_law_words_it(purpose: str) -> None:
    for _, (basis, state), person in (cell for cell in CELLS if cell[0] == purpose):
        decision = decide(purpose, basis, state, person)
        seen = (set(decision.open), set(decision.seal)) if isinstance(decision, Allowed) else decision.reason
        assert seen == expected(purpose, basis, state, person), (purpose, basis, state, person)


def test_a_hand_in_seals_answers_and_trail_exactly_where_scoring_is_allowed() -> None:
    for (basis, state), person in product(RECORDS, PERSON_STATES):
        scoring = decide("scoring", basis, state, person)
        hand_in = decide_hand_in(scoring, Refused("no-record"))
        assert hand_in == (HAND_IN if isinstance(scoring, Allowed) else scoring)
    assert (set(HAND_IN.seal), HAND_IN.open) == ({"answers", "trail", "reference"}, ())


def test_a_hand_in_seals_for_statistics_exactly_where_both_are_allowed() -> None:
    for (basis, state), person in product(RECORDS, PERSON_STATES):
        scoring, statistics = (decide(one, basis, state, person) for one in ("scoring", "statistics"))
        hand_in = decide_hand_in(scoring, statistics)
        if isinstance(scoring, Allowed):
            sealed = {"statistics"} if isinstance(statistics, Allowed) else set()
            assert (set(hand_in.seal), hand_in.open) == ({*HAND_IN.seal, *sealed}, ())
        else:
            assert hand_in == scoring


def test_an_erased_person_is_refused_everything() -> None:
    assert {decide(p, b, s, "erased") for p, (b, s), _ in CELLS} == {Refused("erased")}


def test_a_pending_erasure_leaves_access_alone() -> None:
    allowed = {p for p, (b, s), _ in CELLS if isinstance(decide(p, b, s, "erasure-pending"), Allowed)}
    assert allowed == {"access"}


def test_a_delivery_never_opens_answers_or_trail() -> None:
    opened = {
        domain
        for purpose in ("delivery", "delivery-detail")
        for (basis, state), person in product(RECORDS, PERSON_STATES)
        if isinstance(decision := decide(purpose, basis, state, person), Allowed)
        for domain in decision.domains
    }
    assert opened == {"result", "detail", "reference"}


def test_consent_is_withdrawn_and_interests_are_objected_to() -> None:
    assert [basis for basis in LEGAL_BASES if can_be_withdrawn(basis)] == ["consent"]
    assert [basis for basis in LEGAL_BASES if can_be_objected_to(basis)] == ["public-task", "legitimate-interest"]


def test_research_is_off_unless_the_controller_instructs_it() -> None:
    for purpose, (basis, state), person in CELLS:
        on, off = (decide(purpose, basis, state, person, instructed=told) for told in (True, False))
        assert off == (Refused("not-instructed") if purpose == "research" and isinstance(on, Allowed) else on)


def test_no_employer_rests_on_consent_nor_on_a_public_task() -> None:
    assert set(EMPLOYER_BASES) == {"contract", "legal-obligation", "legitimate-interest", "employment-law"}
