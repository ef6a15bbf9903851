"""Each service's interface is described, whole and by the official rules; nothing has to run for it."""

import gzip
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import orjson
import pytest
from aiohttp import web
from jsonschema import Draft7Validator, Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import services.audit.app
import services.consent.app
import services.intake.app
from infra.http.openapi import Interface, Undescribed
from infra.http.operation import TEXT, Answer, operation
from schemas.asyncapi import asyncapi
from schemas.delivery import DELIVERED
from schemas.rights import NoticeKind
from schemas.topics import Topic, inbound, inbound_errors, results
from services.audit.witness.app import WitnessApi
from services.contracts.documents import documents
from services.contracts.shapes import resolved
from services.intake.results.notice import FORWARDED

ASYNCAPI_3 = Path(__file__).with_name("asyncapi-3.0.0.json.gz")
"""The JSON Schema that the AsyncAPI initiative publishes (asyncapi/spec-json-schemas 6.11.1, Apache-2.0)."""
METHODS = ("get", "post", "put", "patch", "delete")
BY_LINE = {"stream_assessments", "import_assessments", "import_csv"}
"""What answers for each hand-in by itself, within an answer that is a success."""
OPENAPI = [name for name in documents() if name.endswith(".openapi.json")]


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [path[method] for path in document["paths"].values() for method in METHODS if method in path]


@pytest.mark.parametrize("name", OPENAPI)
def test_an_interface_is_valid_openapi_3_1(name: str) -> None:
    OpenAPIV31SpecValidator(orjson.loads(orjson.dumps(documents()[name]))).validate()


