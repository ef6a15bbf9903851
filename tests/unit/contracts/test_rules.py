"""What may change in a published interface, and what would break the clients that were written against it."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from schemas.deprecation import fading
from schemas.fields import Strict, Text
from schemas.json_schema import json_schema
from services.contracts import __main__ as command
from services.contracts.break_found import Break
from services.contracts.documents import documents
from services.contracts.published import PLACE, announces_break, differences
from services.contracts.rules import breaks

Document = dict[str, Any]
SINCE, SUNSET = date(2026, 1, 1), date(2026, 8, 1)
DAY = timedelta(days=1)
INTAKE, EVENTS = "intake.openapi.json", "events.asyncapi.json"
HAND_IN = ("paths", "/v1/assessments", "post")


def at(document: Document, *names: str) -> Any:
    for name in names:
        document = document[name]
    return document


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def found(name: str, change: Callable[[Document], object]) -> set[str]:
    """The rules that a change of an interface breaks."""
    old = documents()[name]
    new = copy.deepcopy(old)
    change(new)
    return {one.rule for one in breaks(old, new, SUNSET)}


def test_nothing_breaks_who_uses_the_version_published_last() -> None:
    found = [str(one) for one in differences()]
    assert found == [], "mend it, or publish it on purpose: python -m services.contracts --break"
    assert {file.name for file in PLACE.glob("*.json")} == documents().keys()


def no_longer_open(new: Document) -> None:
    at(new, *HAND_IN)["security"] = [{"claim": []}]


def a_needed_parameter(new: Document) -> None:
    one = {"name": "who", "in": "query", "required": True, "schema": {"type": "string"}}
    at(new, *HAND_IN)["parameters"].append(one)


def a_shorter_wait(new: Document) -> None:
    at(new, *HAND_IN)["parameters"][0]["schema"]["maximum"] = 10


BREAKING: list[tuple[str, str, Callable[[Document], object]]] = [
    ("operation-removed", INTAKE, lambda new: new["paths"].pop("/v1/assessments/stream")),
    ("operation-renamed", INTAKE, lambda new: at(new, *HAND_IN).update(operationId="submit")),
    ("parameter-required", INTAKE, a_needed_parameter),
    ("parameter-narrowed", INTAKE, a_shorter_wait),
    ("parameter-removed", INTAKE, lambda new: at(new, *HAND_IN)["parameters"].pop(0)),
    ("body-type-removed", INTAKE, lambda new: at(new, *HAND_IN)["requestBody"]["content"].clear()),
    ("body-narrowed", INTAKE, lambda new: schema(new, "EmployeeHandIn")["required"].append("external_id")),
    ("body-narrowed", INTAKE, lambda new: schema(new, "EmployeeHandIn")["properties"].pop("external_id")),
    ("body-narrowed", INTAKE, lambda new: schema(new, "Answers")["properties"]["profile"]["enum"].pop()),
    ("body-narrowed", INTAKE, lambda new: schema(new, "Answers")["properties"]["occupations"].update(maxItems=2)),
    ("answer-removed", INTAKE, lambda new: at(new, *HAND_IN)["responses"].pop("202")),
    ("answer-type-removed", INTAKE, lambda new: at(new, *HAND_IN)["responses"]["202"]["content"].clear()),
    ("answer-widened", INTAKE, lambda new: schema(new, "HandedIn")["required"].remove("links")),
    ("answer-widened", INTAKE, lambda new: schema(new, "Assessment")["properties"]["status"]["enum"].append("lost")),
    ("answer-widened", INTAKE, lambda new: schema(new, "Points")["properties"]["low"].update(type="string")),
    ("answer-widened", INTAKE, lambda new: schema(new, "OccupationShare")["properties"].pop("share")),
    ("answer-added", INTAKE, lambda new: responses(new).update({"207": responses(new)["202"]})),
    ("header-removed", INTAKE, lambda new: responses(new)["202"]["headers"].pop("Location")),
    ("header-removed", INTAKE, lambda new: responses(new)["202"]["headers"]["Location"].update(required=False)),
    ("header-widened", INTAKE, lambda new: responses(new)["202"]["headers"]["Location"]["schema"].pop("type")),
    ("proof-refused", INTAKE, no_longer_open),
    ("scheme-removed", INTAKE, lambda new: schemes(new).pop("partner")),
    ("scheme-changed", INTAKE, lambda new: schemes(new)["partner"].update(scheme="bearer")),
    ("scheme-changed", INTAKE, lambda new: credentials(new).update(tokenUrl="/v2/oauth/token")),
    ("scope-removed", INTAKE, lambda new: credentials(new)["scopes"].pop("webhooks.manage")),
    ("webhook-removed", INTAKE, lambda new: new["webhooks"].pop("privacy.erased")),
    ("webhook-widened", INTAKE, lambda new: schema(new, "NoticeTold")["required"].remove("kind")),
    ("webhook-widened", INTAKE, lambda new: erased(new)["requestBody"]["content"].clear()),
    ("webhook-widened", INTAKE, lambda new: message_of(new)["required"].remove("timestamp")),
    ("webhook-header-removed", INTAKE, lambda new: erased(new)["parameters"].pop()),
    ("webhook-header-removed", INTAKE, lambda new: erased(new)["parameters"][0].update(required=False)),
    ("channel-removed", EVENTS, lambda new: new["channels"].pop("keys.revoked")),
    ("channel-removed", EVENTS, lambda new: new["channels"].pop("results")),
    ("channel-moved", EVENTS, lambda new: at(new, "channels", "results").update(address="out.{organisation}")),
    ("message-removed", EVENTS, lambda new: at(new, "channels", "results", "messages").pop("assessment.gone")),
    ("value-narrowed", EVENTS, lambda new: schema(new, "EmployeeHandIn")["required"].append("external_id")),
    ("value-widened", EVENTS, lambda new: schema(new, "Delivered")["required"].remove("status")),
    ("value-widened", EVENTS, lambda new: sealed(new, "assessment.gone").pop("x-plaintext")),
    ("value-widened", EVENTS, lambda new: sealed(new, "assessment.gone").pop("pattern")),
    ("partitions-changed", EVENTS, lambda new: kafka(new).update(partitions=8)),
    ("message-removed", EVENTS, lambda new: at(new, "channels", "assessments.scored", "messages").clear()),
    ("type-changed", EVENTS, lambda new: at(new, "components", "messages", "Scored").update(name="v2")),
    ("value-widened", EVENTS, lambda new: schema(new, "Scored")["required"].remove("leaf")),
]


def kafka(document: Document) -> Document:
    found: Document = at(document, "channels", "assessments.scored", "bindings", "kafka")
    return found


def erased(document: Document) -> Document:
    found: Document = at(document, "webhooks", "privacy.erased", "post")
    return found


def message_of(document: Document) -> Document:
    found: Document = at(erased(document), "requestBody", "content", "application/json", "schema")
    return found


def sealed(document: Document, name: str) -> Document:
    found: Document = at(document, "components", "messages", name, "payload")
    return found


def responses(document: Document) -> Document:
    found: Document = at(document, *HAND_IN)["responses"]
    return found


def schemes(document: Document) -> Document:
    found: Document = document["components"]["securitySchemes"]
    return found


def credentials(document: Document) -> Document:
    found: Document = schemes(document)["organisation"]["flows"]["clientCredentials"]
    return found


@pytest.mark.parametrize(("rule", "name", "change"), BREAKING)
def test_a_break_is_found_under_its_rule(rule: str, name: str, change: Callable[[Document], object]) -> None:
    assert rule in found(name, change)


def a_wish(new: Document) -> None:
    one = {"name": "wish", "in": "query", "required": False, "schema": {"type": "string"}}
    at(new, *HAND_IN)["parameters"].append(one)


def a_new_problem(new: Document) -> None:
    responses(new)["451"] = responses(new)["422"]


def an_address_that_leaves_open_what_it_had_filled_in(new: Document) -> None:
    operation = new["paths"].pop("/v1/assessments/stream")
    operation["post"]["parameters"].append(
        {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}}
    )
    new["paths"]["/v1/assessments/{kind}"] = operation


HARMLESS: list[Callable[[Document], object]] = [
    an_address_that_leaves_open_what_it_had_filled_in,
    lambda new: new["paths"].update({"/v1/more": {"get": at(new, *HAND_IN)}}),
    a_wish,
    a_new_problem,
    lambda new: responses(new).pop("410"),
    lambda new: schemes(new)["partner"].update(description="another"),
    lambda new: credentials(new)["scopes"].update(more="More."),
    lambda new: schema(new, "Assessment")["properties"].update(more={"type": "string"}),
    lambda new: schema(new, "Assessment")["required"].append("reason"),
    lambda new: schema(new, "EmployeeHandIn")["properties"].update(more={"type": "string"}),
    lambda new: schema(new, "EmployeeHandIn")["properties"]["external_id"].update(maxLength=400),
    lambda new: schema(new, "Answers")["properties"]["occupations"].update(maxItems=9),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_what_only_adds_breaks_nobody(change: Callable[[Document], object]) -> None:
    assert found(INTAKE, change) == set()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (INTAKE, lambda new: new["webhooks"].update({"privacy.more": new["webhooks"]["privacy.erased"]})),
        (INTAKE, lambda new: message_of(new)["properties"].update(more={"type": "string"})),
        (EVENTS, lambda new: new["channels"].update(more=at(new, "channels", "results"))),
        (EVENTS, lambda new: schema(new, "EmployeeHandIn")["properties"].update(more={"type": "string"})),
        (EVENTS, lambda new: schema(new, "Delivered")["properties"].update(more={"type": "string"})),
    ],
)
def test_what_is_told_besides_breaks_no_receiver(name: str, change: Callable[[Document], object]) -> None:
    assert found(name, change) == set()


def test_a_document_from_before_webhooks_were_published_is_compared_all_the_same() -> None:
    old = documents()[INTAKE]
    assert breaks({name: part for name, part in old.items() if name != "webhooks"}, old, SUNSET) == []


def parts(document: Document, name: str) -> tuple[Document, list[str]]:
    """The members of a form, and which of them are needed or promised."""
    return schema(document, name)["properties"], schema(document, name).setdefault("required", [])


def fades(document: Document, name: str, member: str, sunset: date = SUNSET) -> Document:
    """The document with a member that is marked as on its way out."""
    new = copy.deepcopy(document)
    parts(new, name)[0][member].update(fading(SINCE, sunset))
    return new


def without(document: Document, name: str, member: str) -> Document:
    new = copy.deepcopy(document)
    members, needed = parts(new, name)
    del members[member]
    if member in needed:
        needed.remove(member)
    return new


FADING = [
    (INTAKE, "Assessment", "status"),
    (INTAKE, "Assessment", "reason"),
    (INTAKE, "EmployeeHandIn", "external_id"),
    (EVENTS, "Delivered", "status"),
]


def test_to_mark_a_member_in_time_breaks_nobody() -> None:
    for name, form, member in FADING:
        old = documents()[name]
        assert breaks(old, fades(old, form, member), SUNSET - DAY) == []


@pytest.mark.parametrize(("name", "form", "member"), FADING)
def test_a_member_that_was_marked_may_go_from_its_sunset_on_and_not_before(name: str, form: str, member: str) -> None:
    old = fades(documents()[name], form, member)
    new = without(old, form, member)
    assert breaks(old, new, SUNSET) == []
    early = [(one.rule, one.where) for one in breaks(old, new, SUNSET - DAY)]
    assert ("member-ended-early", f"{form} {member}") in early


def test_a_member_that_stays_beyond_its_sunset_is_needed_as_before() -> None:
    old = fades(documents()[INTAKE], "EmployeeHandIn", "assessment")
    assert breaks(old, old, SUNSET + DAY) == []


@pytest.mark.parametrize(("earlier", "rules"), [(DAY, {"sunset-earlier"}), (-DAY, set())])
def test_a_sunset_is_put_off_and_not_brought_forward(earlier: timedelta, rules: set[str]) -> None:
    present = documents()[INTAKE]
    old = fades(present, "Assessment", "reason")
    new = fades(present, "Assessment", "reason", SUNSET - earlier)
    assert {one.rule for one in breaks(old, new, SINCE)} == rules


@pytest.mark.parametrize(
    "mark",
    [
        {"deprecated": True},
        {"deprecated": True, "x-sunset": "2026-08-01"},
        {"deprecated": True, "x-deprecated-since": "2026-01-01", "x-sunset": "soon"},
        {"deprecated": True, "x-deprecated-since": "2026-01-01", "x-sunset": "2026-07-02"},
    ],
)
def test_a_member_that_is_marked_without_half_a_year_is_a_break(mark: Document) -> None:
    assert found(INTAKE, lambda new: parts(new, "Assessment")[0]["reason"].update(mark)) == {"deprecation-short"}


def test_a_field_that_fades_says_so_in_its_form() -> None:
    class Form(Strict):
        """A form."""

        old = Text(9, metadata=fading(SINCE, SUNSET))
        new = Text(9)

    members = json_schema(Form)["properties"]
    assert members["old"] == members["new"] | {
        "deprecated": True,
        "x-deprecated-since": "2026-01-01",
        "x-sunset": "2026-08-01",
    }
    with pytest.raises(ValueError, match="fewer than 183 days"):
        fading(SINCE, SINCE + 182 * DAY)


@pytest.mark.parametrize(
    ("was", "now", "announced"),
    [
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "0.10.0", True),
        ("0.1.0", "0.1.1", False),
        ("0.9.3", "1.0.0", True),
        ("1.2.0", "1.3.0", False),
        ("1.9.0", "2.0.0", True),
        ("2.0.0", "1.0.0", False),
    ],
)
def test_a_break_is_published_under_a_version_that_says_so(was: str, now: str, announced: bool) -> None:
    assert announces_break(was, now) is announced


def test_a_break_without_a_new_version_is_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[bool] = []
    monkeypatch.setattr(command, "differences", lambda: [Break("rule", "where", "what")])
    monkeypatch.setattr(command, "publish", lambda: published.append(True))
    monkeypatch.setattr("sys.argv", ["contracts", "--break"])
    for version, code in (("0.1.0", 1), ("0.2.0", 0)):
        monkeypatch.setattr(command, "published_version", lambda: "0.1.0")
        monkeypatch.setattr(command, "SOFTWARE", version)
        assert command.main() == code
    assert published == [True]
