"""The privacy pages over real stores: what a form does, what it refuses, and what it never lets through."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import event
from sqlalchemy.engine import Engine

from infra.crypto.root_keys.file import FileRootKey
from infra.db.engine import Database
from schemas.employees import AskForEmployee, InstructRequest
from schemas.keys import CreateKeys, NewPerson, RecordDraft, RegisterTenant
from services.consent.claims import Claims
from services.consent.consents.records import ConsentRecords
from services.consent.controllers.controller import Party
from services.consent.pages.site import PrivacyPages
from services.consent.privacy_notices.texts import NoticeTexts
from services.consent.public_api import PublicApi
from services.consent.settings import from_environment
from services.consent.stores import open_stores
from services.consent.worker import Worker
from tests.integration.consent.conftest import Running, Topics

WINDOW_SECONDS = 86_400
MARKUP = "<script>alert(1)</script>"
TOKEN = re.compile(r'name="csrf" value="([0-9a-f]+)"')


class Browser:
    """Opens pages and sends their forms with the token that stands in them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def open(self, path: str) -> str:
        return await (await self.client.get(path)).text()

    async def send(self, path: str, **fields: str) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        token = TOKEN.search(await self.open("/follow"))
        form = {"csrf": token[1] if token else "", **fields}
        answer = await self.client.post(path, data=form, allow_redirects=False)
        return answer.status, answer.headers.get("Location", ""), await answer.text()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The pages are the same over either database."""
    return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def running(database_url: str, tmp_path: Path) -> AsyncIterator[Running]:
    """As the other tests' service, with a window in which an erasure can be cancelled."""
    async with Database(database_url, "consent") as database:
        root = FileRootKey(tmp_path / "secrets")
        stores = await open_stores(database, root, Ed25519PrivateKey.generate(), WINDOW_SECONDS)
        await stores.tenants.register(RegisterTenant("acme", "ACME Ltd", "legitimate-interest", "employees-1"))
        yield Running(stores, Worker(stores, Topics()), Topics())


@pytest.fixture
async def browser(running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "none")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    stores, operator, key = running.stores, Party("The operator"), Ed25519PrivateKey.generate()
    claims = Claims(stores.keystore)
    application = PublicApi(stores, b"PEM", running.worker.wake, lambda: None, claims).application()
    PrivacyPages(
        from_environment(),
        stores,
        running.worker.wake,
        claims=claims,
        records=ConsentRecords(stores.database, operator, "http://here"),
        texts=NoticeTexts(stores.database, stores.tenants, operator),
        receipt_key=key,
        secret=bytes(32),
    ).join(application)
    async with TestClient(TestServer(application)) as client:
        yield Browser(client)


async def entered(running: Running, browser: Browser) -> str:
    """The alias of a person who has entered the claim code."""
    (created,) = await running.hand_in("0" * 32)
    assert (await browser.send("/", claim=created.claim_code))[:2] == (303, "/")
    return created.alias


async def employee_entered(running: Running, browser: Browser) -> None:
    """Jane of acme has entered the code that her employer passed on."""
    await running.hand_in("event-1", tenant="acme", external_id="jane")
    invited = await running.stores.employees.invite("acme", "jane")
    await browser.send("/employee", code=invited.code or "")


async def test_a_wrong_code_says_what_to_do_and_opens_no_session(browser: Browser) -> None:
    status, _, page = await browser.send("/", claim="AAAA-BBBB")

    assert (status, "Check it letter by letter" in page) == (422, True)
    assert "AAAA-BBBB" not in page
    assert not browser.client.session.cookie_jar


async def test_codes_cannot_be_guessed_at_here_either(browser: Browser) -> None:
    statuses = [(await browser.send("/", claim="AAAA-BBBB"))[0] for _ in range(21)]

    assert (set(statuses[:20]), statuses[20]) == ({422}, 429)


async def test_no_page_of_a_persons_own_opens_without_a_code(browser: Browser) -> None:
    for path in ("/consents", "/rights", "/erasure", "/requests", f"/requests/{'0' * 32}/report"):
        answer = await browser.client.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/"), path


async def test_withdrawing_is_one_press_and_so_is_giving(running: Running, browser: Browser) -> None:
    alias = await entered(running, browser)

    for do, stands in (("withdraw", "withdrawn"), ("give", "given")):
        assert (await browser.send("/consents", purpose="scoring", do=do))[0] == 303
        newest = [one for one in await running.stores.consents.of(alias) if one.purpose == "scoring"][-1]
        assert newest.state == stands


