"""docs/purposes.md is printed from the table: every line is a cell, every cell that releases has its line."""

from itertools import product

from schemas.purposes import LEGAL_BASES, PERSON_STATES, PURPOSES, RECORD_STATES
from services.consent.purpose_table import Allowed, decide
from services.consent.purposes_page import TARGET, page, released

RECORDS = [(None, None), *product(LEGAL_BASES, RECORD_STATES)]


def test_the_committed_page_is_the_printed_one() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run python -m services.consent.purposes_page"


def test_the_printed_cells_are_those_that_release_and_no_others() -> None:
    # Given the printed lines, read back as cells
    printed = {cell for line in released().splitlines()[2:] for cell in cells(line)}
    # Then they are exactly the cells that the table allows
    assert printed == {
        (purpose, basis, record, person, decision.open, decision.seal)
        for purpose, (basis, record), person in product(PURPOSES, RECORDS, PERSON_STATES)
        if isinstance(decision := decide(purpose, basis, record, person), Allowed)
    }


def cells(line: str) -> set[tuple]:
    purpose, bases, record, person, opens, seals = (part.strip() for part in line.strip("|").split(" | "))
    # A right that no record governs is printed once for all records
    records = RECORDS if record == "–" else [(basis, record) for basis in bases.split(", ")]
    return {(purpose, *one, person, words(opens), words(seals)) for one in records}


def words(text: str) -> tuple[str, ...]:
    return () if text == "–" else tuple(text.split(", "))


def test_every_purpose_and_every_basis_is_explained() -> None:
    text = page()
    assert all(f"\n| {name} |" in text for name in (*PURPOSES, *LEGAL_BASES))
