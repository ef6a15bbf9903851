"""The access report as a page reads it: answers by their names, and nothing of them left out unnamed."""

import json
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.consent.pages.report import readable
from services.methodology.specimen import specimen
from services.methodology.version import load

PAGES = Path(__file__).parents[3] / "services" / "consent" / "pages"


def visit(language: str) -> Visit:
    """A visitor without a session."""
    site = Site("consent", "http://here", bytes(32), [PAGES], {"addresses": {}})
    site.join(web.Application())
    return site._visit(make_mocked_request("GET", f"/?lang={language}"))


def report() -> dict[str, Any]:
    answers = specimen("report", profile="core+income")
    assessment = {
        "id": "0" * 32,
        "submitted_at": "2026-11-23T18:00:00Z",
        "answers": answers,
        "result": load().score(answers).result(),
    }
    return {
        "made_at": "2026-11-23T18:00:00Z",
        "controller": {"role": "operator", "name": None},
        "purposes": [{"purpose": "scoring", "legal_basis": "consent"}],
        "recipients": [],
        "holds": [],
        "forwarded": [],
        "reviews": [],
        "assessments": [assessment],
        "drafts": [
            {"id": "d", "saved_at": "2026-11-23T18:00:00Z", "ends_at": "2026-12-23T18:00:00Z", "answers": answers}
        ],
        "looked": [{"did": "viewed", "at": "2026-11-23T18:00:00Z", "purpose": "<b>audit</b>"}],
        "retention": {"sealed_copies_in_kafka_gone_by": None, "this_report_until": "2026-12-23T18:00:00Z"},
    }


def test_every_answer_stands_in_the_report_by_its_name() -> None:
    document = report()
    answers = document["assessments"][0]["answers"]
    (read,) = readable(document, visit("en")).assessments
    parts = {title: dict(rows) for title, rows in read.answers}

    for part, title in (("skills", "Skills"), ("knowledge", "Knowledge"), ("behaviours", "Habits")):
        assert parts[title].keys() == {load().name(one["id"]) for one in answers[part]}
    assert len(parts["Income"]) == len(answers["income"].keys() - {"currency"})
    assert len(parts["What the score is made of"]) == 6
    # and what is stored is there as a whole
    assert json.loads(read.whole) == document["assessments"][0]


def test_a_dimension_is_rounded_as_its_result_shows_it() -> None:
    document = report()
    part = document["assessments"][0]["result"]["dimensions"][0]
    part["value"] = {"low": 59_500_000, "high": 59_500_000}
    (read,) = readable(document, visit("en")).assessments

    assert dict(dict(read.answers)["What the score is made of"])[load().text("dimension.tasks")] == "60 of 100"


def test_a_draft_stands_in_the_report_with_its_answers_and_its_end() -> None:
    (draft,) = readable(report(), visit("en")).drafts

    assert "December" in draft.title
    assert {"Skills", "Income"} <= dict(draft.answers).keys()


def test_who_looked_is_said_with_the_purpose_in_the_readers_language() -> None:
    ((_, said),) = readable(report(), visit("de")).looked

    assert said == "Ein Prüfer hat es angesehen. <b>audit</b>"


def test_an_employee_reads_who_is_responsible_where_it_comes_from_and_where_it_goes() -> None:
    document = report()
    document["controller"] = {"role": "organisation", "id": "acme", "name": "Acme GmbH"}
    document["assessments"][0]["answered_by"] = "organisation"
    abroad = [{"country": "US", "safeguard": "standard clauses"}]
    document["recipients"] = [{"organisation": "acme", "receives": ["result"], "transfers_outside_the_eea": abroad}]
    read = readable(document, visit("en"))

    assert read.controller == "Acme GmbH"
    assert read.sources[0] == "Your employer handed in the answers of the assessments that say so."
    assert read.recipients == (("acme", "The score with its band. It goes to US. Safeguard: standard clauses."),)
    assert readable(report(), visit("en")).controller == "whoever runs this service"


def test_reasons_that_others_gave_stand_in_the_report() -> None:
    document, at = report(), "2026-11-23T18:00:00Z"
    document["holds"] = [{"id": "h", "reason": "a case", "set_at": at, "lifted_at": None}]
    refused = {"type": "erasure", "state": "refused", "reason": "we need it", "opened_at": at, "decided_at": at}
    document["forwarded"] = [refused, {**refused, "state": "waiting", "reason": None, "decided_at": None}]
    document["reviews"] = [{"statement": "It is wrong.", "decision": "confirmed", "reason": "It is right."}]
    read = readable(document, visit("en"))

    assert read.holds == (("since 23 November 2026", "a case"),)
    assert [said for _, said in read.forwarded] == [
        "Refused by your employer · 23 November 2026 · we need it",
        "Waits for your employer · 23 November 2026",
    ]
    ((_, said),) = read.reviews
    assert said.startswith("Your statement: It is wrong.") and said.endswith("It is right.")
