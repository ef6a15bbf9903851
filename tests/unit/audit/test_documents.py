"""The documents that the AI Act asks for: they say what the log and the methodology say, and claim no more."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.documents.page import FILL_IN
from schemas.entry import role
from schemas.incident import IncidentKind
from services import methodology
from services.audit import documents as package
from services.audit.documents import MEMO, documents
from services.audit.documents.grounds import Grounds, grounds
from services.audit.documents.incident_report import Incident, incident_report
from services.audit.documents.indices import MOST_RANGES, Indices
from services.audit.documents.legal_table import LEGAL, Provision
from services.audit.tlog.at import At as Place
from services.audit.tlog.checkpoint import Checkpoint
from services.audit.tlog.note import Note, NoteError
from services.methodology.version import load
from tests.unit.audit.examples import SIGNER, VKEY

AT = "2026-11-23T18:00:00Z"
OTHER = "sha256:" + "0" * 64


def leaf(kind: str, **more: str) -> dict[str, object]:
    return {"type": kind, "time": AT, "software": "0.1.0", "actor": "service:scoring", **more}


def of(*leaves: dict[str, object]) -> Grounds:
    return grounds(Checkpoint(SIGNER.name, len(leaves), bytes(32)), enumerate(leaves))


FOUND = of(
    leaf("received"),
    leaf("scored", methodology=load().hash),
    leaf("received"),
    leaf("scored", methodology=load().hash),
    leaf("incident"),
    leaf("scored", methodology=OTHER),
)
WRITTEN = documents(FOUND, AT, SIGNER)
CONCERNED = [(Place(1, 3), leaf("scored"))]
REPORT = incident_report(
    Incident("death", datetime(2026, 11, 23, 18, tzinfo=UTC), "It went wrong.", "a" * 32, CONCERNED), AT
)
ALL = {**WRITTEN, "incident.md": REPORT}


def test_every_document_that_the_act_asks_for_is_there() -> None:
    assert set(WRITTEN) == {
        "legal-table.md",
        "technical-documentation.md",
        "instructions-for-deployers.md",
        "log-description.md",
        "post-market-monitoring.md",
        "serious-incidents.md",
        MEMO,
    }


@pytest.mark.parametrize("name", ALL)
def test_no_document_calls_the_product_compliant(name: str) -> None:
    told = ALL[name]
    for source in {one.told_by for one in LEGAL.values() if one.told_by}:  # an address may have the word in it
        told = told.replace(source, "")
    assert re.findall(r"\bcompl(?:y|ia|ie)", told, re.IGNORECASE) == []


@pytest.mark.parametrize("name", [name for name in ALL if name != "legal-table.md"])
def test_each_document_says_what_it_is_aligned_with_and_names_leaves(name: str) -> None:
    assert "aligned with" in ALL[name]
    assert re.search(r"\| Lea(f|ves|f indices) ", ALL[name])


def test_a_document_names_the_leaves_of_each_type_by_their_indices() -> None:
    assert "| scored | 3 | 1, 3, 5 |" in WRITTEN["technical-documentation.md"]
    assert "| refused | 0 | none yet |" in WRITTEN["technical-documentation.md"]


def test_what_a_sandbox_made_up_counts_in_no_figure_and_is_said_to_be_left_out() -> None:
    made_up = leaf("scored", methodology=load().hash, actor=role("service:scoring", "sandbox-acme"))
    written = documents(of(leaf("received"), made_up, leaf("scored", methodology=load().hash)), AT, SIGNER)
    for name, document in written.items():
        assert "| scored | 2 |" not in document, name
    assert "| scored | 1 | 2 |" in written["technical-documentation.md"]
    assert f"| {load().hash} | 1 | 2 |" in written["technical-documentation.md"]
    assert "3 entries, without 1 about made-up people of sandboxes" in written["log-description.md"]


def test_decisions_are_told_apart_by_the_methodology_that_made_them_and_an_unknown_one_is_called_so() -> None:
    told = WRITTEN["technical-documentation.md"]
    assert f"| 1 | {load().hash} | 2 | 1, 3 |" in told
    assert f"| not published by this software | {OTHER} | 1 | 5 |" in told


def test_every_type_of_entry_that_the_log_has_stands_in_its_description() -> None:
    told = WRITTEN["log-description.md"]
    assert all(f"| {name} |" in told for name in ("received", "scored", "incident"))
    assert f"{SIGNER.name} at 6 entries" in told


def test_a_log_without_entries_is_documented_as_one() -> None:
    told = documents(of(), AT, None)
    assert "None was recorded. Where a service has several logs" in told["serious-incidents.md"]
    assert "Entries from none to none." in told["log-description.md"]


@pytest.mark.parametrize(
    ("kind", "within", "by"),
    [
        ("serious", "15 days", "12-08"),
        ("death", "10 days", "12-03"),
        ("widespread", "2 days", "11-25"),
        ("breach", "72 hours", "11-26"),
    ],
)
def test_each_kind_of_incident_has_its_clock_from_awareness(kind: IncidentKind, within: str, by: str) -> None:
    told = incident_report(Incident(kind, datetime(2026, 11, 23, 18, tzinfo=UTC), "It went wrong.", "a" * 32), AT)
    assert f"by **2026-{by}T18:00:00Z** ({within}," in told
    assert "None was named." in told


def test_a_report_names_log_and_leaf_of_each_entry_that_it_rests_on() -> None:
    assert "\n| 1 | 3 | scored |" in REPORT


def test_the_register_names_each_incident_by_its_leaf_with_every_clock() -> None:
    row = f"| 4 | {AT} | 2026-12-08T18:00:00Z | 2026-12-03T18:00:00Z | 2026-11-25T18:00:00Z |"
    row += " 2026-11-26T18:00:00Z |"
    assert row in WRITTEN["serious-incidents.md"]


def test_the_memo_is_signed_by_the_logs_key_and_leaves_a_line_for_who_answers() -> None:
    note = Note.parse(WRITTEN[MEMO].encode())
    assert note.verified_by([VKEY]) == (VKEY,)
    assert re.search(r"^Name: _+$", note.text, re.MULTILINE)


def test_a_changed_memo_is_found() -> None:
    changed = Note.parse(WRITTEN[MEMO].replace("does not help", "helps").encode())
    with pytest.raises(NoteError):
        changed.verified_by([VKEY])


def test_the_memo_says_why_why_not_and_what_is_unsettled() -> None:
    told = documents(FOUND, AT, None)[MEMO]
    assert all(said in told for said in ("Art. 3(1)", "recital 12", "settled", "Annex III point 4(b)", "profiling"))


def test_a_date_that_nobody_has_read_where_it_is_published_is_shown_as_unconfirmed_with_its_source() -> None:
    told = WRITTEN["legal-table.md"]
    row = "OJ L, 2024/1689, 12.7.2024; OJ L, 2026/1744, 24.7.2026 | unconfirmed (published, by a secondary source) |"
    assert f"| 2027-12-02 | {row}" in told
    assert "timeline.md, as of 2026-08-05" in told
    assert Provision("Art. 1", "what", "2030-01-01", "", "applies").shown_status.startswith("unconfirmed")
    assert Provision("Art. 1", "what", "2030-01-01", "OJ", "applies", "a blog").shown_status.startswith("unconfirmed")


def test_what_the_amendment_put_off_is_chapter_three_alone() -> None:
    put_off = {name for name, one in LEGAL.items() if one.date == LEGAL["annex-iii"].date}
    assert {"documentation", "logs", "instructions", "oversight", "accuracy", "workers"} <= put_off
    assert put_off.isdisjoint({"definition", "emotion", "monitoring", "incidents", "explanation", "literacy"})


def test_every_article_that_a_letter_names_is_a_row_of_the_law() -> None:
    package = Path(methodology.__file__).parent
    english = json.loads((package / "letter.en.json").read_text())
    named = {
        one for text in english.values() for one in re.findall(r"(?:AI Act|GDPR) Art\. [0-9]+(?:\([0-9]\))?", text)
    }
    rows = {one.article for one in LEGAL.values()}
    assert named
    assert {one for one in named if not any(row.startswith(one) for row in rows)} == set()


def test_every_row_of_the_law_is_printed_with_date_and_reference() -> None:
    told = WRITTEN["legal-table.md"]
    assert all(f"| {one.article} |" in told and f"| {one.date} |" in told for one in LEGAL.values())
    assert all(one.reference in told for one in LEGAL.values())
    assert "| 2026-12-02 | OJ L, 2024/2831, 11.11.2024 |" in told


def test_no_date_of_the_law_stands_anywhere_but_in_its_table() -> None:
    here = Path(package.__file__).parent
    texts = {path.name: path.read_text() for path in here.glob("*.py") if path.name != "legal_table.py"}
    dates = {one.date for one in LEGAL.values()} | {"2024/1689", "2016/679", "2024/2831"}
    assert [(name, date) for name, text in texts.items() for date in dates if date in text] == []


def test_what_only_people_can_know_is_marked() -> None:
    assert f"Provider: {FILL_IN}" in WRITTEN["technical-documentation.md"]


def test_ranges_of_indices_are_written_short() -> None:
    assert str(taken([0, 1, 2, 3, 7, 12, 13])) == "0–3, 7, 12–13"


def test_an_index_that_does_not_rise_is_refused() -> None:
    with pytest.raises(ValueError, match="leaf 3 does not lie behind leaf 3"):
        taken([3, 3])


@given(st.sets(st.integers(0, 200), min_size=1, max_size=60))
def test_ranges_name_the_first_indices_and_count_the_others(chosen: set[int]) -> None:
    one = taken(sorted(chosen))
    listed, _, more = str(one).partition(", and ")
    named = list(_named(listed))
    assert named == sorted(chosen)[: len(named)]
    assert listed.count(",") < MOST_RANGES
    assert more == (f"{len(chosen) - len(named)} more up to {max(chosen)}" if len(named) < len(chosen) else "")


def taken(indices: list[int]) -> Indices:
    one = Indices()
    for index in indices:
        one.take(index)
    return one


def _named(listed: str) -> Iterator[int]:
    for part in listed.split(", "):
        first, _, last = part.partition("–")
        yield from range(int(first), int(last or first) + 1)