async def test_who_has_saved_a_draft_and_nothing_else_reads_of_it_and_of_its_thirty_days(
    running: Running, browser: Browser
) -> None:
    records = (RecordDraft("draft", "consent", "individuals-2", "en"),)
    drafted = NewPerson("1" * 32, records, purpose="draft")
    (created,) = (await running.stores.keystore.create(CreateKeys("individuals", (drafted,)))).persons
    await browser.send("/", claim=created.claim_code)
    page = await browser.open("/")

    assert "A draft: answers that you saved" in page and "30 days after you last saved it" in page
    assert "0 assessments" not in page


async def test_another_language_in_the_middle_of_a_form_loses_no_word_and_asks_for_nothing(
    running: Running, browser: Browser
) -> None:
    alias = await entered(running, browser)
    for path, fields in {
        "/rights": {"right": "review", "review": "0" * 32, "statement": "They counted my pause twice."},
        "/erasure": {"sure": "yes"},
        "/receipt": {"receipt": "{}"},
    }.items():
        status, _, page = await browser.send(path, lang="de", **fields)
        assert (status, 'lang="de"' in page) == (200, True), path
        assert path != "/rights" or "They counted my pause twice." in page
    assert await running.stores.register.of(alias) == []


async def test_a_form_whose_session_is_over_waits_for_the_claim_code_and_asks_for_nothing_by_it(
    running: Running, browser: Browser
) -> None:
    # Given a form that was filled in while the session ended
    (created,) = await running.hand_in("0" * 32)
    await browser.send("/", claim=created.claim_code)
    typed = {"right": "review", "review": "0" * 32, "statement": f"They counted my pause twice. {MARKUP}"}
    browser.client.session.cookie_jar.clear()
    # When it is sent
    status, _, page = await browser.send("/rights", **typed)
    # Then the code is asked for on the spot, and what was filled in lies in the page as text
    assert (status, "Your code once more" in page, MARKUP in page) == (200, True, False)
    status, _, page = await browser.send("/rights", **typed, **{"code-again": "AAAA-BBBB"})
    assert (status, "They counted my pause twice." in page, "AAAA-BBBB" in page) == (422, True, False)
    # and whoever enters it sees the form as it was, before it does anything
    status, _, page = await browser.send("/rights", **typed, **{"code-again": created.claim_code})
    assert (status, "They counted my pause twice." in page, created.claim_code in page) == (200, True, False)
    assert await running.stores.register.of(created.alias) == []
    # and the press that follows is one of the new session, which needs its token
    answer = await browser.client.post("/rights", data=typed, allow_redirects=False)
    assert answer.status == 403
    status, place, _ = await browser.send("/rights", **typed)
    assert (status, place[:10]) == (303, "/requests/")


async def test_what_waits_for_a_code_acts_on_the_one_whose_code_it_is(running: Running, browser: Browser) -> None:
    # Given a request of somebody, and a form about it that another one's code is entered for
    alias = await entered(running, browser)
    _, place, _ = await browser.send("/erasure", sure="yes")
    browser.client.session.cookie_jar.clear()
    (other,) = await running.hand_in("2" * 32)
    code = {"code-again": other.claim_code}
    # Then each form is shown and neither the one nor the other person is touched
    for path, fields in (
        ("/erasure", {"sure": "yes"}),
        ("/consents", {"purpose": "scoring", "do": "withdraw"}),
        (place, {}),
    ):
        assert (await browser.send(path, **fields, **code))[0] == 200, path
        browser.client.session.cookie_jar.clear()
    assert await running.stores.register.of(other.alias) == []
    assert [one["state"] for one in await running.stores.register.of(alias)] == ["pending"]
    assert {one.state for one in await running.stores.consents.of(other.alias)} == {"given"}


async def test_within_its_window_an_erasure_is_cancelled(running: Running, browser: Browser) -> None:
    # Given an erasure that was asked for, after its box was ticked
    alias = await entered(running, browser)
    assert "Tick this box" in (await browser.send("/erasure"))[2]
    _, place, _ = await browser.send("/erasure", sure="yes")
    page = await browser.open(place)
    assert "You can still cancel" in page
    # When it is cancelled
    assert (await browser.send(place))[:2] == (303, place)
    # Then the person stands as before, and it cannot be cancelled twice
    (standing,) = [one for one in await running.stores.register.of(alias) if one["type"] == "erasure"]
    assert standing["state"] == "cancelled"
    status, _, page = await browser.send(place)
    assert (status, "too late" in page) == (409, True)


async def test_a_legal_hold_is_seen_with_its_reason_which_is_shown_as_text(
    running: Running, browser: Browser
) -> None:
    await entered(running, browser)
    await running.stores.holds.set("0" * 32, MARKUP)
    _, place, _ = await browser.send("/erasure", sure="yes")

    for path in ("/", place):
        page = await browser.open(path)
        assert MARKUP not in page
        assert "&lt;script&gt;" in page
        assert "supervisory authority" in page
    # and whoever has the number only reads that it is held, and that the code shows why
    await browser.send("/leave")
    page = await browser.open(place)
    assert ("&lt;script&gt;" in page, "shown to whoever enters the claim code" in page) == (False, True)


