"""Webhooks to a real receiver that verifies by the library of the standard; time is given."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from standardwebhooks import WebhookVerificationError

from infra.clock import written
from infra.crypto.safe import Safe
from infra.db.engine import Database
from infra.http.outside import Outside
from services.intake.assessments.fence import Fence
from services.intake.assessments.rows import Ended
from services.intake.assessments.store import Store
from services.intake.results.delivery import Delivery
from services.intake.results.feed import Feed
from services.intake.results.notices import Notices
from services.intake.results.views import Views
from services.intake.webhooks.schedule import TRIES
from services.intake.webhooks.sender import Sender
from services.intake.webhooks.store import WebhookStore
from tests.integration.intake.door import CANARY, Intake
from tests.integration.intake.hooks import Clock, Receiver, act, log, subscribed
from tests.integration.intake.test_delivery import GIVEN, staff

JSON_BODY = {"Content_Type": "application/json"}
CLAUSES = "Decision (EU) 2021/914, module 1"


async def types(intake: Intake) -> list[str]:
    return [one["type"] for one in await intake.entries()]


async def test_a_result_reaches_the_receiver_signed_and_holds_what_the_list_holds(
    intake: Intake, receiver: Receiver, sender: Sender
) -> None:
    # Given a subscription, and a result from before it
    await staff(intake, "before")
    created = await subscribed(intake, receiver)
    # When another ends
    (assessment,) = await staff(intake, "after")
    await sender.step()
    await sender.step()
    # Then the receiver has that one, once, and may believe it
    (message,) = receiver.verified(created["secret"])
    assert message["type"] == "assessment.scored"
    assert set(message["data"]) == GIVEN
    assert (message["data"]["id"], message["data"]["external_id"]) == (assessment, "staff-after")
    with pytest.raises(WebhookVerificationError):
        receiver.verified("whsec_" + "A" * 43 + "=")
    (one,) = await log(intake, created["id"])
    assert (one["assessment"], one["try"], one["status"], one["state"]) == (assessment, 1, 200, "delivered")


async def test_a_receiver_that_fails_is_tried_ten_times_over_75_hours(
    intake: Intake, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    # Given a receiver that is broken
    created = await subscribed(intake, receiver)
    await staff(intake, "late")
    receiver.status, began = 500, clock.at
    # When time goes by, minute by minute at first and then by hours
    await sender.step()
    for _ in range(TRIES * 40):
        clock.at += timedelta(minutes=1) if len(receiver.came) < 4 else timedelta(hours=1)
        await sender.step()
    # Then it was tried ten times under one id, each in the log, and is failed
    assert len(receiver.came) == TRIES
    assert len({headers["webhook-id"] for _, headers in receiver.came}) == 1
    tries = await log(intake, created["id"])
    assert [one["try"] for one in tries] == list(range(1, TRIES + 1))
    assert tries[-1]["at"] >= written(began + timedelta(hours=75))
    assert {one["state"] for one in tries} == {"failed"}
    # and left one entry, as all of them told the same receiver the same
    assert await types(intake) == ["delivered"]
    # and a replay of the period brings it, once the receiver is well again
    receiver.status = 200
    period = {"since": written(began - timedelta(hours=1)), "until": written(began + timedelta(hours=1))}
    body = f'{{"since": "{period["since"]}", "until": "{period["until"]}"}}'.encode()
    assert (await act(intake, created["id"], "replay", body))["messages"] == 1
    await sender.step()
    assert (await log(intake, created["id"]))[-1]["state"] == "delivered"
    assert await types(intake) == ["delivered"] * 2


async def replayed(intake: Intake, webhook: str, since: datetime, until: datetime) -> int:
    body = orjson.dumps({"since": written(since), "until": written(until)})
    return int((await act(intake, webhook, "replay", body))["messages"])


async def test_a_replay_tells_that_what_ended_in_the_period_was_erased_since(
    intake: Intake, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    # Given a platform that has lost what it was told: a result, and that another one's person was erased
    created = await subscribed(intake, receiver)
    erased, _ = await staff(intake, "erased", "kept")
    await sender.step()
    await Fence(intake.database).erase([intake.ledger.events["acme", erased]])
    await sender.step()
    told = receiver.verified(created["secret"])
    receiver.came = []
    # When it asks for the period again
    assert await replayed(intake, created["id"], clock.at - timedelta(hours=1), clock.at + timedelta(hours=1)) == 2
    await sender.step()
    # Then it has both as they stand now, and is not left to believe in the one that is gone
    again = receiver.verified(created["secret"])
    assert {one["data"]["id"]: one["type"] for one in again} == {one["data"]["id"]: one["type"] for one in told}
    assert [one["type"] for one in again if one["data"]["id"] == erased] == ["assessment.gone"]


async def test_a_period_is_replayed_whole_however_much_stands_in_it(
    intake: Intake, database: Database, receiver: Receiver, clock: Clock
) -> None:
    created, hour = await subscribed(intake, receiver), timedelta(hours=1)
    many = [Ended(f"{number:032x}", "acme", f"{number:032x}", "failed", written(clock.at)) for number in range(1_201)]
    await Store(database).end(many)
    for _ in range(3):
        await WebhookStore(database).queue(written(clock.at))
    assert await replayed(intake, created["id"], clock.at - hour, clock.at + hour) == len(many)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-11-01T00:00:00Z", "2026-12-02T00:00:01Z"),
        ("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"),
        ("2026-02-30T00:00:00Z", "2026-03-01T00:00:00Z"),
    ],
)
async def test_a_period_that_is_none_or_too_long_is_refused(
    intake: Intake, receiver: Receiver, since: str, until: str
) -> None:
    created = await subscribed(intake, receiver)
    body = orjson.dumps({"since": since, "until": until})
    place = f"/v1/webhooks/{created['id']}/replay"
    assert (await intake.call("POST", place, body, Authorization=intake.bearer, **JSON_BODY))[0] == 422


async def test_a_message_says_when_its_event_was_and_its_header_when_it_is_sent(
    intake: Intake, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    # Given a receiver that takes the second try only, hours later
    await subscribed(intake, receiver)
    (assessment,) = await staff(intake, "one")
    receiver.status = 500
    await sender.step()
    receiver.status = 200
    clock.at += timedelta(hours=3)
    await sender.step()
    # Then both tries have the same body with the time of the end, and each its own time of sending
    (first, sent), (second, again) = receiver.came
    row = await intake.store.get(assessment)
    assert row is not None
    assert first == second
    assert orjson.loads(first)["timestamp"] == row.ended_at
    assert int(again["webhook-timestamp"]) - int(sent["webhook-timestamp"]) == 3 * 3_600
    assert again["webhook-id"] == sent["webhook-id"]


async def test_a_receiver_that_is_gone_ends_the_subscription(
    intake: Intake, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    created = await subscribed(intake, receiver)
    receiver.status = 410
    await staff(intake, "one")
    await sender.step()
    await staff(intake, "two")
    clock.at += timedelta(days=2)
    await sender.step()
    _, known, _ = await intake.call("GET", f"/v1/webhooks/{created['id']}", Authorization=intake.bearer)
    assert (len(receiver.came), known["state"], "secret" in known) == (1, "disabled", False)
    # Until the organisation says otherwise, which brings what came meanwhile
    receiver.status = 200
    await act(intake, created["id"], "enable")
    await sender.step()
    assert len(receiver.came) == 2


async def test_while_a_secret_is_rotated_both_are_valid(
    intake: Intake, receiver: Receiver, sender: Sender, clock: Clock
) -> None:
    created = await subscribed(intake, receiver)
    rotated = await act(intake, created["id"], "rotate")
    await staff(intake, "both")
    await sender.step()
    assert receiver.verified(created["secret"]) == receiver.verified(rotated["secret"])
    # A day later only the new one signs
    clock.at += timedelta(hours=25)
    await staff(intake, "new")
    await sender.step()
    assert len(receiver.came[0][1]["webhook-signature"].split()) == 2
    assert len(receiver.came[1][1]["webhook-signature"].split()) == 1


async def test_a_redirect_is_not_followed(intake: Intake, receiver: Receiver, sender: Sender) -> None:
    created = await subscribed(intake, receiver)
    receiver.status = 307
    await staff(intake, "moved")
    await sender.step()
    assert [(one["status"], one["state"]) for one in await log(intake, created["id"])] == [(307, "pending")]
    assert len(receiver.came) == 1


async def test_a_name_that_leads_inside_is_not_called(
    intake: Intake, database: Database, notices: Notices, receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    # Given a subscription to a name that leads to this machine, where no private network is allowed
    created = await subscribed(intake, receiver)
    safe, store = Safe(tmp_path / "webhook-key"), WebhookStore(database)
    inside = receiver.url.replace("http://127.0.0.1", "https://localhost")
    await store.change(created["id"], url=safe.seal(inside, f"{created['id']}/url"))
    await staff(intake, "inside")
    # When it is due
    async with Outside(seconds=5) as outside:
        feed, delivery = Feed(database), Delivery(intake.ledger, Views(intake.database, intake.outbox))
        parts = {"store": store, "feed": feed, "delivery": delivery, "notices": notices}
        await Sender(**parts, outside=outside, safe=safe, clock=clock).step()
    # Then nothing was sent, and the log says why
    (one,) = await log(intake, created["id"])
    assert (receiver.came, one["error"]) == ([], "the address is not a public one")
    # and nobody was told
    assert await types(intake) == []


@pytest.mark.parametrize("url", ["https://a..b.example/x", "https://./", f"https://{'a' * 64}.example/"])
async def test_an_address_that_nobody_foresaw_is_a_failed_try_and_harms_no_other_subscription(
    intake: Intake, database: Database, receiver: Receiver, sender: Sender, tmp_path: Path, url: str
) -> None:
    # Given a subscription whose address was kept when it was not yet refused, and another one
    bad, good = await subscribed(intake, receiver), await subscribed(intake, receiver)
    sealed = Safe(tmp_path / "webhook-key").seal(url, f"{bad['id']}/url")
    await WebhookStore(database).change(bad["id"], url=sealed)
    await staff(intake, "one")
    # When it is due
    await sender.step()
    # Then it has a failed try in its log and will be tried again, and the other one got its message
    (one,) = await log(intake, bad["id"])
    assert (one["state"], "status" in one) == ("pending", False)
    assert len(receiver.verified(good["secret"])) == 1


async def test_a_subscription_whose_secret_cannot_be_opened_harms_no_other(
    intake: Intake, database: Database, receiver: Receiver, sender: Sender
) -> None:
    bad, good = await subscribed(intake, receiver), await subscribed(intake, receiver)
    await WebhookStore(database).change(bad["id"], secret=b"no secret")
    await staff(intake, "one")
    await sender.step()
    assert [one["state"] for one in await log(intake, bad["id"])] == ["pending"]
    assert len(receiver.verified(good["secret"])) == 1


async def test_what_is_due_while_the_ledger_says_no_holds_no_result(
    intake: Intake, receiver: Receiver, sender: Sender
) -> None:
    created = await subscribed(intake, receiver)
    await staff(intake, "withdrawn")
    intake.ledger.release_refused = "delivery"
    await sender.step()
    (message,) = receiver.verified(created["secret"])
    assert message["type"] == "assessment.withheld"
    assert "result" not in message["data"]


async def test_what_cannot_be_recorded_does_not_go_out(intake: Intake, receiver: Receiver, sender: Sender) -> None:
    # Given an outbox that takes nothing
    created = await subscribed(intake, receiver)
    await staff(intake, "unrecorded")
    async with intake.database.write() as connection:
        await connection.execute(text("ALTER TABLE outbox RENAME TO lost"))
    # When it is due, then nothing of it reaches the receiver, and no try is counted
    await sender.step()
    assert (receiver.came, await log(intake, created["id"])) == ([], [])
    async with intake.database.write() as connection:
        await connection.execute(text("ALTER TABLE lost RENAME TO outbox"))
    await sender.step()
    assert (len(receiver.came), await types(intake)) == (1, ["delivered"])


async def test_while_consent_is_away_nothing_is_tried(intake: Intake, receiver: Receiver, sender: Sender) -> None:
    created = await subscribed(intake, receiver)
    await staff(intake, "patient")
    intake.ledger.away = True
    await sender.step()
    assert (receiver.came, await log(intake, created["id"])) == ([], [])
    intake.ledger.away = False
    await sender.step()
    assert len(receiver.came) == 1


async def test_after_an_erasure_a_message_that_was_due_tells_only_that_it_is_gone(
    intake: Intake, receiver: Receiver, sender: Sender
) -> None:
    created = await subscribed(intake, receiver)
    receiver.status = 500
    (assessment,) = await staff(intake, "erased")
    await sender.step()
    await Fence(intake.database).erase([intake.ledger.events["acme", assessment]])
    receiver.status, receiver.came = 200, []
    await sender.step()
    (message,) = receiver.verified(created["secret"])
    assert (message["type"], message["data"]["id"]) == ("assessment.gone", assessment)
    assert "external_id" not in message["data"]


async def test_addresses_and_secrets_lie_sealed(intake: Intake, database: Database, receiver: Receiver) -> None:
    created = await subscribed(intake, receiver)
    one = await WebhookStore(database).find(created["id"])
    assert one is not None
    assert receiver.url.encode() not in one.url
    assert created["secret"].encode() not in one.secret


async def create(intake: Intake, url: str, **headers: str) -> tuple[int, dict[str, Any]]:
    body = orjson.dumps({"url": url, "country": "DE"})
    told = {"Authorization": intake.bearer} | JSON_BODY | headers
    status, document, _ = await intake.call("POST", "/v1/webhooks", body, **told)
    return status, document


async def every(intake: Intake) -> list[dict[str, Any]]:
    return (await intake.call("GET", "/v1/webhooks", Authorization=intake.bearer))[1]["webhooks"]


async def test_a_creation_sent_again_under_its_key_makes_no_second_one(intake: Intake) -> None:
    key = {"Idempotency_Key": "webhook-of-acme-1"}
    first, again = [await create(intake, "https://hr.example/hooks", **key) for _ in range(2)]
    assert (first[0], again) == (201, first)
    assert [one["id"] for one in await every(intake)] == [first[1]["id"]]
    assert len(intake.ledger.declared) == 1
    status, _ = await create(intake, "https://hr.example/elsewhere", **key)
    assert status == 422


async def test_a_subscription_takes_another_address_and_goes_for_ever(
    intake: Intake, receiver: Receiver, sender: Sender
) -> None:
    # Given a subscription to an address that is no longer right
    _, created = await create(intake, "https://hr.example/old")
    place, own = f"/v1/webhooks/{created['id']}", {"Authorization": intake.bearer}
    # When it gets another one
    body = orjson.dumps({"url": receiver.url, "country": "US", "safeguard": CLAUSES})
    status, changed, _ = await intake.call("PUT", place, body, **own, **JSON_BODY)
    # Then messages go there under the same secret, and the transfer is declared before
    assert (status, changed["url"], intake.ledger.declared[-1].country) == (200, receiver.url, "US")
    await staff(intake, "one")
    await sender.step()
    assert len(receiver.verified(created["secret"])) == 1
    # When it is deleted, then nothing of it is left, and consent is told that nothing goes there
    async with intake.client.delete(place, headers=own) as response:
        assert response.status == 204
    assert (await every(intake), intake.ledger.declared[-1].ended) == ([], True)
    assert (await intake.call("GET", f"{place}/deliveries", **own))[0] == 404
    await staff(intake, "two")
    await sender.step()
    assert len(receiver.came) == 1


async def test_a_subscription_that_cannot_be_declared_ended_sends_nothing_and_can_be_deleted_later(
    intake: Intake,
) -> None:
    _, created = await create(intake, "https://hr.example/hooks")
    place, own = f"/v1/webhooks/{created['id']}", {"Authorization": intake.bearer}
    intake.ledger.away = True
    assert (await intake.call("DELETE", place, **own))[0] == 503
    assert [one["state"] for one in await every(intake)] == ["disabled"]
    intake.ledger.away = False
    async with intake.client.delete(place, headers=own) as response:
        assert response.status == 204


async def test_ten_are_active_at_a_time_and_what_is_disabled_or_deleted_makes_room(intake: Intake) -> None:
    made = [(await create(intake, f"https://hr.example/{number}"))[1]["id"] for number in range(10)]
    assert (await create(intake, "https://hr.example/10"))[0] == 409
    await act(intake, made[0], "disable")
    assert (await create(intake, "https://hr.example/10"))[0] == 201
    place = f"/v1/webhooks/{made[0]}/enable"
    assert (await intake.call("POST", place, Authorization=intake.bearer, **JSON_BODY))[0] == 409
    async with intake.client.delete(f"/v1/webhooks/{made[1]}", headers={"Authorization": intake.bearer}):
        pass
    await act(intake, made[0], "enable")


async def test_another_organisation_has_no_part_in_it(intake: Intake, receiver: Receiver) -> None:
    created = await subscribed(intake, receiver)
    stranger = intake.bearer_of("globex")
    for method, path in [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/rotate"),
        ("POST", "/disable"),
        ("GET", "/deliveries"),
    ]:
        place = f"/v1/webhooks/{created['id']}{path}"
        assert (await intake.call(method, place, Authorization=stranger))[0] == 404
    assert (await intake.call("GET", "/v1/webhooks", Authorization=stranger))[1]["webhooks"] == []


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"url": "ftp://hr.example"}', b'{"url": "https://10.0.0.1/"}', f'{{"url": "{CANARY}"}}'.encode()],
)
async def test_an_address_that_is_none_is_answered_with_its_place(intake: Intake, body: bytes) -> None:
    headers = {"Content_Type": "application/json", "Authorization": intake.bearer}
    status, problem, _ = await intake.call("POST", "/v1/webhooks", body, **headers)
    assert (status, [one["pointer"] for one in problem["errors"]]) == (422, ["/url"])


@pytest.mark.parametrize(
    ("declared", "country", "safeguard"),
    [
        ({}, None, None),
        ({"country": "DE"}, "DE", None),
        (
            {"country": "US", "safeguard": "Decision (EU) 2021/914, module 1"},
            "US",
            "Decision (EU) 2021/914, module 1",
        ),
    ],
)
async def test_where_it_is_received_is_declared_to_consent_before_anything_goes_there(
    intake: Intake, declared: dict[str, str], country: str | None, safeguard: str | None
) -> None:
    body = orjson.dumps({"url": "https://hr.example/hooks", **declared})
    status, created, _ = await intake.call("POST", "/v1/webhooks", body, Authorization=intake.bearer, **JSON_BODY)
    (told,) = intake.ledger.declared
    assert (status, told.webhook, told.country, told.safeguard) == (201, created["id"], country, safeguard)


async def test_a_transfer_without_its_safeguard_is_refused_and_so_is_one_that_cannot_be_declared(
    intake: Intake,
) -> None:
    body = b'{"url": "https://hr.example/hooks", "country": "US"}'
    status, problem, _ = await intake.call("POST", "/v1/webhooks", body, Authorization=intake.bearer, **JSON_BODY)
    assert (status, [one["pointer"] for one in problem["errors"]]) == (422, ["/safeguard"])
    intake.ledger.away = True
    body = b'{"url": "https://hr.example/hooks", "country": "DE"}'
    status, _, _ = await intake.call("POST", "/v1/webhooks", body, Authorization=intake.bearer, **JSON_BODY)
    assert (status, intake.ledger.declared) == (503, [])
