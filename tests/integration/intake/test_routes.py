"""The public interface: every hand-in has an answer, every error is a problem with its place, nothing is quoted."""

import asyncio
import base64

import pytest
import structlog
from aiohttp import ClientError

from infra.clock import now
from infra.db.engine import Database
from infra.http.body import BODY_BYTES
from services.intake.handing_in.admission import HALF_RETENTION
from services.intake.handing_in.lines import LINE_BYTES
from services.intake.organisations.register import Organisations
from services.methodology.specimen import specimen
from services.methodology.version import load
from tests.integration.intake.door import CANARY, Intake
from tests.unit.intake.examples import employee, person, raw

KEY = "0123456789abcdef0123456789abcdef"


async def test_a_person_hands_in_without_registration_and_reads_the_result_with_the_claim_code(
    intake: Intake,
) -> None:
    # When a person hands in
    status, accepted, headers = await intake.hand_in(person())
    assert (status, accepted["status"], headers["Location"]) == (202, "accepted", accepted["links"]["self"])
    claim = f"Claim {accepted['claim_code']}"
    assert (await intake.call("GET", headers["Location"], Authorization=claim))[1]["status"] == "accepted"
    assert (await intake.call("GET", accepted["links"]["explanation"], Authorization=claim))[0] == 409
    # Then, once it is scored, the result is the person's
    await intake.score()
    status, document, _ = await intake.call("GET", headers["Location"], Authorization=claim)
    assert (status, document["status"]) == (200, "scored")
    assert document["result"] == load().score(person()["assessment"]).result()
    assert (await intake.call("GET", accepted["links"]["explanation"], Authorization=claim))[0] == 200


async def test_nobody_else_reads_it(intake: Intake) -> None:
    _, mine, _ = await intake.hand_in(person("mine"))
    _, other, _ = await intake.hand_in(person("other"))
    place = mine["links"]["self"]
    assert (await intake.call("GET", place, Authorization=f"Claim {other['claim_code']}"))[0] == 404
    assert (await intake.call("GET", place, Authorization=intake.bearer))[0] == 404
    for wrong in (f"Claim {CANARY}", "Claim ", "Claim \udcff", f"Bearer {CANARY}", f"Basic {CANARY}", CANARY):
        status, _, headers = await intake.call("GET", place, Authorization=wrong)
        assert (status, "WWW-Authenticate" in headers) == (401, True)
    assert (await intake.call("GET", place))[0] == 401