async def test_an_extension_is_seen_with_its_reason_and_its_new_day(running: Running, browser: Browser) -> None:
    await entered(running, browser)
    _, place, _ = await browser.send("/rights", right="access")
    await running.stores.register.extend(place.rpartition("/")[2], "complexity")

    page = await browser.open(place)
    assert "The request is complex." in page
    assert "days left" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"right": "restriction-lift"}, "no hold in force"),
        ({"right": "objection"}, "Consent is withdrawn instead"),
        ({"right": "rectification", "rectification": "f" * 32}, "one of your own assessments"),
        ({"right": "review", "review": "0" * 32, "statement": "x" * 2001}, "2,000 characters"),
        ({"right": "no-such-right"}, "does not fit"),
    ],
)
async def test_what_cannot_be_asked_for_is_answered_in_plain_words(
    running: Running, browser: Browser, fields: dict[str, str], said: str
) -> None:
    await entered(running, browser)
    status, _, page = await browser.send("/rights", **fields)

    assert (status, said in page) == (422, True)


@pytest.mark.parametrize(
    ("language", "authority", "court"),
    [("en", "supervisory authority", "go to court"), ("de", "Aufsichtsbehörde", "vor Gericht gehen")],
)
async def test_a_refusal_names_the_authority_and_the_court_in_the_readers_language(
    running: Running, browser: Browser, language: str, authority: str, court: str
) -> None:
    await employee_entered(running, browser)
    await browser.open(f"/rights?lang={language}")
    # Given a right that does not hold, and a slip in a form, which is no refusal
    _, _, unheld = await browser.send("/rights", right="portability")
    _, _, slip = await browser.send("/rights", right="no-such-right")
    # When the employer refuses what it has to decide
    _, place, _ = await browser.send("/rights", right="restriction")
    waiting = await browser.open(place)
    word = InstructRequest("acme", place.rpartition("/")[2], "refuse", "A lawsuit is pending.")
    await running.stores.instructions.instruct(word)
    refused = await browser.open(place)

    assert [(authority in page, court in page) for page in (unheld, refused)] == [(True, True)] * 2
    assert [(authority in page, court in page) for page in (slip, waiting)] == [(False, False)] * 2
    assert "A lawsuit is pending." in refused
    # and whoever has the number only does not read why
    await browser.send("/leave")
    assert "A lawsuit is pending." not in await browser.open(place)


async def test_a_hold_is_put_and_ended_on_the_same_page(running: Running, browser: Browser) -> None:
    await entered(running, browser)
    for right, seen in (("restriction", "Processing is on hold"), ("restriction-lift", "What you can do")):
        assert (await browser.send("/rights", right=right))[0] == 303
        assert seen in await browser.open("/")


async def test_a_page_of_requests_takes_as_many_queries_among_many_as_among_few(
    running: Running, browser: Browser
) -> None:
    await entered(running, browser)
    _, place, _ = await browser.send("/rights", right="restriction")
    among_few = [await queries(browser, path) for path in (place, "/requests")]
    for _ in range(4):
        await browser.send("/rights", right="restriction-lift")
        await browser.send("/rights", right="restriction")

    assert [await queries(browser, path) for path in (place, "/requests")] == among_few


async def queries(browser: Browser, path: str) -> int:
    """How many statements a page takes."""
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        told.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert "<h1>" in await browser.open(path)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(told)


async def test_an_employee_exchanges_the_employers_code_once(running: Running, browser: Browser) -> None:
    # Given a code that the employer obtained
    await running.hand_in("event-1", tenant="acme", external_id="jane")
    invited = await running.stores.employees.invite("acme", "jane")
    # When it is entered
    status, place, _ = await browser.send("/employee", code=invited.code or "")
    # Then a claim code is shown, in each language and as often as one looks, until the pages are closed
    assert (status, place) == (303, "/employee/claim")
    shown = [await browser.open(f"/employee/claim{lang}") for lang in ("", "?lang=de", "?lang=en")]
    assert len({code for page in shown for code in re.findall('id="claim-code">([^<]+)', page)}) == 1
    # and the pages of the employee are open, with whom to object to
    assert "ACME Ltd" in await browser.open("/consents")
    assert "legitimate interest" in await browser.open("/rights")
    assert "ACME Ltd" in await browser.open("/notices/employees-1")
    # and the employer's code is of no use any more
    status, _, used = await browser.send("/employee", code=invited.code or "")
    assert (status, "somebody else holds your claim code" in used) == (422, True)
    # and what the employee asks for waits for the employer
    _, place, _ = await browser.send("/rights", right="restriction")
    assert "Waits for your employer" in await browser.open(place)
    assert "Waits for your employer" in await browser.open("/requests")
    # and can be withdrawn as long as it does
    assert "Withdraw this request" in await browser.open(place)
    await browser.send(place)
    withdrawn = await browser.open(place)
    assert ("Cancelled" in withdrawn, "Withdraw this request" in withdrawn) == (True, False)


