"""What an organisation gets: every end once, in order, and of a result no more than is its to know."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from httpx_sse import aconnect_sse
from sqlalchemy import select, update

from infra.crypto.sealed import NotOpened
from schemas.entry import is_made_up
from schemas.events import Scored, Submitted
from schemas.points import rounded
from schemas.result import deliverable
from schemas.topics import SCORED, SUBMITTED
from services.intake.assessments.fence import Fence
from services.intake.organisations.callers import Callers
from services.intake.results.delivery import Delivery
from services.intake.results.events import Events
from services.intake.results.feed import Feed
from services.intake.results.loop import Arrivals
from services.intake.results.told_figures import ToldFigures
from services.intake.results.views import Views
from services.intake.tables import workforces
from services.methodology.version import load
from tests.integration.intake.conftest import opened
from tests.integration.intake.door import Intake
from tests.unit.intake.examples import employee

GIVEN = {"id", "sequence", "status", "submitted_at", "ended_at", "external_id", "result", "summary"}


async def staff(intake: Intake, *names: str) -> list[str]:
    """Employees who are handed in and scored: the ids of their assessments."""
    ids = []
    for name in names:
        _, accepted, _ = await intake.hand_in(employee(name), Authorization=intake.bearer)
        ids.append(accepted["id"])
    await intake.score()
    return ids


async def page(intake: Intake, query: str = "") -> dict[str, Any]:
    status, document, _ = await intake.call("GET", f"/v1/results{query}", Authorization=intake.bearer)
    assert status == 200
    return document


async def events(intake: Intake, count: int, **headers: str) -> Sequence[tuple[str, str, dict[str, Any]]]:
    """The next events of the stream, read by a client library: id, kind, data."""
    headers = {"Authorization": intake.bearer} | {name.replace("_", "-"): value for name, value in headers.items()}
    got: list[tuple[str, str, dict[str, Any]]] = []
    async with (
        httpx.AsyncClient(base_url=str(intake.client.make_url("/"))) as client,
        aconnect_sse(client, "GET", "/v1/events", headers=headers) as source,
    ):
        async for event in source.aiter_sse():
            got.append((event.id, event.event, event.json()))
            if len(got) == count:
                break
    return got


async def test_results_come_page_by_page_with_the_platforms_own_name(intake: Intake) -> None:
    # Given three results
    ids = await staff(intake, "one", "two", "three")
    # When the organisation reads them two by two
    first = await page(intake, "?limit=2")
    second = await page(intake, f"?limit=2&after={first['next']}")
    rest = await page(intake, f"?after={second['next']}")
    # Then it has each once, in order, by its own name, and nothing else
    got = first["results"] + second["results"]
    assert [one["id"] for one in got] == ids
    assert [one["external_id"] for one in got] == ["staff-one", "staff-two", "staff-three"]
    assert all(set(one) == GIVEN for one in got)
    assert got[0]["result"] == deliverable(load().score(employee("one")["assessment"]).result())
    assert (rest["results"], rest["next"]) == ([], second["next"])


async def test_a_result_is_summed_up_in_the_fields_of_unified_interfaces(intake: Intake) -> None:
    # Given a result, and an end without one
    await staff(intake, "summed-up")
    _, refused, _ = await intake.hand_in(employee("declined"), Authorization=intake.bearer)
    intake.ledger.refuse(intake.ledger.events["acme", refused["id"]])
    await intake.score()
    # When the organisation reads them
    scored, declined = (await page(intake))["results"]
    # Then the fields say what stands in the result, and of no result nothing
    points, score = scored["result"]["points"], scored["result"]["score"]
    assert scored["summary"] == {
        "status": "completed",
        "value": rounded((score["low"] + score["high"]) // 2),
        "min": 0,
        "max": 100,
        "band_low": points["band_low"],
        "band_high": points["band_high"],
        "scale": "0-100",
        "model_version": load().id,
    }
    assert declined["summary"] == {"status": "declined"}


async def test_whatever_a_sandbox_gets_is_marked_as_a_test_and_stays_its_own(intake: Intake) -> None:
    # Given the same external id with a sandbox and with an organisation
    sandbox = intake.bearer_of("sandbox-acme")
    _, made_up, _ = await intake.hand_in(employee("same"), Authorization=sandbox)
    (real,) = await staff(intake, "same")
    # When both read
    (ours,) = (await page(intake))["results"]
    _, theirs, _ = await intake.call("GET", "/v1/results", Authorization=sandbox)
    # Then each has its own person, and the made-up one says so everywhere
    assert (ours["id"], "test" in ours) == (real, False)
    assert [(one["id"], one["test"]) for one in theirs["results"]] == [(made_up["id"], True)]
    assert intake.ledger.events["acme", real] != intake.ledger.events["sandbox-acme", made_up["id"]]
    _, read, _ = await intake.call("GET", f"/v1/assessments/{made_up['id']}", Authorization=sandbox)
    assert read["test"] is True
    # And so does every entry of the log that it left
    carried: list[Submitted | Scored] = []
    carried += [msgspec.msgpack.decode(one.value, type=Submitted) for one in intake.broker.of(SUBMITTED.name)]
    carried += [msgspec.msgpack.decode(one.value, type=Scored) for one in intake.broker.of(SCORED.name)]
    assert len(carried) == 4
    for one in carried:
        assert is_made_up(json.loads(one.leaf)["actor"]) == (one.tenant == "sandbox-acme")
    delivered = [one["actor"] for one in await intake.entries()]
    assert sorted(delivered) == ["organisation", *["sandbox:organisation"] * 2]


async def test_the_name_lies_sealed_in_the_store_and_in_the_broker(intake: Intake) -> None:
    await staff(intake, "hidden")
    assert all(b"staff-hidden" not in (one.value or b"") for one in intake.broker.records)


async def test_without_the_ledgers_leave_a_result_is_withheld(intake: Intake) -> None:
    await staff(intake, "silent")
    intake.ledger.release_refused = "delivery"
    (one,) = (await page(intake))["results"]
    assert (one["status"], set(one)) == ("withheld", GIVEN - {"result", "external_id"})


@pytest.mark.parametrize("reason", ["objected", "withdrawn", "restricted", "erasure-pending"])
async def test_an_organisation_is_not_told_why_the_ledger_says_no(intake: Intake, reason: str) -> None:
    # Given an employee whom the ledger refuses, and one who is refused at the door
    _, accepted, _ = await intake.hand_in(employee("one"), Authorization=intake.bearer)
    intake.ledger.refuse(intake.ledger.events["acme", accepted["id"]], reason)
    await intake.score()
    # Then neither the list nor the assessment says what the person did
    (listed,) = (await page(intake))["results"]
    _, single, _ = await intake.call("GET", f"/v1/assessments/{accepted['id']}", Authorization=intake.bearer)
    assert (listed["reason"], single["reason"]) == ("not-allowed", "not-allowed")
    assert (await intake.store.get(accepted["id"])).reason == reason
    status, again, _ = await intake.hand_in(employee("one"), Authorization=intake.bearer)
    assert (status, reason in str(again)) == (403, False)


async def test_an_organisation_reads_the_reasons_only_by_the_persons_own_choice_and_at_no_other_address(
    intake: Intake,
) -> None:
    # Given a result whose person has chosen that the organisation gets it, and nothing more
    (found,) = await staff(intake, "one")
    place, intake.ledger.release_refused = f"/v1/assessments/{found}/explanation", "delivery-detail"
    told = await page(intake), await events(intake, 1, Last_Event_ID="0")
    # When the organisation asks for the reasons
    status, refused, _ = await intake.call("GET", place, Authorization=intake.bearer)
    # Then it gets none
    assert (status, "explanation" in refused) == (403, False)
    # And once the person has chosen so too, it gets them there, and elsewhere what it got before
    intake.ledger.release_refused = None
    status, reasons, _ = await intake.call("GET", place, Authorization=intake.bearer)
    assert (status, len(reasons["explanation"]["dimensions"]) > 0) == (200, True)
    assert (await page(intake), await events(intake, 1, Last_Event_ID="0")) == told


async def test_an_erasure_is_told_under_a_new_number_and_by_nothing_but_the_id(intake: Intake) -> None:
    # Given an organisation that has read a result
    gone, kept = await staff(intake, "gone", "kept")
    read = (await page(intake))["next"]
    # When its person is erased
    alias = intake.ledger.events["acme", gone]
    intake.ledger.erase(alias)
    counts = {alias: {"assessments": 1, "drafts": 0, "deliveries": 1}}
    assert [await Fence(intake.database).erase([alias]) for _ in range(2)] == [counts, counts]
    # Then the next page says so
    (one,) = (await page(intake, f"?after={read}"))["results"]
    assert (one["id"], one["status"], "external_id" in one, "result" in one) == (gone, "gone", False, False)
    assert [row["id"] for row in (await page(intake, "?state=scored"))["results"]] == [kept]


async def test_states_are_told_apart(intake: Intake) -> None:
    ids = await staff(intake, "fine")
    _, refused, _ = await intake.hand_in(employee("refused"), Authorization=intake.bearer)
    intake.ledger.refuse(intake.ledger.events["acme", refused["id"]])
    await intake.score()
    assert [one["id"] for one in (await page(intake, "?state=scored"))["results"]] == ids
    (one,) = (await page(intake, "?state=refused"))["results"]
    assert (one["id"], one["reason"]) == (refused["id"], "not-allowed")


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", "?limit=0", "?limit=501", "?state=x", "?other=1"])
async def test_a_malformed_question_is_answered_with_its_place(intake: Intake, query: str) -> None:
    status, problem, _ = await intake.call("GET", f"/v1/results{query}", Authorization=intake.bearer)
    assert (status, len(problem["errors"])) == (422, 1)


async def test_another_organisation_sees_nothing_of_it(intake: Intake) -> None:
    await staff(intake, "ours")
    _, document, _ = await intake.call("GET", "/v1/results", Authorization=intake.bearer_of("globex"))
    assert document["results"] == []
    for path in ("/v1/results", "/v1/events"):
        assert (await intake.call("GET", path))[0] == 401


async def test_with_consent_away_the_list_says_so(intake: Intake) -> None:
    await staff(intake, "later")
    intake.ledger.away = True
    assert (await intake.call("GET", "/v1/results", Authorization=intake.bearer))[0] == 503


async def test_the_stream_tells_what_was_and_what_comes(intake: Intake) -> None:
    # Given a result, and a client that listens
    first = await staff(intake, "earlier")
    (before,) = await events(intake, 1)
    # When it comes back after its connection broke, and meanwhile another has come
    second = await staff(intake, "meanwhile")
    (after,) = await events(intake, 1, Last_Event_ID=before[0])
    # Then it has each once, as the list has it
    assert [before[2]["id"], after[2]["id"]] == first + second
    assert {before[1], after[1]} == {"assessment.scored"}
    assert [before[2], after[2]] == (await page(intake))["results"]


async def test_who_listens_is_told_at_once(intake: Intake) -> None:
    headers = {"Authorization": intake.bearer}
    async with (
        httpx.AsyncClient(base_url=str(intake.client.make_url("/"))) as client,
        aconnect_sse(client, "GET", "/v1/events", headers=headers) as source,
    ):
        (assessment,) = await staff(intake, "new")
        async for event in source.aiter_sse():
            assert json.loads(event.data)["id"] == assessment
            break


@pytest.mark.parametrize("last", ["x", "-1", "9" * 17, "1.5"])
async def test_an_event_id_that_is_none_is_refused(intake: Intake, last: str) -> None:
    headers = {"Last_Event_ID": last, "Authorization": intake.bearer}
    assert (await intake.call("GET", "/v1/events", **headers))[0] == 400


async def test_a_workforce_is_shown_from_ten_people_on_and_stands_for_a_month(intake: Intake) -> None:
    # Given nine people, one of whom was assessed twice
    await staff(intake, *(f"worker-{number}" for number in range(9)), "worker-0")
    status, _, _ = await intake.call("GET", "/v1/workforce", Authorization=intake.bearer)
    assert status == 409
    # When a tenth comes
    await staff(intake, "worker-9")
    _, shown, _ = await intake.call("GET", "/v1/workforce", Authorization=intake.bearer)
    # Then there are figures, they stay what they are, and one entry tells of them
    assert [one["type"] for one in await intake.entries()] == ["delivered"]
    assert (shown["people"], sum(one["people"] for one in shown["score"]["cells"])) == (10, 10)
    assert len(shown["dimensions"]) == 6
    intake.ledger.release_refused = "delivery"
    assert (await intake.call("GET", "/v1/workforce", Authorization=intake.bearer))[1] == shown


async def test_the_figures_of_a_month_outlive_a_restart_sealed_and_an_earlier_months_do_not_outlive_it(
    intake: Intake, tmp_path: Path
) -> None:
    # Given an organisation that was told of its workforce, and two of whose people have withdrawn since
    await staff(intake, *(f"worker-{number}" for number in range(10)))
    _, shown, _ = await intake.call("GET", "/v1/workforce", Authorization=intake.bearer)
    intake.ledger.release_refused = "delivery"
    # When intake starts anew, then it tells the same, with no further entry
    async with opened(intake.database, tmp_path, intake.ledger, intake.broker) as again:
        assert (await again.call("GET", "/v1/workforce", Authorization=again.bearer))[:2] == (200, shown)
    assert [one["type"] for one in await intake.entries()] == ["delivered"]
    # and while consent is away it tells nothing
    intake.ledger.away = True
    assert (await intake.call("GET", "/v1/workforce", Authorization=intake.bearer))[0] == 503
    intake.ledger.away = False
    # and nothing of it can be read where it lies, nor under another organisation's key
    told, body = ToldFigures(intake.database, intake.ledger), orjson.dumps(shown)
    async with intake.database.write() as connection:
        (lying,) = (await connection.execute(select(workforces))).all()
        assert b"people" not in lying.sealed
        await connection.execute(update(workforces).values(tenant="globex"))
    assert await told.find("acme", shown["before"]) is None
    with pytest.raises(NotOpened):
        await told.find("globex", shown["before"])
    # and the next month takes its place
    async with intake.database.write() as connection:
        await connection.execute(update(workforces).values(tenant="acme"))
        await (await told.keeping("acme", "2999-01-01T00:00:00Z", body))(connection)
    assert await told.find("acme", shown["before"]) is None
    assert await told.find("acme", "2999-01-01T00:00:00Z") == body


async def test_a_stream_ends_with_the_life_of_a_token(intake: Intake) -> None:
    # Given a token that lives a moment, and a client that listens
    callers, feed = Callers(intake.tokens, intake.ledger), Feed(intake.database)
    delivery = Delivery(intake.ledger, Views(intake.database, intake.outbox))
    served = web.Application()
    served.add_routes(Events(callers, feed, delivery, Arrivals(), lifetime=0.05).table())
    # When it reads on, then it comes to an end
    async with (
        TestClient(TestServer(served)) as client,
        client.get("/v1/events", headers={"Authorization": intake.bearer}) as response,
    ):
        assert (response.status, await response.read()) == (200, b"")
