"""An organisation invites, the employee fills in the form under the code, and both get the result."""

import base64
import json
import re
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import structlog
from sqlalchemy import delete, select, update

from infra.clock import written
from infra.crypto.safe import Safe
from infra.http.outside import Outside
from schemas.events import Submitted
from schemas.topics import SUBMITTED
from services.intake.assessments.fence import Fence
from services.intake.assessments.rows import Ended
from services.intake.invitations.call_backs import CallBacks
from services.intake.invitations.store import InvitationStore
from services.intake.organisations.partner_keys import PartnerKeys
from services.intake.organisations.register import Organisations, Terms
from services.intake.results.notices import Notices
from services.intake.tables import assessments, invitations
from services.scoring.submission import opened, read
from tests.integration.intake.conftest import PAGES
from tests.integration.intake.door import Intake
from tests.integration.intake.hooks import Clock, Receiver
from tests.integration.intake.test_boundaries import put, reviewed
from tests.integration.intake.test_delivery import page
from tests.unit.intake.examples import employee as staff

NAME = "CANARY-employee-12"
CONTRACT = Terms("contract", "employees-1", "dpo@acme.example")
LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture
async def secret(intake: Intake) -> str:
    return (await Organisations(intake.database).add("acme", "Acme Ltd", CONTRACT)).client_secret


@pytest.fixture
async def partner_key(intake: Intake, secret: str) -> str:
    key = await PartnerKeys(intake.database).renew("acme", timedelta(0))
    assert key is not None
    return key