MALFORMED = {
    "malformed JSON": (b'{"' + CANARY.encode(), 422, ""),
    "a missing field": (raw({"consent": person()["consent"]}), 422, "/assessment"),
    "an unknown field": (raw(person() | {"extra": CANARY}), 422, "/extra"),
    "out of range": (raw({**person(), "assessment": person()["assessment"] | {"pause_months": 721}}), 422,
                     "/assessment/pause_months"),
    "too large": (b" " * (BODY_BYTES + 1), 413, None),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected", "pointer"), MALFORMED.values(), ids=MALFORMED)
async def test_a_body_that_does_not_fit_is_answered_with_its_place_and_logged_nowhere(
    intake: Intake, caplog: pytest.LogCaptureFixture, body: bytes, expected: int, pointer: str | None
) -> None:
    with structlog.testing.capture_logs() as logs:
        status, document, _ = await intake.hand_in(body)
    assert status == expected
    assert pointer is None or pointer in [one["pointer"] for one in document["errors"]]
    assert CANARY not in repr(logs) + caplog.text
    assert intake.broker.records == []


async def test_an_unknown_occupation_is_answered_with_a_suggestion(intake: Intake) -> None:
    document = employee(occupations=[{"code": "15-1252.99", "share": 1000}])
    status, problem, _ = await intake.hand_in(document, Authorization=intake.bearer)
    (error,) = problem["errors"]
    assert (status, error["pointer"]) == (422, "/assessment/occupations/0/code")
    assert "15-1252.00" in error["detail"]


async def test_a_wrong_content_type_is_refused(intake: Intake) -> None:
    assert (await intake.call("POST", "/v1/assessments", b"{}", Content_Type="text/plain"))[0] == 415
    headers = {"Content_Type": "application/json", "Authorization": intake.bearer}
    assert (await intake.call("POST", "/v1/assessments/stream", b"{}", **headers))[0] == 415


@pytest.mark.parametrize("wait", ["", "-1", "1.5", "31", "00000000099999", "٣", CANARY])
async def test_a_malformed_wait_is_refused(intake: Intake, wait: str) -> None:
    assert (await intake.hand_in(person(), f"/v1/assessments?wait={wait}"))[0] == 400
    assert intake.broker.records == []


async def test_who_waits_gets_the_result_as_soon_as_it_is_stored(intake: Intake) -> None:
    waiting = asyncio.create_task(intake.hand_in(person(), "/v1/assessments?wait=30"))
    while not intake.broker.records:
        await asyncio.sleep(0)
    await intake.score()
    status, document, _ = await waiting
    assert (status, document["status"], "result" in document) == (200, "scored", True)


async def test_the_same_submission_twice_is_one_assessment_with_one_claim_code(intake: Intake) -> None:
    first, again = [await intake.hand_in(person(), Idempotency_Key=KEY) for _ in range(2)]
    assert first[1] == again[1]
    assert len(intake.broker.records) == 1
    assert (await intake.hand_in(person("changed"), Idempotency_Key=KEY))[0] == 422
    assert (await intake.hand_in(person(), Idempotency_Key="short"))[0] == 400


async def test_an_accepted_hand_in_is_told_its_claim_code_even_if_the_result_cannot_be_read(intake: Intake) -> None:
    # Given a hand-in that is scored, and a ledger that refuses to open the result
    await intake.hand_in(person(), Idempotency_Key=KEY)
    await intake.score()
    intake.ledger.release_refused = "access"
    # When its sender asks again
    status, document, _ = await intake.hand_in(person(), Idempotency_Key=KEY)
    # Then it is still accepted, with its claim code, and why there is no result
    assert (status, "claim_code" in document, document["problem"]["status"]) == (202, True, 403)


@pytest.mark.parametrize("part", ["ledger", "broker"])
async def test_with_a_part_away_the_sender_is_asked_to_come_again(intake: Intake, part: str) -> None:
    getattr(intake, part).away = True
    status, _, headers = await intake.hand_in(person())
    assert (status, "Retry-After" in headers) == (503, True)


async def test_with_too_old_a_backlog_no_new_work_is_taken(intake: Intake) -> None:
    intake.admission.backlog(now() - 2 * HALF_RETENTION, now())
    status, _, headers = await intake.hand_in(person())
    assert (status, headers["Retry-After"]) == (503, "300")


async def test_a_bad_line_in_a_stream_is_answered_in_its_place(intake: Intake) -> None:
    lines = [raw(employee(str(number))) for number in range(4)]
    lines[1] = b'{"' + CANARY.encode()
    lines[2] = b"x" * (LINE_BYTES + 1)
    answers = await intake.stream(b"\n".join(lines))
    assert [one["line"] for one in answers] == [1, 2, 3, 4]
    assert [one["status"] for one in answers] == [202, 422, 413, 202]
    assert len(intake.broker.records) == 2


async def test_the_lines_of_a_long_stream_are_answered_in_order(intake: Intake) -> None:
    answers = await intake.stream(b"\n".join(raw(employee(str(number % 7))) for number in range(700)) + b"\n")
    assert [one["line"] for one in answers] == list(range(1, 701))
    assert {one["status"] for one in answers} == {202}


async def test_a_stream_sent_again_under_its_key_goes_on_where_it_was_and_doubles_nobody(intake: Intake) -> None:
    # Given a stream that broke off after two of its lines
    lines = [raw(employee(str(number))) + b"\n" for number in range(4)]
    before = await intake.stream(b"".join(lines[:2]), "staff-1")
    # When all of it comes again, but the second line says something else, and the person of the first was erased
    (erased,) = [alias for (_, name), alias in intake.ledger.handles.items() if name == "staff-0"]
    intake.ledger.erase(erased)
    lines[1] = raw(employee("other")) + b"\n"
    again = await intake.stream(b"".join(lines), "staff-1")
    # Then what was erased is gone, the other one is refused, the rest is new, and the next time it is known
    assert [one["status"] for one in again] == [410, 422, 202, 202]
    assert again[1]["problem"]["type"].endswith(":idempotency-key-reused")
    last = await intake.stream(b"".join(lines), "staff-1")
    assert [one.get("id") for one in last] == [None, None, again[2]["id"], again[3]["id"]]
    assert len({one["id"] for one in (*before, *again[2:])}) == len(intake.broker.records) == 4


async def test_a_stream_without_a_key_is_refused_and_told_what_is_missing(intake: Intake) -> None:
    headers = {"Content_Type": "application/x-ndjson", "Authorization": intake.bearer}
    status, problem, _ = await intake.call("POST", "/v1/assessments/stream", raw(employee()), **headers)
    assert (status, problem["type"]) == (400, "urn:careerpulse:problem:idempotency-key-missing")
    assert intake.broker.records == []


async def test_a_stream_is_for_organisations(intake: Intake) -> None:
    assert (await intake.call("POST", "/v1/assessments/stream", b"", Content_Type="application/x-ndjson"))[0] == 401


async def test_a_defect_in_a_stream_breaks_the_connection_off_and_is_no_second_answer(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(intake.broker.__class__, "send", fail)
    headers = intake.streaming()
    with structlog.testing.capture_logs() as logs, pytest.raises(ClientError):
        async with intake.client.post("/v1/assessments/stream", data=raw(employee()), headers=headers) as response:
            await response.read()
    assert [one["kind"] for one in logs] == ["RuntimeError"]
    assert CANARY not in repr(logs)


async def test_an_organisation_gets_a_token_for_its_credentials(intake: Intake, database: Database) -> None:
    acme = await Organisations(database).add("acme", "ACME Ltd")
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    granted = b"grant_type=client_credentials"
    basic = base64.b64encode(f"acme:{acme.client_secret}".encode()).decode()
    status, token, _ = await intake.call("POST", "/v1/oauth/token", granted, Authorization=f"Basic {basic}", **form)
    assert status == 200
    accepted = await intake.hand_in(employee(), Authorization=f"Bearer {token['access_token']}")
    assert (accepted[0], "claim_code" in accepted[1]) == (202, False)
    for wrong in ("Basic x", "Basic \u00e9", "Basic " + base64.b64encode(b"acme:CANARY-7f3a91").decode()):
        assert (await intake.call("POST", "/v1/oauth/token", granted, Authorization=wrong, **form))[0] == 401
    assert (await intake.call("POST", "/v1/oauth/token", granted + b"&client_id=%00", **form))[0] == 401
    assert (await intake.call("POST", "/v1/oauth/token", b"grant_type=password", **form))[0] == 400
    assert (await intake.call("POST", "/v1/oauth/token", granted, Content_Type="multipart/form-data"))[0] == 415


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        (b"", 400, "invalid_request"),
        (b"grant_type=password", 400, "unsupported_grant_type"),
        (b"grant_type=client_credentials", 401, "invalid_client"),
        (b"grant_type=client_credentials&client_id=acme&client_secret=wrong", 401, "invalid_client"),
        (b"grant_type=client_credentials&client_id=acme&client_secret=%SECRET%&scope=all", 400, "invalid_scope"),
    ],
)
async def test_a_token_is_refused_in_the_words_of_oauth(
    intake: Intake, database: Database, form: bytes, status: int, error: str
) -> None:
    acme = await Organisations(database).add("acme", "ACME Ltd")
    body = form.replace(b"%SECRET%", acme.client_secret.encode())
    typed = {"Content_Type": "application/x-www-form-urlencoded"}
    answered, told, headers = await intake.call("POST", "/v1/oauth/token", body, **typed)
    assert (answered, told["error"], headers["Cache-Control"]) == (status, error, "no-store")
    assert headers["Content-Type"].startswith("application/json"), "RFC 6749, 5.2"


