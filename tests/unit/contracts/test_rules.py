"""What may change in a published interface, and what would break the clients that were written against it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from services.contracts import __main__ as command
from services.contracts.documents import documents
from services.contracts.published import PLACE, announces_break, differences
from services.contracts.rules import Break, breaks

Document = dict[str, Any]
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
    return {one.rule for one in breaks(old, new)}


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


HARMLESS: list[Callable[[Document], object]] = [
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
    assert breaks({name: part for name, part in old.items() if name != "webhooks"}, old) == []


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