async def invited(intake: Intake, key: str | None = None, **asked: str) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": intake.bearer} | ({"Idempotency-Key": key} if key else {})
    body = {"external_id": NAME} | asked
    async with intake.client.post("/v1/invitations", json=body, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def state(intake: Intake, invitation: str) -> str:
    _, told, _ = await intake.call("GET", f"/v1/invitations/{invitation}", Authorization=intake.bearer)
    return str(told["status"])


class Employee:
    """A browser: it keeps cookies, and sends a page's form back with what was filled in."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.page = ""
        self.path = ""

    async def open(self, path: str) -> None:
        async with self._client.get(path) as response:
            await self._read(response)

    async def send(self, path: str, **fields: str | Sequence[str]) -> int:
        form = aiohttp.FormData()
        for found in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.page):
            form.add_field(*found)
        for name, value in fields.items():
            form.add_field(name, value)
        headers = {"Origin": PAGES}
        async with self._client.post(path, data=form, headers=headers) as response:
            await self._read(response)
            return int(response.status)

    async def enter(self, code: str) -> int:
        await self.open("/invitation")
        return await self.send("/invitation", code=code)

    async def fill_in(self, **told: str) -> int:
        """The form with one occupation, what is told on the last page, and nothing else."""
        place = "/invitation/assessment"
        await self.open(place)
        await self.send(place, go="add:15-1252.00")
        for _ in range(4):
            await self.send(place, go="next")
        return await self.send(place, go="hand-in", **told)

    def wait_too_long(self) -> None:
        """Do nothing until the session is over."""
        self._client.session.cookie_jar.clear()

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        self.page, self.path = await response.text(), response.url.path


@pytest.fixture
def employee(intake: Intake) -> Employee:
    return Employee(intake.client)


async def test_an_employee_who_is_invited_hands_in_once_and_both_get_the_result(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an invitation, and an employee who enters its code
    status, invitation = await invited(intake)
    assert (status, await state(intake, invitation["id"])) == (201, "invited")
    assert invitation["address"] == f"https://intake.example/invitation#{invitation['code']}"
    await employee.enter(invitation["code"].lower().replace("-", " "))
    # Then the organisation, its legal basis and its notice are shown, and no consent is asked for
    assert employee.path == "/invitation/notice"
    for shown in ("Acme Ltd", "dpo@acme.example", "the employment contract", "/v1/notices/employees-1?"):
        assert shown in employee.page
    # When the form is handed in, and scored
    await employee.fill_in()
    assert "being computed" in employee.page
    await intake.score()
    # Then the employee reads the result, and the organisation has it by its usual channel under its own name
    await employee.open("/invitation/result")
    (told,) = (await page(intake))["results"]
    assert (told["id"], told["external_id"]) == (invitation["id"], NAME)
    assert f"{told['result']['points']['low']} to {told['result']['points']['high']}" in employee.page
    assert await state(intake, invitation["id"]) == "scored"
    # and a second time the code opens the result alone
    await employee.enter(invitation["code"])
    assert employee.path == "/invitation/result"
    await employee.open("/invitation/assessment")
    assert employee.path == "/invitation/result"
    assert [one["type"] for one in await intake.entries()].count("viewed") == 3


async def test_an_employee_is_not_asked_for_work_that_they_aim_at_and_none_is_taken(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an employee who sends the tick that only the page for people who come by themselves has
    _, invitation = await invited(intake)
    await employee.enter(invitation["code"])
    place = "/invitation/assessment"
    await employee.open(place)
    await employee.send(place, go="add:15-1252.00")
    assert 'name="target"' not in employee.page
    await employee.fill_in(target="yes")
    # Then it is no part of what was handed in, and so of no score
    (sent,) = intake.broker.of(SUBMITTED.name)
    alias = intake.ledger.events["acme", invitation["id"]]
    key = (await intake.ledger.release("scoring", [alias]))[alias]
    assert "target" not in json.loads(opened(read(sent), key))["assessment"]


def code_on(page: str) -> str | None:
    found = re.search(r'id="claim-code">([^<]+)<', page)
    return None if found is None else found[1]


async def test_whoever_fills_in_the_form_is_told_the_claim_code_there_and_nobody_who_comes_later(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an invitation, whose code the employer has as well
    _, invitation = await invited(intake)
    await employee.enter(invitation["code"])
    # When the employee hands in
    await employee.fill_in()
    code = code_on(employee.page)
    await intake.score()
    # Then the code is told to them as long as their session lasts, and opens what the employer does not get
    await employee.open("/invitation/result")
    assert code is not None
    assert code_on(employee.page) == code
    place, claim = f"/v1/assessments/{invitation['id']}", f"Claim {code}"
    for part in ("explanation", "forecast", "plan"):
        status, _, _ = await intake.call("GET", f"{place}/{part}", Authorization=claim)
        assert status == 200, part
    # And whoever enters the same invitation in another browser is told no code
    await employee.send("/invitation/close")
    await employee.enter(invitation["code"])
    assert (employee.path, code_on(employee.page)) == ("/invitation/result", None)


async def test_a_second_invitation_needs_the_code_that_the_employee_was_told(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an employee who has filled in the form, and a second invitation for them
    _, first = await invited(intake)
    await employee.enter(first["code"])
    await employee.fill_in()
    code = code_on(employee.page) or ""
    _, second = await invited(intake)
    # When somebody fills it in without the code, or with another one
    await employee.enter(second["code"])
    for wrong in ({}, {"claim": "0000-0000-0000-0000-0000-0000-0000"}):
        await employee.fill_in(**wrong)
        # Then nothing is kept, and the page says what is needed
        assert "told a claim code" in employee.page
        assert (await state(intake, second["id"]), code_on(employee.page)) == ("invited", None)
    # And with it the form is handed in, and tells no code
    assert await employee.fill_in(claim=code) == 200
    assert (employee.path, code_on(employee.page)) == ("/invitation/result", None)


async def test_what_an_invited_employee_answered_is_theirs_and_the_entry_says_who_it_was(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given a hand-in by an invitation, and one by the organisation
    _, invitation = await invited(intake)
    await employee.enter(invitation["code"])
    await employee.fill_in()
    _, other, _ = await intake.hand_in(staff("other"), Authorization=intake.bearer)
    # Then the sealed answers are kept of the first alone, and of each the entry says who handed in
    rows = await intake.store.find([invitation["id"], other["id"]])
    assert [rows[one["id"]].hand_in is not None for one in (invitation, other)] == [True, False]
    sent = [msgspec.msgpack.decode(one.value, type=Submitted) for one in intake.broker.of(SUBMITTED.name)]
    assert [json.loads(one.leaf)["actor"] for one in sent] == ["person", "organisation"]
    # And a store that has lost them reads the same from the topic
    async with intake.database.write() as connection:
        await connection.execute(delete(assessments))
    await intake.results.work(list(intake.broker.of(SUBMITTED.name)))
    again = await intake.store.find([invitation["id"], other["id"]])
    assert [again[one["id"]].hand_in for one in (invitation, other)] == [rows[invitation["id"]].hand_in, None]


async def test_a_form_that_comes_when_its_session_is_over_waits_for_the_code_and_loses_no_answer(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an employee who is in the middle of the form when the session ends
    _, invitation = await invited(intake)
    await employee.enter(invitation["code"])
    place = "/invitation/assessment"
    await employee.open(place)
    for go in ("add:15-1252.00", "next", "next"):
        await employee.send(place, go=go)
    (skill, *_) = re.findall(r'<select id="(s:[^"]+)"', employee.page)
    employee.wait_too_long()
    # When they go on, the code is asked for once more, and a wrong one opens nothing
    await employee.send(place, **{skill: "3:18", "go": "next"})
    assert "Your code once more" in employee.page
    assert await employee.send(place, **{"code-again": "AAAA"}) == 422
    # Then theirs leads on from where they were, with what they had answered, and stays in no form
    assert await employee.send(place, **{"code-again": invitation["code"]}) == 200
    assert "Using AI, and learning" in employee.page
    assert f'name="{skill}" value="3:18"' in employee.page
    assert invitation["code"] not in employee.page
    # and whoever comes without a form is led to the entrance
    employee.wait_too_long()
    await employee.open(place)
    assert employee.path == "/invitation"


async def test_an_employee_tells_for_statistics_only_with_a_consent_of_their_own(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an employee who tells their sex without agreeing to what it is for
    _, invitation = await invited(intake)
    await employee.enter(invitation["code"])
    await employee.fill_in(**{"told:sex": "female"})
    # Then that is said on the same page, which agrees to nothing in advance
    assert "agree to statistics about groups" in employee.page
    assert 'name="statistics" value="yes" checked' not in employee.page
    assert intake.broker.of(SUBMITTED.name) == []
    # When they agree
    await employee.send("/invitation/assessment", go="hand-in", statistics="yes", **{"told:sex": "female"})
    # Then the ledger gets their consent under the notice shown, and what they told is sealed apart
    (record,) = intake.ledger.asked_for[-1].records
    assert (record.purpose, record.legal_basis, record.notice) == ("statistics", "consent", "employees-1")
    (sent,) = intake.broker.of(SUBMITTED.name)
    assert msgspec.msgpack.decode(sent.value, type=Submitted).statistics is not None


async def test_at_rest_nobody_can_read_whom_an_invitation_is_for(intake: Intake, secret: str) -> None:
    _, invitation = await invited(intake)
    async with intake.database.read() as connection:
        stored = repr((await connection.execute(select(invitations))).all())
    assert NAME not in stored
    assert invitation["code"] not in stored


async def test_the_same_key_gives_the_same_invitation_and_for_another_employee_none(
    intake: Intake, secret: str
) -> None:
    first, again = await invited(intake, "key-1"), await invited(intake, "key-1")
    assert first == again
    status, _ = await invited(intake, "key-1", external_id="somebody else")
    assert status == 422
    assert (await invited(intake, "key-2"))[1]["id"] != first[1]["id"]


async def test_a_key_means_one_invitation_also_when_its_form_was_handed_in(
    intake: Intake, secret: str, employee: Employee
) -> None:
    # Given an invitation whose form was handed in, so that whom it was for is forgotten
    _, first = await invited(intake, "key-1")
    await employee.enter(first["code"])
    await employee.fill_in()
    # When the same key comes again
    again = await invited(intake, "key-1")
    other, problem = await invited(intake, "key-1", external_id="somebody else")
    elsewhere, _ = await invited(intake, "key-1", call_back="http://127.0.0.1/elsewhere")
    # Then the same content is the same invitation, and any other is refused
    assert again == (201, first)
    assert (other, problem["type"]) == (422, "urn:careerpulse:problem:idempotency-key-reused")
    assert elsewhere == 422


async def test_another_call_back_under_the_same_key_is_refused(intake: Intake, secret: str) -> None:
    await invited(intake, "key-1", call_back="http://127.0.0.1/here")
    assert (await invited(intake, "key-1", call_back="http://127.0.0.1/there"))[0] == 422


async def test_without_terms_to_show_nobody_is_invited(intake: Intake) -> None:
    await Organisations(intake.database).add("acme", "Acme Ltd")
    assert (await invited(intake))[0] == 409


async def test_another_organisation_sees_nothing_of_an_invitation(intake: Intake, secret: str) -> None:
    _, invitation = await invited(intake)
    path = f"/v1/invitations/{invitation['id']}"
    assert (await intake.call("GET", path, Authorization=intake.bearer_of("globex")))[0] == 404


@pytest.mark.parametrize("code", ["", "x", "0000-0000-0000-0000-0000-0000-0000"])
async def test_a_code_that_opens_nothing_is_said_to(
    intake: Intake, secret: str, employee: Employee, code: str
) -> None:
    assert await employee.enter(code) == 422
    await employee.open("/invitation/assessment")
    assert employee.path == "/invitation"


async def test_an_invitation_ends(intake: Intake, secret: str, employee: Employee) -> None:
    _, invitation = await invited(intake)
    await InvitationStore(intake.database).forget(invitation["expires_at"])
    assert await employee.enter(invitation["code"]) == 422


async def partner(intake: Intake, key: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    named = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {named}", "Content-Type": "application/json"}
    data = body if body is None or isinstance(body, bytes) else json.dumps(body)
    async with intake.client.request(method, f"/partner/v1/{path}", data=data, headers=headers) as response:
        return response.status, await response.json(content_type=None)


def test_for(url: str | None = None) -> dict[str, object]:
    candidate = {"first_name": "Ada", "last_name": "Byron", "email": "ada@hr.example", "phone_number": "1"}
    return {"partner_test_id": "core", "candidate": candidate} | ({} if url is None else {"url": url})


test_for.__test__ = False  # type: ignore[attr-defined]


async def test_a_partner_lists_sends_and_asks_for_a_test(
    intake: Intake, partner_key: str, employee: Employee, receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    # Given the test that there is, sent twice with the same address
    _, (listed,) = await partner(intake, partner_key, "GET", "list_tests")
    assert listed["partner_test_id"] == "core"
    status, sent = await partner(intake, partner_key, "POST", "send_test", test_for(receiver.url))
    again = await partner(intake, partner_key, "POST", "send_test", test_for(receiver.url))
    assert (status, again) == (200, (200, sent))
    asked = f"test_status?partner_interview_id={sent['partner_interview_id']}"
    assert await partner(intake, partner_key, "GET", asked) == (200, {"partner_status": "sent"})
    async with Outside([LOOPBACK], seconds=5) as outside:
        calls = CallBacks(InvitationStore(intake.database), outside, Safe(tmp_path / "webhook-key"), clock=clock)
        # When the candidate hands in, nobody is called before the end, and then once
        await employee.enter(sent["invitation_url"].partition("#")[2])
        await employee.fill_in()
        await calls.step()
        assert (receiver.came, await partner(intake, partner_key, "GET", asked)) == (
            [],
            (200, {"partner_status": "in_progress"}),
        )
        await intake.score()
        clock.at += timedelta(hours=1)
        await calls.step()
        await calls.step()
    assert [body for body, _ in receiver.came] == [b""]
    # Then the status has the score as every channel tells it
    (told,) = (await page(intake))["results"]
    _, complete = await partner(intake, partner_key, "GET", asked)
    summary = told["summary"]
    assert (complete["partner_status"], complete["partner_score"]) == ("complete", summary["value"])
    assert complete["metadata"]["Band"] == f"{summary['band_low']} to {summary['band_high']}"
    assert told["external_id"] == "ada@hr.example"


async def due(intake: Intake, employee: Employee, receiver: Receiver, clock: Clock) -> dict[str, Any]:
    """An invitation whose assessment has ended, of which the receiver is to be told."""
    _, invitation = await invited(intake, call_back=receiver.url)
    await employee.enter(invitation["code"])
    await employee.fill_in()
    await intake.score()
    clock.at += timedelta(hours=1)
    return invitation


async def test_a_call_back_that_fails_is_tried_again_when_the_receiver_wants(
    intake: Intake, secret: str, employee: Employee, receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    invitation = await due(intake, employee, receiver, clock)
    receiver.status, receiver.retry_after = 503, "3600"
    async with Outside([LOOPBACK], seconds=5) as outside:
        store = InvitationStore(intake.database)
        await CallBacks(store, outside, Safe(tmp_path / "webhook-key"), clock=clock, chance=lambda: 0.0).step()
    kept = await store.find("acme", invitation["id"])
    assert kept is not None
    assert (kept.tries, kept.due_at) == (1, written(clock.at + timedelta(hours=1)))


async def test_what_was_held_back_calls_back_again_when_a_human_has_decided(
    intake: Intake,
    secret: str,
    employee: Employee,
    receiver: Receiver,
    clock: Clock,
    notices: Notices,
    tmp_path: Path,
) -> None:
    # Given a result that crosses a boundary, of whose end the receiver was told
    await put(intake, "training")
    invitation = await due(intake, employee, receiver, clock)
    (held,) = (await page(intake))["results"]
    assert (held["status"], held["reason"]) == ("withheld", "awaiting-review")
    async with Outside([LOOPBACK], seconds=5) as outside:
        store = InvitationStore(intake.database)
        calls = CallBacks(store, outside, Safe(tmp_path / "webhook-key"), clock=clock)
        await calls.step()
        await calls.step()
        assert len(receiver.came) == 1
        # When a human upholds it, then the receiver is told once more, and the address is kept no longer
        await reviewed(notices, invitation["id"], "confirmed")
        await calls.step()
        await calls.step()
    kept = await store.find("acme", invitation["id"])
    assert kept is not None
    assert (len(receiver.came), kept.call_back, await state(intake, kept.id)) == (2, None, "scored")


async def test_a_decision_during_a_try_is_told_all_the_same(
    intake: Intake, secret: str, employee: Employee, receiver: Receiver, clock: Clock, notices: Notices
) -> None:
    await put(intake, "training")
    invitation = await due(intake, employee, receiver, clock)
    store = InvitationStore(intake.database)
    ((under_way,),) = (await store.due(written(clock.at), 8)).values()
    await reviewed(notices, invitation["id"], "confirmed")
    await store.tried(under_way, None)
    assert [one.id for one in (await store.due(written(clock.at), 8))["acme"]] == [invitation["id"]]


async def test_what_failed_calls_back_again_when_it_has_ended_after_all(
    intake: Intake, secret: str, employee: Employee, receiver: Receiver, clock: Clock
) -> None:
    # Given an assessment that failed, of whose end the receiver was told
    _, invitation = await invited(intake, call_back=receiver.url)
    await employee.enter(invitation["code"])
    await employee.fill_in()
    row = await intake.store.get(invitation["id"])
    assert row is not None
    failed = Ended(row.id, row.tenant, row.alias or "", "failed", written(clock.at), reason="a defect of that day")
    await intake.store.end([failed])
    store = InvitationStore(intake.database)
    ((told,),) = (await store.due(written(clock.at), 8)).values()
    await store.tried(told, None)
    assert await store.due(written(clock.at), 8) == {}
    # When its dead letter is replayed
    await intake.score()
    assert [one.id for one in (await store.due(written(clock.at), 8))["acme"]] == [row.id]


async def test_an_erasure_forgets_the_address_that_was_told(
    intake: Intake, secret: str, employee: Employee, receiver: Receiver, clock: Clock
) -> None:
    await put(intake, "training")
    invitation = await due(intake, employee, receiver, clock)
    store = InvitationStore(intake.database)
    ((told,),) = (await store.due(written(clock.at), 8)).values()
    await store.tried(told, None)
    row = await intake.store.get(invitation["id"])
    assert row is not None
    await Fence(intake.database).erase([row.alias or ""])
    kept = await store.find("acme", invitation["id"])
    assert kept is not None
    assert kept.call_back is None


async def test_a_call_back_to_an_address_that_nobody_foresaw_is_a_failed_try(
    intake: Intake, secret: str, employee: Employee, receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    invitation = await due(intake, employee, receiver, clock)
    safe, store = Safe(tmp_path / "webhook-key"), InvitationStore(intake.database)
    sealed = safe.seal("https://a..b.example/x", f"{invitation['id']}/call-back")
    async with intake.database.write() as connection:
        await connection.execute(update(invitations).values(call_back=sealed))
    async with Outside([LOOPBACK], seconds=5) as outside:
        await CallBacks(store, outside, safe, clock=clock).step()
    kept = await store.find("acme", invitation["id"])
    assert kept is not None
    assert kept.tries == 1


@pytest.mark.parametrize("url", ["http://10.0.0.1/x", "https://169.254.169.254/latest", "ftp://hr.example/x"])
async def test_an_address_that_is_not_public_is_not_called(intake: Intake, partner_key: str, url: str) -> None:
    status, problem = await partner(intake, partner_key, "POST", "send_test", test_for(url))
    assert (status, problem["errors"][0]["pointer"]) == (422, "/url")


async def test_a_test_that_is_sent_again_without_an_address_is_the_same(intake: Intake, partner_key: str) -> None:
    # Given a test that was sent without an address, and sent again by whoever did not see the answer
    sent = [await partner(intake, partner_key, "POST", "send_test", test_for()) for _ in range(2)]
    # Then there is one, and another candidate has another
    assert sent[0] == sent[1]
    other = test_for() | {"candidate": {"email": "grace@hr.example"}}
    _, another = await partner(intake, partner_key, "POST", "send_test", other)
    assert another["partner_interview_id"] != sent[0][1]["partner_interview_id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"partner_test_id": "core", "candidate": ' + b"[" * 100_000, ""),
        (b'{"partner_test_id": "core", "candidate": {"email": "a@b.example"}, "x": ' + b"[" * 20_000 + b"}", ""),
        (
            b'{"partner_test_id": "core", "partner_test_id": "core", "candidate": {"email": "a@b"}}',
            "/partner_test_id",
        ),
        (b'{"partner_test_id": "core", "candidate": {"email": "a@b", "phone": 1, "phone": 2}}', "/candidate/phone"),
        (b'{"partner_test_id": "core", "candidate": {"email": "a@b", "first_name": "\xff"}}', ""),
        (b'{"partner_test_id": "core", "candidate": {"email": ""}}', "/candidate/email"),
        (b'{"partner_test_id": "other", "candidate": {"email": "a@b"}}', "/partner_test_id"),
        (b'{"partner_test_id": "core", "candidate": {"email": "a@b"}, "url": "ftp://x"}', "/url"),
    ],
)
async def test_what_is_no_test_to_send_is_answered_with_the_place(
    intake: Intake, partner_key: str, body: bytes, pointer: str
) -> None:
    status, problem = await partner(intake, partner_key, "POST", "send_test", body)
    assert status in (413, 422)
    assert status == 413 or [one["pointer"] for one in problem["errors"]] == [pointer]


async def test_a_partner_tells_which_answer_it_could_not_use(intake: Intake, partner_key: str) -> None:
    told = {"api_call": "test_status", "errors": ["no score"], "candidate_email": "ada@hr.example"}
    with structlog.testing.capture_logs() as logged:
        assert await partner(intake, partner_key, "POST", "response_error", told) == (200, {})
    assert [(one["organisation"], one["call"]) for one in logged] == [("acme", "test_status")]
    assert "ada" not in repr(logged)


async def test_without_the_key_a_partner_gets_nothing(intake: Intake, secret: str, partner_key: str) -> None:
    for key in ("", "wrong", secret):
        assert (await partner(intake, key, "GET", "list_tests"))[0] == 401
