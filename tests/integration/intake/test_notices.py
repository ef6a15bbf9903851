"""Notices to organisations: told by every channel, delivered once, acknowledged in so many words."""

from typing import Any

import msgspec
import pytest
from joserfc.jwk import ECKey

from infra.db.engine import Database
from schemas.rights import ANSWER_TYPE, Notice, NoticeDelivered, RequestForwarded
from schemas.topics import PRIVACY_ANSWERS, PRIVACY_NOTICES
from services.intake.assessments.marks import Marks
from services.intake.direct.outbound import Outbound
from services.intake.direct.sealing import OrganisationKey
from services.intake.results.delivery import Delivery
from services.intake.results.feed import Feed
from services.intake.results.notices import Notices
from services.intake.results.views import Views
from services.intake.webhooks.sender import Sender
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Clock, Receiver, act, log, subscribed
from tests.integration.intake.test_delivery import events, staff
from tests.twins.broker import Record

ERASED = Notice("e" * 32, "erased", ("1" * 32,), "2026-11-23T18:00:00Z")
FORWARDED = Notice(
    "f" * 32,
    "request-forwarded",
    ("1" * 32, "2" * 32),
    "2026-11-23T18:00:00Z",
    request=RequestForwarded("erasure", "2026-11-24T18:00:00Z", "2026-12-23T18:00:00Z"),
)


async def issued(notices: Notices, *all_of_them: Notice) -> None:
    """Consent has said these, each twice."""
    for offset, one in enumerate((*all_of_them, *all_of_them)):
        await notices.take(Record(PRIVACY_NOTICES.name, 0, offset, b"acme", msgspec.msgpack.encode(one)))


def delivered(intake: Intake) -> list[str]:
    """Which notices consent was told of as delivered."""
    sent = intake.broker.of(PRIVACY_ANSWERS.name)
    assert {dict(one.headers)["ce_type"].decode() for one in sent} <= {ANSWER_TYPE}
    said = [msgspec.msgpack.decode(one.value or b"", type=NoticeDelivered) for one in sent]
    assert {one.key for one in sent} <= {b"acme"}
    return [one.notice for one in said]


async def test_a_webhook_is_told_each_notice_once_between_the_results(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender
) -> None:
    # Given a subscription, a result, an erasure's notice, a forwarded request and another result
    created = await subscribed(intake, receiver)
    await staff(intake, "before")
    await issued(notices, ERASED, FORWARDED)
    await staff(intake, "after")
    # When what is due is sent, twice
    await sender.step()
    await sender.step()
    # Then each came once, signed, with its number of the feed
    came = {one["data"]["sequence"]: one for one in receiver.verified(created["secret"])}
    types = ["assessment.scored", "privacy.erased", "privacy.request-forwarded", "assessment.scored"]
    assert [came[number]["type"] for number in sorted(came)] == types
    assert sorted(came) == [1, 2, 3, 4]
    # and says what it is about by ids that the organisation was given, and where it answers
    erased, forwarded = came[2]["data"], came[3]["data"]
    assert (erased["assessments"], erased["acknowledged_at"]) == (["1" * 32], None)
    assert erased["links"] == {"acknowledge": f"/v1/privacy/notices/{ERASED.id}:acknowledge"}
    assert forwarded["request"]["type"] == "erasure"
    assert forwarded["links"] == {"instruction": f"/v1/employees/requests/{FORWARDED.id}/instruction"}
    # and consent knows that both were taken, which acknowledges nothing
    assert sorted(delivered(intake)) == [ERASED.id, FORWARDED.id]
    _, listed, _ = await intake.call("GET", "/v1/privacy/notices", Authorization=intake.bearer)
    assert [one["id"] for one in listed["notices"]] == [ERASED.id]


async def test_a_notice_that_no_webhook_took_is_not_delivered_and_is_tried_again(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    created = await subscribed(intake, receiver)
    receiver.status = 503
    await issued(notices, FORWARDED)
    await sender.step()
    assert (delivered(intake), len(receiver.came)) == ([], 1)
    receiver.status = 200
    clock.at = clock.at.replace(year=clock.at.year + 1)
    await sender.step()
    assert (delivered(intake), len(receiver.came)) == ([FORWARDED.id], 2)
    assert [one["status"] for one in await log(intake, created["id"])] == [503, 200]


async def test_with_the_broker_away_consent_is_told_later_and_the_receiver_not_twice(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender
) -> None:
    await subscribed(intake, receiver)
    await issued(notices, ERASED)
    intake.broker.away = True
    await sender.step()
    assert (delivered(intake), len(receiver.came)) == ([], 1)
    intake.broker.away = False
    for _ in range(2):
        await notices.report()
        await sender.step()
    assert (delivered(intake), len(receiver.came)) == ([ERASED.id], 1)


async def test_a_period_sent_again_holds_its_notices(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender
) -> None:
    created = await subscribed(intake, receiver)
    await issued(notices, ERASED)
    await sender.step()
    period = b'{"since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"}'
    assert (await act(intake, created["id"], "replay", period))["messages"] == 1
    await sender.step()
    assert [one["data"]["id"] for one in receiver.verified(created["secret"])] == [ERASED.id] * 2
    assert delivered(intake) == [ERASED.id]


async def test_the_stream_and_the_topic_tell_the_same(intake: Intake, database: Database, notices: Notices) -> None:
    (assessment,) = await staff(intake, "one")
    await issued(notices, ERASED)
    streamed = await events(intake, 2)
    assert [(one[0], one[1]) for one in streamed] == [("1", "assessment.scored"), ("2", "privacy.erased")]
    key, told = ECKey.generate_key("P-256"), Delivery(intake.ledger, Views(intake.database, intake.outbox))
    outbound = Outbound(Marks(database), Feed(database), told, intake.broker)
    assert await outbound.publish("acme", OrganisationKey(_public(key))) == 2
    sent = intake.broker.of("results.acme")
    assert [one.key for one in sent] == [assessment.encode(), ERASED.id.encode()]
    kinds = ["careerpulse.assessment.scored.v1", "careerpulse.privacy.erased.v1"]
    assert [dict(one.headers)["ce_type"].decode() for one in sent] == kinds
    assert ERASED.assessments[0].encode() not in (sent[1].value or b"")
    # and the list of results holds results alone
    _, page, _ = await intake.call("GET", "/v1/results", Authorization=intake.bearer)
    assert [one["id"] for one in page["results"]] == [assessment]


def _public(key: Any) -> str:
    return msgspec.json.encode(key.as_dict(private=False)).decode()


async def test_a_notice_of_another_organisation_is_told_to_nobody_else(
    intake: Intake, notices: Notices, receiver: Receiver, sender: Sender
) -> None:
    await subscribed(intake, receiver)
    await notices.take(Record(PRIVACY_NOTICES.name, 0, 0, b"globex", msgspec.msgpack.encode(ERASED)))
    await sender.step()
    status, _, _ = await intake.call(
        "POST", f"/v1/privacy/notices/{ERASED.id}:acknowledge", Authorization=intake.bearer
    )
    assert (receiver.came, status) == ([], 404)


@pytest.mark.parametrize("value", [b"", b"\x00", b"{}"])
async def test_what_is_no_notice_is_set_aside(intake: Intake, notices: Notices, value: bytes) -> None:
    await notices.take(Record(PRIVACY_NOTICES.name, 0, 0, b"acme", value))
    assert len(intake.broker.of("dead.intake")) == 1
