"""The officers' console from the log-in to the proof, and what it refuses."""

import asyncio
import json
import subprocess
import sys
import time
from base64 import b32decode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.clock import now
from infra.crypto import totp
from infra.kafka.producer import Outgoing, Producer
from infra.kafka.record_tag import record_tags
from infra.local.operator_calls import ask
from schemas.envelope import headers
from schemas.rights import REVIEW_ORDERED_TYPE
from schemas.topics import PRIVACY_REQUESTS, TOPICS
from services.audit.evidence.single_file import single_file
from services.audit.operations.dead_letters import DeadLetters
from services.methodology.specimen import specimen
from tests.acceptance.test_faults import types_since, whole_size
from tests.acceptance.test_statistics import counted
from tests.acceptance.waiting import until
from tests.browser.visitor import SCRIPTS_FIRST, SCRIPTS_LAST, Visitor
from tests.running import Running

Visit = Callable[..., Any]
OWN_PASSWORD = "seven quiet herons at dusk"


async def press(visitor: Visitor, selector: str) -> None:
    """Press a button or follow a link, until the page that answers it is there."""
    async with visitor.page.expect_navigation():
        await visitor.go(selector)


@dataclass
class Officer:
    """Somebody with an authenticator."""

    audit: str
    name: str
    password: str
    secret: bytes
    ahead: int = -1

    def code(self) -> str:
        """The next code: each counts once, and the server takes those of the steps beside the current one."""
        self.ahead += 1
        return totp.code(self.secret, int(time.time()) // totp.STEP_SECONDS + self.ahead)

    async def log_in(self, visitor: Visitor, code: str | None = None) -> None:
        await visitor.open(f"{self.audit}/login")
        await visitor.write("#name", self.name)
        await visitor.write("#password", self.password)
        await visitor.write("#code", self.code() if code is None else code)
        await press(visitor, "main .actions button")

    async def settle(self, visitor: Visitor) -> None:
        """Log in for the first time and choose a password."""
        await self.log_in(visitor)
        await visitor.write("#password", OWN_PASSWORD)
        self.password = OWN_PASSWORD
        await press(visitor, "main .actions button")


async def appointed(running: Running, name: str, role: str) -> Officer:
    """A new officer, as the operator is told of them."""
    admission = await ask(
        running.stack.place.admin_socket("audit"), "POST", "/officers", {"name": name, "role": role}
    )
    secret = b32decode(parse_qs(urlsplit(admission["uri"]).query)["secret"][0])
    return Officer(running.stack.urls["audit"], name, admission["password"], secret)


async def decided(running: Running) -> int:
    """The index of a new decision in the log."""
    size = await whole_size(running)
    await running.person.assess()

    async def is_logged() -> bool:
        return "scored" in await types_since(running.officer, size, await running.officer.size())

    await until(is_logged, bool)
    return (await running.officer.newest("scored")).index


@SCRIPTS_LAST
async def test_an_officer_logs_in_finds_a_decision_opens_it_for_a_purpose_and_sees_its_proof(
    running: Running, visit: Visit, javascript: bool
) -> None:
    index = await decided(running)
    auditor = await appointed(running, f"ada-{javascript}".lower(), "auditor")
    async with visit(javascript=javascript) as visitor:
        # When an auditor logs in for the first time, a password of their own comes first
        await auditor.settle(visitor)
        assert visitor.page.url == f"{auditor.audit}/"
        assert await visitor.sees("Last checkpoint")
        # and searches, with a purpose
        await press(visitor, "nav.menu a[href='/entries']")
        await visitor.select(visitor.page.locator("#type"), "scored")
        await press(visitor, "main .row button")
        assert await visitor.sees("State the purpose")
        await visitor.write("#purpose", "file 7")
        await press(visitor, "main .row button")
        await press(visitor, f"a[href='/entries/{index}']")
        # Then the proof is drawn, and leads to the root that is signed
        assert await visitor.page.locator("figure svg").count() == 1
        shown = await visitor.page.locator(".hashes tbody tr").last.locator("td").last.text_content()
        assert await visitor.sees(str(shown))
        # and the decision is opened for a purpose
        await visitor.tick(visitor.page.locator("[name=key][value=review]"))
        await visitor.write("#purpose", "file 7")
        await press(visitor, "main .row button")
        assert await visitor.sees("found to be what the entry's commitment binds")
        # and nothing of the search stood in an address, and the log says who came and what was opened
        assert visitor.queries <= {"lang"}
        for kind in ("officer-logged-in", "search", "key-released-to-a-human"):
            assert (await running.officer.newest(kind)).index > index
        # When they log out, the console is closed
        await press(visitor, ".leave button")
        await visitor.open(f"{auditor.audit}/entries/{index}")
        assert visitor.page.url.endswith("/login")


async def test_a_wrong_code_and_a_code_used_before_are_refused(running: Running, visit: Visit) -> None:
    officer = await appointed(running, "bea", "auditor")
    async with visit() as visitor:
        used = officer.code()
        await officer.log_in(visitor, used)
        assert visitor.page.url.endswith("/password")
        await visitor.page.context.clear_cookies()
        for code in (used, "000000", ""):
            await officer.log_in(visitor, code)
            assert await visitor.sees("Name, password or code is wrong")
            assert await visitor.page.context.cookies() == []


@SCRIPTS_LAST
async def test_an_overseer_decides_a_review_that_its_person_reads(
    running: Running, visit: Visit, javascript: bool
) -> None:
    assessed = await running.person.assess()
    asked = {"type": "review", "assessment": assessed.assessment, "statement": "They counted my pause twice."}
    request = await filed(running, assessed.claim_code, asked)
    overseer = await appointed(running, f"cy-{javascript}".lower(), "overseer")
    async with visit(javascript=javascript) as visitor:
        await overseer.settle(visitor)
        await queued(visitor, overseer, request)
        await press(visitor, f"a[href='/reviews/{request}']")
        assert not await visitor.sees("They counted")
        await visitor.write("#purpose", "the review itself")
        await press(visitor, "main form >> nth=0 >> button")
        assert await visitor.sees("They counted my pause twice.")
        await visitor.tick(visitor.page.locator("[value=overruled]"))
        await visitor.write("#reason", "The pause was counted in two dimensions; do not rely on the score.")
        await press(visitor, "main form >> nth=0 >> button")
        row = visitor.page.locator("tr", has_text=overseer.name)
        assert (await row.locator("td").all_inner_texts()) == ["0", "0", "1", "0%"]
        assert visitor.troubles == []


@pytest.mark.parametrize("javascript", [False, True])
async def test_an_officer_makes_a_pack_that_verifies_offline_and_sees_how_far_it_is(
    running: Running, visit: Visit, tmp_path: Path, javascript: bool
) -> None:
    index = await decided(running)
    auditor = await appointed(running, f"eve-{javascript}".lower(), "auditor")
    async with visit(javascript=javascript) as visitor:
        await auditor.settle(visitor)
        await press(visitor, "nav.menu a[href='/evidence']")
        # When the purpose is missing, the form says so beside the field and keeps what was filled in
        await visitor.tick(visitor.page.locator("[name=what][value=decisions]"))
        await visitor.write("#entries", str(index))
        await visitor.tick(visitor.page.locator("[name=key][value=review]"))
        await press(visitor, "main .row button")
        assert await visitor.sees("State the purpose")
        # When all is there, the pack arrives and the page stays
        await visitor.write("#purpose", "file 7")
        async with visitor.page.expect_download() as coming:
            await visitor.page.locator("main .row button").first.click()
        await (await coming.value).save_as(tmp_path / "evidence.zip")
        if not javascript:
            await visitor.open(f"{auditor.audit}/evidence")
        await visitor.page.locator("#live .tag.good").first.wait_for()
        assert visitor.queries <= {"lang"}
    # Then it verifies with a verifier from elsewhere, and the export is an entry
    (tmp_path / "verify.py").write_bytes(single_file())
    async with running.http.get(f"{auditor.audit}/logs/0/vkey") as answer:
        (tmp_path / "vkey").write_text(await answer.text())
    command = ("-I", tmp_path / "verify.py", tmp_path / "evidence.zip", "--vkey", tmp_path / "vkey")
    verifying = await asyncio.create_subprocess_exec(sys.executable, *map(str, command), stdout=subprocess.PIPE)
    told, _ = await verifying.communicate()
    assert verifying.returncode == 0, told
    assert (await running.officer.newest("exported")).index > index


@SCRIPTS_FIRST
async def test_an_incident_is_recorded_by_keyboard_alone_and_its_clock_runs_until_it_was_reported(
    running: Running, visit: Visit, javascript: bool
) -> None:
    officer = await appointed(running, f"fay-{javascript}".lower(), "auditor")
    async with visit(javascript=javascript) as visitor:
        await officer.settle(visitor)
        await visitor.open(f"{officer.audit}/incidents")
        keys = visitor.page.keyboard
        await visitor.page.locator("#kind").focus()
        await keys.press("Space")
        await keys.press("Tab")
        await keys.type("01102026")
        await visitor.page.locator("#aware-time").focus()
        await keys.type("0800AM")
        await visitor.page.locator("#what").focus()
        await keys.type("Two results were mixed up.")
        await keys.press("Tab")
        async with visitor.page.expect_navigation():
            await keys.press("Enter")
        recorded = visitor.page.locator("section.card", has_text="Two results were mixed up.").first
        assert await recorded.locator("input[name=to]").count() == 1
        await recorded.locator("input[name=to]").focus()
        await keys.type("Market surveillance")
        async with visitor.page.expect_navigation():
            await keys.press("Enter")
        assert await visitor.sees("Market surveillance")
        assert visitor.troubles == []


@pytest.mark.parametrize(
    ("language", "dark", "width"), [pytest.param("en", False, 1280, marks=pytest.mark.slow), ("de", True, 360)]
)
async def test_no_page_of_the_console_has_a_barrier_or_overflows(
    running: Running, visit: Visit, language: str, dark: bool, width: int
) -> None:
    index = await decided(running)
    officer = await appointed(running, f"dee-{language}", "overseer")
    async with visit(language=language, dark=dark, width=width) as visitor:

        async def examine(name: str) -> None:
            await visitor.look(f"console-{name}-{language}")
            assert await visitor.barriers() == [], name
            assert not await visitor.overflows(), name

        await officer.log_in(visitor, "000000")
        await examine("login")
        await officer.log_in(visitor)
        await examine("password")
        await visitor.write("#password", OWN_PASSWORD)
        await press(visitor, "main .actions button")
        await examine("log")
        await visitor.open(f"{officer.audit}/entries")
        await visitor.write("#purpose", "file 7")
        await press(visitor, "main .row button")
        await examine("entries")
        await visitor.open(f"{officer.audit}/entries/{index}")
        await visitor.tick(visitor.page.locator("[name=key][value=review]"))
        await visitor.write("#purpose", "file 7")
        await press(visitor, "main .row button")
        for summary in await visitor.page.locator("main details > summary").all():
            await summary.click()
        await examine("entry")
        await visitor.open(f"{officer.audit}/reviews")
        await examine("reviews")
        await visitor.open(f"{officer.audit}/evidence")
        await press(visitor, "main .row button")
        await examine("evidence")
        await visitor.open(f"{officer.audit}/completeness")
        await press(visitor, "main .row button")
        await visitor.page.locator("#live .notice.good, #live .notice.bad").wait_for()
        await examine("completeness")
        await visitor.open(f"{officer.audit}/requests")
        await examine("requests")
        await visitor.open(f"{officer.audit}/incidents")
        await visitor.tick(visitor.page.locator("[name=kind][value=breach]"))
        await visitor.write("#aware-day", "2026-01-10")
        await visitor.write("#aware-time", "18:00")
        await visitor.write("#what", "A backup was left in a train.")
        await press(visitor, "form.wide-form .row button")
        await examine("incidents")
        await visitor.open(f"{officer.audit}/no-such-page")
        await examine("nothing")


@SCRIPTS_FIRST
@pytest.mark.parametrize(
    ("language", "dark", "width"), [pytest.param("en", False, 1280, marks=pytest.mark.slow), ("de", True, 360)]
)
async def test_groups_and_periods_are_compared_without_a_barrier(
    running: Running, visit: Visit, *, language: str, dark: bool, width: int, javascript: bool
) -> None:
    await groups_counted(running, f"counted-{language}-{javascript}", 30)
    officer = await appointed(running, f"gus-{language}-{javascript}".lower(), "auditor")
    async with visit(language=language, dark=dark, width=width, javascript=javascript) as visitor:
        await officer.settle(visitor)
        for page in ("fairness", "drift"):
            # When the days are named and a purpose is stated
            await visitor.open(f"{officer.audit}/{page}")
            await visitor.select(visitor.page.locator("#organisation"), "acme")
            await visitor.select(visitor.page.locator("#span"), "own")
            for day in await visitor.page.locator("input[type=date]").all():
                await day.fill(str(now().date()))
            await visitor.write("#purpose", "file 7")
            await press(visitor, "main .row button")
            # Then the figures are drawn, and no question stood in an address
            assert await visitor.page.locator("figure svg").count() >= 2
            await visitor.look(f"console-{page}-{language}")
            if javascript:  # axe waits by a page's own timers, which a page without scripts never sets
                assert await visitor.barriers() == [], page
            assert not await visitor.overflows(), page
            assert visitor.queries <= {"lang"}


async def groups_counted(running: Running, seed: str, each: int) -> None:
    """Let so many women and men of acme be scored and counted."""
    people = [(number, sex) for sex in ("female", "male") for number in range(each)]
    documents = [
        {
            "assessment": specimen(f"{seed} {sex} {number}"),
            "external_id": f"{seed} {sex} {number}",
            "statistics": {"sex": sex, "age_band": "35-44", "notice": "employees-3", "language": "en"},
        }
        for number, sex in people
    ]
    body = b"\n".join(json.dumps(one).encode() for one in documents)
    before = await counted(running)
    async with running.http.post(
        f"{running.intake}/v1/assessments/stream", data=body, headers=running.streaming()
    ) as answer:
        assert {json.loads(line)["status"] for line in (await answer.text()).splitlines()} == {202}
    await until(lambda: counted(running), lambda now: now >= before + len(people))


@pytest.mark.parametrize(
    ("language", "dark", "width"), [pytest.param("en", False, 1280, marks=pytest.mark.slow), ("de", True, 360)]
)
async def test_an_operator_sees_the_work_and_replays_a_dead_letter(
    running: Running, visit: Visit, language: str, dark: bool, width: int
) -> None:
    operator = await appointed(running, f"olga-{language}", "operator")
    async with visit(language=language, dark=dark, width=width) as visitor:

        async def examine(name: str) -> None:
            await visitor.look(f"console-{name}-{language}")
            assert await visitor.barriers() == [], name
            assert not await visitor.overflows(), name

        await operator.settle(visitor)
        assert visitor.page.url.endswith("/operations")
        place = await poisoned(running)
        await visitor.open(f"{operator.audit}/operations")
        assert await visitor.page.locator("table.figures tbody tr").count() == len(TOPICS)
        readers = visitor.page.locator("table:not(.figures) tbody tr").filter(has_text="127.0.0.1")
        async with asyncio.timeout(60):
            while await readers.count() < 4:  # scoring, intake's store, statistics, and agents
                await visitor.open(f"{operator.audit}/operations")
        await examine("operations")
        await press(visitor, f"a[href='/operations/dead-letters/{place}']")
        await visitor.write("#reason", "the reader was mended")
        await press(visitor, "main .row button")
        assert not await visitor.sees("no request")
        await examine("dead-letter")
        assert (await running.officer.newest("dead-letter-replayed")).index > 0


@SCRIPTS_LAST
async def test_an_operator_keeps_the_figures_up_to_date_looks_at_a_dead_letter_and_replays_it(
    running: Running, visit: Visit, javascript: bool
) -> None:
    operator = await appointed(running, f"otto-{javascript}".lower(), "operator")
    async with visit(javascript=javascript) as visitor:
        await operator.settle(visitor)
        await visitor.open(f"{operator.audit}/operations")
        shown = str(await visitor.page.get_attribute("#live", "data-newest"))
        # When the operator asks for it, newer figures come by themselves; without scripts at each look
        if javascript:
            await visitor.page.locator("[data-follow]").click()
            newer = "shown => document.getElementById('live').dataset.newest > shown"
            await visitor.page.wait_for_function(newer, arg=shown, timeout=60_000)
            await visitor.page.locator("[data-follow]").click()
            assert await visitor.page.get_attribute("[data-follow]", "aria-pressed") == "false"
        else:
            assert not await visitor.page.locator("[data-follow]").is_visible()
            async with asyncio.timeout(60):
                while str(await visitor.page.get_attribute("#live", "data-newest")) <= shown:
                    await press(visitor, "main a[href='/operations']")
        # Then a dead letter is among them, which goes back to its topic with a reason
        place = await poisoned(running)
        await press(visitor, "main a[href='/operations']")
        await press(visitor, f"a[href='/operations/dead-letters/{place}']")
        await visitor.write("#reason", "the reader was mended")
        await press(visitor, "main .row button")
        assert not await visitor.sees("never")
        assert visitor.troubles == []


async def poisoned(running: Running) -> str:
    """A dead letter for an operator to look at: what came to people's requests was none."""
    came = Outgoing(PRIVACY_REQUESTS, "ab" * 16, b"no request", headers("cd" * 16, REVIEW_ORDERED_TYPE, "consent"))
    async with Producer(running.stack.bootstrap, "test", record_tags(running.stack.place.secrets)) as producer:
        await producer.send([came])
    letters = DeadLetters(running.stack.bootstrap)
    async with asyncio.timeout(30):
        while not (found := await letters.listed()):
            await asyncio.sleep(0.2)
    return found[0].id


async def filed(running: Running, claim: str, body: dict[str, str]) -> str:
    """The id of a request, once it is in the queue of reviews."""
    address = f"{running.stack.urls['consent']}/v1/privacy/requests"
    async with running.http.post(address, json=body, headers={"Authorization": f"Claim {claim}"}) as answer:
        request: str = (await answer.json())["id"]
    return request


async def queued(visitor: Visitor, officer: Officer, request: str) -> None:
    """Look at the queue until the review has come to it."""
    async with asyncio.timeout(30):
        while True:
            await visitor.open(f"{officer.audit}/reviews")
            if await visitor.page.locator(f"a[href='/reviews/{request}']").count():
                return
            await asyncio.sleep(0.2)
