"""What is really sent to an organisation is what the published documents say, message by message."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey
from joserfc.registry import HeaderParameter
from jsonschema import Draft7Validator, Draft202012Validator

from infra.db.engine import Database
from schemas.direct import CONTENT_TYPE, HANDED_IN_TYPE
from schemas.rights import Notice
from schemas.topics import inbound, inbound_errors, results
from services.contracts.documents import documents
from services.intake.assessments.marks import Marks
from services.intake.direct.inbound import Inbound
from services.intake.direct.outbound import Outbound
from services.intake.direct.sealing import InboundKey, OrganisationKey
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.day_secrets import DaySecrets
from services.intake.handing_in.idempotency import IdempotencyKeys
from services.intake.results.delivery import Delivery
from services.intake.results.feed import Feed
from services.intake.results.notices import Notices
from services.intake.results.views import Views
from services.intake.webhooks.sender import Sender
from services.methodology.version import load
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Receiver, subscribed
from tests.integration.intake.test_delivery import staff
from tests.integration.intake.test_notices import ERASED, FORWARDED, issued
from tests.twins.broker import Record
from tests.unit.intake.examples import employee, no_limits, raw

INTAKE, EVENTS = documents()["intake.openapi.json"], documents()["events.asyncapi.json"]
ALGORITHMS = ["ECDH-ES", "A256GCM"]
RECTIFIED = Notice("d" * 32, "rectified", ("1" * 32,), "2026-11-23T18:00:00Z", replaced_by="2" * 32)


@pytest.fixture
def theirs() -> ECKey:
    return ECKey.generate_key("P-256")


def public(key: ECKey) -> str:
    return json.dumps(key.as_dict(private=False))


def as_bytes(headers: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, value.encode()) for name, value in headers.items())


def unfit(rules: Any, document: dict[str, Any], schema: dict[str, Any], instance: Any) -> list[str]:
    """Where an instance does not fit a schema that stands in a document."""
    whole = {"allOf": [schema], "components": document["components"]}
    return [f"{error.json_path}: {error.message}" for error in rules(whole).iter_errors(instance)]


def opened(channel: str, record: Record, key: ECKey) -> str:
    """The type of a record that fits what is published of its channel, in the clear and once it is opened."""
    headers = {name: value.decode() for name, value in record.headers}
    said = EVENTS["components"]["messages"]
    on = {said[name]["name"]: said[name] for name in EVENTS["channels"][channel]["messages"]}
    message = on[headers["ce_type"]]
    value = (record.value or b"").decode()
    assert unfit(Draft7Validator, EVENTS, message["headers"], headers) == []
    assert unfit(Draft7Validator, EVENTS, message["payload"], value) == []
    plain = json.loads(jwe.decrypt_compact(value, key, algorithms=ALGORITHMS).plaintext or b"")
    assert unfit(Draft7Validator, EVENTS, message["payload"]["x-plaintext"], plain) == []
    return headers["ce_type"]


async def test_each_webhook_is_as_it_is_published(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender
) -> None:
    # Given a subscription, a result, notices and a forwarded request
    created = await subscribed(intake, receiver)
    await staff(intake, "one")
    await issued(notices, ERASED, RECTIFIED, FORWARDED)
    # When they are sent
    await sender.step()
    # Then body and headers of each fit what the document says of its type
    types = []
    for message, (_, headers) in zip(receiver.verified(created["secret"]), receiver.came, strict=True):
        post = INTAKE["webhooks"][message["type"]]["post"]
        body = post["requestBody"]["content"]["application/json"]["schema"]
        assert unfit(Draft202012Validator, INTAKE, body, message) == []
        for one in post["parameters"]:
            said = headers[one["name"]]
            told: Any = int(said) if one["schema"]["type"] == "integer" else said
            assert unfit(Draft202012Validator, INTAKE, one["schema"], told) == []
        types.append(message["type"])
    assert sorted(types) == [
        "assessment.scored",
        "privacy.erased",
        "privacy.rectified",
        "privacy.request-forwarded",
    ]


async def test_each_record_of_an_organisations_results_is_as_it_is_published(
    intake: Intake, database: Database, notices: Notices, theirs: ECKey
) -> None:
    await staff(intake, "one")
    await issued(notices, ERASED, FORWARDED)
    told = Delivery(intake.ledger, Views(intake.database, intake.outbox))
    outbound = Outbound(Marks(database), Feed(database), told, intake.broker)
    await outbound.publish("acme", OrganisationKey(public(theirs)))
    assert [opened("results", one, theirs) for one in intake.broker.of(results("acme").name)] == [
        "careerpulse.assessment.scored.v1",
        "careerpulse.privacy.erased.v1",
        "careerpulse.privacy.request-forwarded.v1",
    ]


async def test_what_is_sealed_as_published_is_accepted_and_what_is_not_is_answered_as_published(
    intake: Intake, database: Database, theirs: ECKey, tmp_path: Path
) -> None:
    # Given a hand-in that is as it is published, and one that is not sealed
    key = InboundKey(tmp_path / "inbound-key")
    (published,) = key.published()["keys"]
    registry = JWERegistry({"iss": HeaderParameter("Issuer", "str")}, algorithms=ALGORITHMS)
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "iss": "acme"}
    good = jwe.encrypt_compact(header, raw(employee("one")), ECKey.import_key(published), registry=registry)
    headers = {"ce_specversion": "1.0", "ce_source": "/hr", "ce_type": HANDED_IN_TYPE, "content-type": CONTENT_TYPE}
    message = EVENTS["components"]["messages"]["assessment.handed-in"]
    assert unfit(Draft7Validator, EVENTS, message["headers"], headers | {"ce_id": "good"}) == []
    assert unfit(Draft7Validator, EVENTS, message["payload"], good) == []
    assert unfit(Draft7Validator, EVENTS, message["payload"]["x-plaintext"], employee("one")) == []
    assert unfit(Draft7Validator, EVENTS, message["payload"], "in the clear") != []
    inbox = Inbound(
        "acme",
        key=key,
        theirs=lambda: OrganisationKey(public(theirs)),
        acceptance=Acceptance(load(), intake.ledger, intake.broker, intake.store, intake.admission, limits=no_limits),
        keys=IdempotencyKeys(database, DaySecrets(tmp_path / "days")),
        producer=intake.broker,
    )
    # When they are read
    records = [
        Record(inbound("acme").name, 0, offset, None, value, as_bytes(headers | {"ce_id": name}))
        for offset, (name, value) in enumerate({"good": good.encode(), "clear": b"in the clear"}.items())
    ]
    await inbox.work(records)
    # Then the one is accepted, and the other answered as it is published
    assert len(intake.ledger.people) == 1
    (error,) = intake.broker.of(inbound_errors("acme").name)
    assert opened("inbound.errors", error, theirs) == "careerpulse.assessment.not-accepted.v1"