def exemplified(part: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Each schema with examples within a part of a document, by its place."""
    if isinstance(part, dict):
        if isinstance(part.get("examples"), list):
            yield at, part
        for name, one in part.items():
            yield from exemplified(one, f"{at}/{name}")
    elif isinstance(part, list):
        for index, one in enumerate(part):
            yield from exemplified(one, f"{at}/{index}")


def referred(part: Any) -> Iterator[str]:
    """Each reference within a part of a document."""
    if isinstance(part, dict):
        yield from (one for name, one in part.items() if name == "$ref")
        for one in part.values():
            yield from referred(one)
    elif isinstance(part, list):
        for one in part:
            yield from referred(one)


def unfit(document: dict[str, Any]) -> list[str]:
    """The examples that do not fit the schema in which they stand."""
    return [
        f"{at}: {error.message}"
        for at, schema in exemplified(document)
        for example in schema["examples"]
        for error in Draft202012Validator({**schema, "components": document["components"]}).iter_errors(example)
    ]


@pytest.mark.parametrize("name", OPENAPI)
def test_each_example_fits_its_schema(name: str) -> None:
    assert unfit(orjson.loads(orjson.dumps(documents()[name]))) == []


def test_an_example_that_does_not_fit_is_named() -> None:
    document = {"components": {"schemas": {"Month": {"type": "string", "pattern": "^[0-9-]+$", "examples": ["May"]}}}}
    assert [one.partition(": ")[0] for one in unfit(document)] == ["/components/schemas/Month"]


def test_who_takes_an_idempotency_key_says_its_form_and_what_refuses_it() -> None:
    found = operations(documents()["intake.openapi.json"])
    keys = [(one, each) for one in found for each in one.get("parameters", ()) if each["name"] == "Idempotency-Key"]
    assert {one["operationId"] for one, _ in keys} >= {"hand_in", "stream_assessments", "create_webhook"}
    for one, key in keys:
        # A key that is malformed, or missing where it is needed; one in flight; one that names another request.
        refusals = {"400"} if one["operationId"] in BY_LINE else {"400", "409", "422"}
        assert one["responses"].keys() >= refusals, one["operationId"]
        assert key["schema"]["pattern"].endswith(',255}\\"?$'), one["operationId"]


@pytest.mark.parametrize("name", OPENAPI)
def test_each_operation_has_a_name_of_its_own_a_summary_and_an_answer(name: str) -> None:
    found = operations(documents()[name])
    names = [one["operationId"] for one in found]
    assert len(set(names)) == len(names) > 0
    assert all(one["summary"].endswith(".") for one in found), [one["operationId"] for one in found]
    assert all(any(status.startswith("2") for status in one["responses"]) for one in found)


def test_the_events_are_valid_asyncapi_3() -> None:
    rules = orjson.loads(gzip.decompress(ASYNCAPI_3.read_bytes()))
    faults = [error.message for error in Draft7Validator(rules).iter_errors(asyncapi("1.0.0"))]
    assert faults == []


def test_an_organisations_own_topics_stand_in_the_events_as_they_are_made() -> None:
    events = asyncapi("1.0.0")
    for name, topic in {"inbound": inbound, "inbound.errors": inbound_errors, "results": results}.items():
        channel = events["channels"][name]
        assert channel["address"].format(organisation="acme") == topic("acme").name
        assert list(channel["parameters"]) == ["organisation"]
        configured = channel["bindings"]["kafka"]["topicConfiguration"]
        assert configured["retention.ms"] == topic("acme").retention_hours * 3_600_000
    actions = {one["channel"]["$ref"]: one["action"] for one in events["operations"].values()}
    assert actions["#/channels/inbound"] == "receive"
    assert actions["#/channels/inbound.errors"] == actions["#/channels/results"] == "send"


def test_everything_in_the_events_that_is_referred_to_is_there() -> None:
    events = asyncapi("1.0.0")
    assert [one for one in referred(events) if resolved({"$ref": one}, events) is None] == []


def test_what_is_sealed_has_the_schema_by_which_http_takes_and_answers_it() -> None:
    over_http = documents()["intake.openapi.json"]["components"]["schemas"]
    sealed = documents()["events.asyncapi.json"]["components"]["schemas"]
    for name in ("EmployeeHandIn", "Answers", "Delivered", "Summary", "NoticeTold", "RequestTold", "ProblemDocument"):
        assert sealed[name] == over_http[name], name


def test_all_that_an_organisation_is_told_is_a_webhook_and_a_record_of_its_results() -> None:
    told = {f"assessment.{status}" for status in DELIVERED if status != "accepted"}
    told |= {f"privacy.{kind}" for kind in get_args(NoticeKind)} | {f"privacy.{FORWARDED}"}
    assert documents()["intake.openapi.json"]["webhooks"].keys() == told
    assert documents()["events.asyncapi.json"]["channels"]["results"]["messages"].keys() == told


def test_a_topic_without_a_message_is_named() -> None:
    with pytest.raises(LookupError, match=r"assessments\.forgotten: no message"):
        asyncapi("1.0.0", topics=[Topic("assessments.forgotten", "intake", "alias", 1)])


def test_a_route_without_a_declaration_is_named() -> None:
    async def forgotten(_: web.Request) -> web.Response:
        """Something."""
        return web.Response()

    with pytest.raises(Undescribed, match="GET /v1/forgotten: put @operation"):
        Interface("t", "a").served([web.get("/v1/forgotten", forgotten)])


def test_a_handler_that_says_nothing_is_named() -> None:
    @operation(answers={200: Answer({"text/plain": TEXT})})
    async def silent(_: web.Request) -> web.Response:
        return web.Response()

    with pytest.raises(Undescribed, match="neither a docstring"):
        Interface("t", "a").served([web.get("/v1/silent", silent)])


def test_what_is_sent_is_closed_and_what_is_answered_is_open() -> None:
    schemas = documents()["intake.openapi.json"]["components"]["schemas"]
    assert schemas["PersonHandIn"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Assessment"]


def served_by(package: ModuleType) -> set[type]:
    """Every class of a service that has a table of routes; pages for people are no interface.

    A witness of other logs is an application of its own.
    """
    names = [found.name for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    modules = [importlib.import_module(name) for name in names if ".pages" not in name and ".migrations" not in name]
    return {
        one
        for module in modules
        for one in vars(module).values()
        if isinstance(one, type) and "table" in vars(one) and one.__module__ == module.__name__
        if not getattr(one, "_is_protocol", False)
    }


@pytest.mark.parametrize(
    ("package", "parts"),
    [
        (services.intake, services.intake.app.PARTS),
        (services.consent, services.consent.app.PARTS),
        (services.audit, (*services.audit.app.PARTS, WitnessApi)),
    ],
    ids=["intake", "consent", "audit"],
)
def test_each_part_that_serves_routes_stands_in_the_interface(package: ModuleType, parts: tuple[type, ...]) -> None:
    assert served_by(package) == set(parts), "add it to PARTS in app.py, or CHANNELS in outlets.py"