@pytest.mark.parametrize(
    ("language", "acted", "asked"),
    [
        ("en", "Your employer has acted for you", "Your employer asked for this on your behalf."),
        ("de", "Ihr Arbeitgeber hat für Sie gehandelt", "Ihr Arbeitgeber hat dies in Ihrem Namen verlangt."),
    ],
)
async def test_what_the_employer_asks_for_is_told_to_the_employee_who_can_still_undo_it(
    running: Running, browser: Browser, language: str, acted: str, asked: str
) -> None:
    # Given an employee, who asks for something themself
    await employee_entered(running, browser)
    _, own, _ = await browser.send("/rights", right="restriction")
    assert acted not in await browser.open(f"/?lang={language}")
    # When the employer has everything of theirs erased
    done = await running.stores.instructions.ask(AskForEmployee("acme", "jane", "erasure"))
    # Then the first page says so, and the request itself, and only that one
    assert acted in (first := await browser.open("/"))
    assert f"/requests/{done.id}" in first
    assert [asked in await browser.open(place) for place in (f"/requests/{done.id}", own)] == [True, False]
    # and what can be undone is undone
    assert f"/requests/{done.request}" in await browser.open(f"/requests/{done.id}")
    assert (await browser.send(f"/requests/{done.request}"))[0] == 303


async def test_a_form_of_a_session_without_its_token_changes_nothing(running: Running, browser: Browser) -> None:
    alias = await entered(running, browser)
    forms = (
        ("/consents", {"purpose": "scoring", "do": "withdraw"}),
        ("/rights", {"right": "restriction"}),
        ("/erasure", {"sure": "yes"}),
        ("/leave", {}),
    )
    for path, fields in forms:
        for token in ({}, {"csrf": "0" * 80}):
            answer = await browser.client.post(path, data=fields | token, allow_redirects=False)
            assert answer.status == 403, path
    assert await running.stores.register.of(alias) == []
    assert {one.state for one in await running.stores.consents.of(alias)} == {"given"}


@pytest.mark.parametrize("place", ["//evil.example", "https://evil.example", "..%2f..%2fevil"])
async def test_no_form_leads_elsewhere(browser: Browser, place: str) -> None:
    for path, field in (("/follow", "number"), ("/", "claim"), ("/employee", "code")):
        status, location, _ = await browser.send(path, **{field: place, "then": place, "next": place})
        assert (status, location) == (422, "")


async def test_what_is_written_into_a_form_comes_back_as_text(running: Running, browser: Browser) -> None:
    await entered(running, browser)
    for path, fields in (
        ("/receipt", {"receipt": MARKUP}),
        ("/follow", {"number": MARKUP}),
        ("/rights", {"right": "review", "review": MARKUP, "statement": MARKUP}),
    ):
        _, _, page = await browser.send(path, **fields)
        assert MARKUP not in page, path


async def test_no_code_stands_in_an_address_or_on_a_page(running: Running, browser: Browser) -> None:
    (created,) = await running.hand_in("0" * 32)
    await browser.send("/", claim=created.claim_code)
    for path in ("/", "/consents", "/rights", "/erasure", "/requests"):
        assert created.claim_code not in await browser.open(path)


@pytest.mark.parametrize(
    ("language", "wants"),
    [("en", "Your employer wants to end the hold"), ("de", "Ihr Arbeitgeber will die Aussetzung beenden")],
)
async def test_an_employee_is_told_on_the_first_page_before_a_hold_ends(
    running: Running, browser: Browser, language: str, wants: str
) -> None:
    # Given an employee whose data are on hold
    await employee_entered(running, browser)
    for what in ("restriction", "restriction-lift"):
        asked = await running.stores.instructions.ask(AskForEmployee("acme", "jane", what))
    # When the first page is opened
    first = await browser.open(f"/?lang={language}")
    # Then it says so, as the page of the announcement does, and from then on the employee counts as told
    assert (wants in first, wants in await browser.open(f"/requests/{asked.id}")) == (True, True)
    assert (await running.stores.instructions.find(asked.id)).told_by == "employee"