async def test_the_keys_of_the_tokens_are_published(intake: Intake) -> None:
    status, told, _ = await intake.call("GET", "/.well-known/jwks.json")
    assert (status, told) == (200, intake.tokens.published())


async def test_the_score_with_income_is_told_to_its_person_alone(intake: Intake) -> None:
    # Given a person who was asked for income, and one who was not
    with_income = person()
    with_income["assessment"] = specimen("income", profile="core+income")
    place, claim = await intake.scored(with_income)
    plain, other = await intake.scored(person("plain"))
    # Then the one is told the score with income beside that without, and all that was used
    _, told, _ = await intake.call("GET", place, Authorization=claim)
    trail = load().score(with_income["assessment"]).trail()
    assert told["with_income"]["score"] == trail["explanations"][1]["score"]
    assert [one["id"] for one in told["with_income"]["dimensions"]][-1] == "income"
    assert (await intake.call("GET", f"{place}/trail", Authorization=claim))[1] == trail
    # and the other, and any organisation, is not
    assert "with_income" not in (await intake.call("GET", plain, Authorization=other))[1]
    assert (await intake.call("GET", f"{place}/trail", Authorization=other))[0] == 404
    assert (await intake.call("GET", f"{place}/trail", Authorization=intake.bearer))[0] == 403
    assert (await intake.call("GET", place, Authorization=intake.bearer))[0] == 404
