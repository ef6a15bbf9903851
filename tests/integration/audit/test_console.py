"""Who gets into the officers' console, as whom, and what it refuses; on both databases."""

import asyncio
import json
import re
from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy import select

import services.audit
from infra.clock import now
from infra.crypto import totp
from infra.crypto.safe import Safe
from infra.crypto.sealed import open_sealed
from infra.db.engine import Database
from infra.db.migrate import migrate
from infra.http.problems import Problem, problem_details
from infra.kafka.dead_letter import Poisoned, dead_letter
from infra.kafka.entry_outbox import EntryOutbox
from infra.pages.site import Site
from schemas.request_clocks import RequestClock
from schemas.rights import ReviewOrder
from schemas.statistics import Counted
from schemas.topics import DEAD_SCORING, SUBMITTED
from services.audit.act_openings import ActOpenings
from services.audit.acts import SOURCE, Act, Acts, Holder, context
from services.audit.completeness.checks import Checks
from services.audit.completeness.findings import Gap
from services.audit.evidence.packs import Packs
from services.audit.health import HealthCheck
from services.audit.incidents import Incidents
from services.audit.officers.passwords import Passwords
from services.audit.officers.register import Officers
from services.audit.officers.roles import Role
from services.audit.officers.tokens import Tokens
from services.audit.openings import Openings
from services.audit.operations.monitor import Monitor
from services.audit.operations.replays import Replays
from services.audit.pages.console import Console
from services.audit.pages.desk import ATTEMPTS
from services.audit.privacy.reviews import Reviews
from services.audit.reading.loop import ReadingLoop
from services.audit.statistics.day_counts import DayCounts
from services.audit.statistics.histograms import places
from services.audit.store import Store
from services.audit.tables import acts, marks, officers, outbox, reviews
from services.audit.tlog.appender import Appender
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import SignerKey
from services.audit.witness.gathering import Gathering
from services.audit.witness.policy import NO_POLICY
from tests.integration.audit.letters import Letters
from tests.twins.broker import Broker, Record
from tests.twins.ledger import Ledger
from tests.unit.audit.examples import SIGNER, entries

OTHER_SIGNER = SignerKey("example.com/careerpulse/log1", bytes(range(1, 33)))
ADDRESSES = {"intake": "http://intake", "consent": "http://consent", "audit": "http://audit"}
OWN = "seven quiet herons at dusk"
REQUEST = "ab" * 16


@dataclass(slots=True)
class Room:
    """The console and who comes to it. `now` is the time that codes are made for."""

    client: TestClient[web.Request, web.Application]
    officers: Officers
    tokens: Tokens
    database: Database
    reviews: Reviews
    ledger: Ledger
    clock: list[int]
    checks: Checks
    counts: DayCounts
    letters: Letters
    broker: Broker
    logs: Logs
    secrets: dict[str, bytes] = field(default_factory=dict)

    async def refused(self) -> list[str]:
        """The names kept of log-ins that failed, in the order of their entries."""
        kept = Acts(self.database, EntryOutbox(self.database, SOURCE, marks), bytes(32))
        order = [one["id"] for one in await self.leaves()]
        found = {one.entry: one.fields["name"] for one in await kept.of_ours("officer-refused")}
        return [found[entry] for entry in order if entry in found]

    async def appoint(self, name: str, role: Role) -> str:
        """The one-time password of a new officer."""
        admission = await self.officers.add(name, role)
        self.secrets[name] = b32decode(parse_qs(urlsplit(admission.uri).query)["secret"][0])
        return admission.password

    def code(self, name: str) -> str:
        """A code that was not used yet."""
        self.clock[0] += totp.STEP_SECONDS
        return totp.code(self.secrets[name], self.clock[0] // totp.STEP_SECONDS)

    async def log_in(self, name: str, password: str, code: str | None = None) -> int:
        sent = {"name": name, "password": password, "code": self.code(name) if code is None else code}
        return (await self.post("/login", **sent))[0]

    async def enter(self, name: str, role: Role) -> None:
        """Log in for the first time and set a password."""
        assert await self.log_in(name, await self.appoint(name, role)) == 303
        assert (await self.post("/password", password=OWN))[0] == 303

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(path, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def post(self, path: str, token: str | None = None, **fields: str) -> tuple[int, str]:
        """Send a form with the token of this session."""
        sent = {**fields, "csrf": await self._token() if token is None else token}
        async with self.client.post(path, data=sent, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def leaves(self) -> list[dict[str, Any]]:
        async with self.database.read() as connection:
            return [
                json.loads(leaf)
                for leaf in await connection.scalars(select(outbox.c.value).order_by(outbox.c.sequence))
            ]

    async def _token(self) -> str:
        for path in ("/password", "/login"):
            status, text = await self.get(path)
            if status == 200:
                found = re.search(r'name="csrf" value="([^"]*)"', text)
                return found[1] if found else ""
        raise AssertionError("no page shows a form")


@pytest.fixture
def log_count() -> int:
    """How many logs the service has."""
    return 1


@pytest.fixture
async def room(database_url: str, tmp_path: Path, log_count: int) -> AsyncIterator[Room]:
    clock = [1_800_000_000]
    async with Database(database_url, "audit") as database:
        await migrate(database, Path(services.audit.__file__).with_name("migrations"))
        entries, ledger, broker, store = EntryOutbox(database, SOURCE, marks), Ledger(), Broker(), Store(database)
        await entries.open()
        signers = [SIGNER, OTHER_SIGNER][:log_count]
        with ExitStack() as opening:
            opened = zip(("log", "log-1"), signers, strict=False)
            logs = Logs([opening.enter_context(Appender(tmp_path / name, signer)) for name, signer in opened])
            office_acts = Acts(database, entries, bytes(32))
            safe, cheap = Safe(tmp_path / "officers-key"), Passwords(PasswordHasher(1, 8, 1))
            register = Officers(database, office_acts, safe, bytes(32), clock=lambda: clock[0], passwords=cheap)
            openings, act_openings = Openings(store, ledger, office_acts), ActOpenings(ledger, office_acts)
            queue = Reviews(
                database=database,
                keys=ledger,
                producer=broker,
                acts=office_acts,
                openings=openings,
                logs=logs,
            )
            health = HealthCheck(
                logs,
                [Gathering(log, NO_POLICY, None) for log in logs],
                NO_POLICY,
                ReadingLoop("", logs, store, broker),
            )
            place = Path(services.audit.__file__).with_name("pages")
            site = Site("audit", "http://audit", bytes(32), [place], {"addresses": ADDRESSES})
            app = web.Application(middlewares=[problem_details])
            letters = Letters()
            checks = Checks(lambda: [tmp_path / "log"], None)
            console = Console(site, register)
            console.join(
                app,
                logs=logs,
                store=store,
                acts=office_acts,
                openings=openings,
                act_openings=act_openings,
                reviews=queue,
                health=health,
                packs=Packs(
                    logs=logs,
                    acts=office_acts,
                    openings=openings,
                    act_openings=act_openings,
                    store=store,
                    signers=signers,
                ),
                checks=checks,
                keys=ledger,
                incidents=Incidents(logs, office_acts),
                counts=(counts := DayCounts(database, ledger, office_acts)),
                monitor=Monitor("", logs),
                letters=letters,
                replays=Replays(database, office_acts, letters, broker),
                broker="apache",
            )
            async with TestClient(TestServer(app)) as client:
                tokens = Tokens(database, office_acts, register, bytes(32))
                parts = queue, ledger, clock, checks, counts, letters, broker, logs
                yield Room(client, register, tokens, database, *parts)


async def test_without_a_log_in_every_page_leads_to_it_and_no_form_does_anything(room: Room) -> None:
    closed = ("/", "/entries", "/entries/0", "/reviews", f"/reviews/{REQUEST}", "/password")
    for path in (
        *closed,
        "/fairness",
        "/drift",
        "/evidence",
        "/completeness",
        "/requests",
        "/incidents",
        f"/incidents/{REQUEST}/report",
        "/operations",
    ):
        assert await room.get(path) == (303, "/login"), path
    assert await room.post("/password", password=OWN) == (303, "/login")
    forms = ("/entries", "/entries/0", "/entries/0/act", f"/reviews/{REQUEST}/decision", "/evidence", "/incidents")
    for path in (*forms, "/fairness", "/drift", "/completeness", f"/incidents/{REQUEST}/reported"):
        status, text = await room.post(path, purpose="file 7")
        assert (status, "Log in once more" in text) == (200, True), path
    assert await room.leaves() == []


async def test_a_form_whose_session_is_over_waits_for_the_log_in_and_does_nothing_by_it(room: Room) -> None:
    # Given an incident that was written while the session ended
    await room.enter("olivia", "auditor")
    typed = {"what": "Two results <b>were</b> mixed up.", "kind": "breach", "entries": "120, 121"}
    await room.post("/logout")
    before = await room.leaves()
    # When it is sent
    status, text = await room.post("/incidents", password="of another field", **typed)
    # Then the log-in is asked for on the spot, the form lies in the page as text, and nothing has happened
    assert (status, "Log in once more" in text, "&lt;b&gt;were&lt;/b&gt;" in text) == (200, True, True)
    again = {"name-again": "olivia", "password-again": OWN}
    status, text = await room.post("/incidents", **typed, **again, **{"code-again": "000000"})
    assert (status, "Two results" in text, OWN in text) == (422, True, False)
    status, text = await room.post("/incidents", lang="de", **typed, **again, **{"code-again": "1"})
    assert (status, 'lang="de"' in text, "Two results" in text, OWN in text) == (200, True, True, False)
    # and whoever logs in sees the form as it was, under a token of the new session, before it does anything
    status, text = await room.post("/incidents", **typed, **again, **{"code-again": room.code("olivia")})
    assert (status, "&lt;b&gt;were&lt;/b&gt;" in text, 'value="120, 121"' in text) == (200, True, True)
    since = [one["type"] for one in (await room.leaves())[len(before) :]]
    assert since == ["officer-refused", "officer-logged-in"]
    assert (await room.post("/incidents", token="", **typed))[0] == 403
    sent = {**typed, "aware-day": "2026-11-23", "aware-time": "18:00", "entries": ""}
    assert await room.post("/incidents", **sent) == (303, "/incidents")


async def test_a_form_that_waits_opens_to_the_officer_s_own_right_alone(room: Room) -> None:
    await room.enter("olivia", "auditor")
    await room.post("/logout")
    decided = {"decision": "overruled", "reason": "It does not hold at all."}
    again = {"name-again": "olivia", "password-again": OWN, "code-again": room.code("olivia")}
    assert (await room.post(f"/reviews/{REQUEST}/decision", **decided, **again))[0] == 403
    # and it is guessed at no more often than at the log-in itself
    await room.post("/logout")
    for _ in range(ATTEMPTS):
        await room.post("/entries", **{**again, "code-again": "000000"})
    assert (await room.post("/entries", **{**again, "code-again": room.code("olivia")}))[0] == 429


async def test_a_log_in_takes_name_password_and_a_fresh_code_and_leaves_its_entry(room: Room) -> None:
    password = await room.appoint("olivia", "auditor")
    # When any of the three is wrong, the answer is the same, and so is the entry, which names nobody
    assert await room.log_in("olivia", "wrong") == 422
    assert await room.log_in("eve", password, room.code("olivia")) == 422
    assert await room.log_in("olivia", password, "000000") == 422
    appointed, *refused = await room.leaves()
    assert appointed["type"] == "configuration-changed"
    assert [(one["type"], one["actor"]) for one in refused] == [("officer-refused", "anybody")] * 3
    assert "olivia" not in json.dumps(refused)
    # and only the name of an officer is kept, under seal: another may be a password in the wrong field
    assert await room.refused() == ["olivia", "", "olivia"]
    # When all are right, the log-in has its entry, which names a role and nobody
    assert await room.log_in("olivia", password, code := room.code("olivia")) == 303
    entry = (await room.leaves())[-1]
    assert (entry["type"], entry["actor"]) == ("officer-logged-in", "auditor")
    assert "olivia" not in json.dumps(entry)
    # and the same code lets nobody in again
    room.client.session.cookie_jar.clear()
    assert await room.log_in("olivia", password, code) == 422


async def test_the_first_password_is_good_for_changing_it_alone(room: Room) -> None:
    password = await room.appoint("olivia", "auditor")
    await room.log_in("olivia", password)
    assert await room.get("/entries") == (303, "/password")
    assert (await room.post("/password", password="short"))[0] == 422
    assert (await room.post("/password", password=password))[0] == 422
    assert (await room.post("/password", password=OWN)) == (303, "/")
    assert (await room.get("/entries"))[0] == 200


async def test_name_and_secret_lie_sealed_and_the_password_hashed(room: Room) -> None:
    password = await room.appoint("ada-of-the-tower", "auditor")
    async with room.database.read() as connection:
        (row,) = (await connection.execute(select(officers))).all()
    kept = b"".join(one if isinstance(one, bytes) else str(one).encode() for one in row)
    for secret in (b"ada-of-the-tower", password.encode(), room.secrets["ada-of-the-tower"]):
        assert secret not in kept
    assert row.password.startswith("$argon2id$")


async def test_guessing_ends_after_a_few_attempts_also_with_the_right_password(room: Room) -> None:
    password = await room.appoint("olivia", "auditor")
    for _ in range(ATTEMPTS):
        assert await room.log_in("olivia", "wrong", "000000") == 422
    assert await room.log_in("olivia", password) == 429


async def test_a_log_in_begins_a_session_that_was_not_there_before(room: Room) -> None:
    """Session fixation: what was planted in the browser is worth nothing, and what it opened is closed."""
    await room.enter("olivia", "auditor")
    planted = {cookie.key: cookie.value for cookie in room.client.session.cookie_jar}
    assert await room.log_in("bea", await room.appoint("bea", "auditor")) == 303
    now = {cookie.key: cookie.value for cookie in room.client.session.cookie_jar}
    assert now["careerpulse-audit"] != planted["careerpulse-audit"]
    room.client.session.cookie_jar.clear()
    room.client.session.cookie_jar.update_cookies(planted)
    assert await room.get("/entries") == (303, "/login")


async def test_a_form_from_elsewhere_or_without_the_sessions_token_does_nothing(room: Room) -> None:
    await room.enter("olivia", "auditor")
    before = await room.leaves()
    assert (await room.post("/entries", token="", purpose="file 7"))[0] == 403
    headers = {"Origin": "http://elsewhere", "Sec-Fetch-Site": "cross-site"}
    async with room.client.post("/login", data={"name": "olivia"}, headers=headers) as answer:
        assert answer.status == 403
    assert await room.leaves() == before


async def test_who_is_removed_or_has_logged_out_is_out_at_once(room: Room) -> None:
    await room.enter("olivia", "auditor")
    kept = {cookie.key: cookie.value for cookie in room.client.session.cookie_jar}
    await room.post("/logout")
    room.client.session.cookie_jar.update_cookies(kept)
    assert await room.get("/entries") == (303, "/login")
    await room.enter("bea", "auditor")
    await room.officers.remove("bea")
    assert await room.get("/entries") == (303, "/login")
    with pytest.raises(Problem):
        await room.officers.remove("bea")


async def test_only_an_overseer_opens_and_decides_reviews(room: Room) -> None:
    alias = room.ledger.add()
    order = ReviewOrder(REQUEST, "acme", "cd" * 16, "2026-11-23T18:00:00Z", "2026-12-23T18:00:00Z")
    await room.reviews.keep(alias, order)
    word = {"decision": "overruled", "reason": "<script>alert(1)</script> is no reason"}
    # An auditor sees the queue and no more
    await room.enter("olivia", "auditor")
    assert REQUEST[:8] in (await room.get("/reviews"))[1]
    assert (await room.get(f"/reviews/{REQUEST}"))[0] == 403
    assert (await room.post(f"/reviews/{REQUEST}", purpose="file 7"))[0] == 403
    assert (await room.post(f"/reviews/{REQUEST}/decision", **word))[0] == 403
    # An overseer states a purpose, gives a reason, and decides once
    await room.post("/logout")
    await room.enter("cy", "overseer")
    assert (await room.post(f"/reviews/{REQUEST}/decision", **word))[0] == 409  # not before it is opened
    assert "Decide" not in (await room.get(f"/reviews/{REQUEST}"))[1]
    assert (await room.post(f"/reviews/{REQUEST}", purpose=""))[0] == 422
    assert (await room.post(f"/reviews/{REQUEST}", purpose="file 7"))[0] == 200
    status, page = await room.post(f"/reviews/{REQUEST}/decision", **{**word, "decision": "erased"})
    assert (status, "<script>alert" in page) == (422, False)
    assert (await room.post(f"/reviews/{REQUEST}/decision", **word))[0] == 303
    assert (await room.post(f"/reviews/{REQUEST}/decision", **word))[0] == 409
    assert await room.officers.decisions() == {"cy": {"overruled": 1}}
    async with room.database.read() as connection:
        assert await connection.scalar(select(reviews.c.decided_by)) is not None
    # and the one entry of it binds who decided, without a name in the clear
    (entry,) = [one for one in await room.leaves() if one["type"] in ("reviewed", "oversight-note", "override")]
    assert (entry["type"], entry["actor"], "commitment" in entry) == ("override", "overseer", True)
    async with room.database.read() as connection:
        row = (await connection.execute(select(acts).where(acts.c.entry_id == entry["id"]))).one()
    holder = Holder(room.ledger.subkey(alias, "trail"), room.ledger.key_id(alias), alias, "acme")
    opened = json.loads(open_sealed(holder.trail, row.sealed, context(row.entry_id, holder)))
    assert (opened["officer"], opened["decision"], opened["reason"]) == ("cy", "overruled", word["reason"])


async def test_removing_and_adding_an_officer_again_begins_no_count_anew(room: Room) -> None:
    # Given an overseer who has decided, by the interface
    await room.reviews.keep(room.ledger.add(), ReviewOrder(REQUEST, "acme", "cd" * 16, "2026-11-23", "2026-12-23"))
    await room.appoint("cy", "overseer")
    by = (await room.officers.named("cy")).by
    await room.reviews.opened(REQUEST, "file 7", by)
    await room.reviews.decide(REQUEST, "confirmed", "It was computed as published.", by)
    # When the officer is removed, and added again
    await room.officers.remove("cy")
    assert await room.officers.decisions() == {"": {"confirmed": 1}}
    await room.appoint("cy", "overseer")
    # Then what they decided is still theirs
    assert await room.officers.decisions() == {"cy": {"confirmed": 1}}


async def test_how_often_each_officer_confirms_what_the_machine_said_is_shown(room: Room) -> None:
    # Given an overseer who has confirmed two of three results
    await room.enter("cy", "overseer")
    by = (await room.officers.named("cy")).by
    for number, decision in enumerate(("confirmed", "overruled", "confirmed")):
        request = f"{number:032x}"
        order = ReviewOrder(request, "acme", f"{number + 9:032x}", "2026-11-23", "2026-12-23")
        await room.reviews.keep(room.ledger.add(), order)
        await room.reviews.opened(request, "file 7", by)
        await room.reviews.decide(request, decision, "It was looked at in the file.", by)
    # Then their share stands beside their name
    _, page = await room.get("/reviews")
    (row,) = re.findall(r'<th scope="row">cy</th>(.*?)</tr>', page)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row) == ["2", "0", "1", "66.7%"]


async def test_an_officers_token_ends_with_a_new_one_a_revocation_and_the_officer(room: Room) -> None:
    await room.appoint("cy", "overseer")
    first = await room.tokens.issue("cy")
    officer = await room.tokens.bearer(first)
    assert officer is not None and (officer.name, officer.role) == ("cy", "overseer")
    # A new one ends the first; a revocation ends both; each is an entry, and no token is kept
    second = await room.tokens.issue("cy")
    assert await room.tokens.bearer(first) is None
    async with room.database.read() as connection:
        kept = await connection.scalar(select(officers.c.token))
    assert second.encode() not in kept and len(kept) == 32
    await room.tokens.revoke("cy")
    assert await room.tokens.bearer(second) is None
    third = await room.tokens.issue("cy")
    await room.officers.remove("cy")
    assert await room.tokens.bearer(third) is None
    assert [one["type"] for one in await room.leaves()] == ["configuration-changed"] * 6
    with pytest.raises(Problem):
        await room.tokens.issue("cy")


async def test_a_search_leaves_its_entry_and_one_without_a_purpose_is_none(room: Room) -> None:
    await room.enter("olivia", "auditor")
    assert (await room.post("/entries", type="scored"))[0] == 422
    assert (await room.post("/entries", purpose="file 7", **{"from": "2026-02-31"}))[0] == 422
    assert [one["type"] for one in await room.leaves()].count("search") == 0
    assert await room.post("/entries", purpose="file 7", type="scored", to="2026-11-23") == (303, "/entries")
    assert await room.post("/entries", purpose="file 7 ä" * 30, organisation="acme") == (303, "/entries")
    assert [one["type"] for one in await room.leaves()].count("search") == 2


async def test_looking_again_at_what_was_found_leaves_no_further_entry(room: Room) -> None:
    await room.enter("olivia", "auditor")
    # Given a search
    await room.post("/entries", purpose="file 7", type="scored")
    # When the officer looks back at it, in whichever language, and while the log grows
    for path in ("/entries", "/entries?lang=de", "/entries"):
        status, text = await room.get(path)
        assert (status, 'value="file 7"' in text, 'id="found"' in text) == (200, True, True)
    # Then it stays the one search that it was
    assert [one["type"] for one in await room.leaves()].count("search") == 1
    # and whoever changes the language before searching has searched for nothing
    status, text = await room.post("/entries", purpose="file 8", lang="en")
    assert (status, 'value="file 8"' in text, 'id="found"' in text) == (200, True, False)
    assert [one["type"] for one in await room.leaves()].count("search") == 1


async def test_another_language_in_the_middle_of_a_form_loses_no_word_and_decides_nothing(room: Room) -> None:
    await room.enter("cy", "overseer")
    assert (await room.get("/"))[0] == 200
    before = [one["type"] for one in await room.leaves()]
    forms = {
        "/incidents": ("what", "Two results were mixed up."),
        "/evidence": ("purpose", "file 7"),
        "/drift": ("purpose", "file 7"),
        "/fairness": ("purpose", "file 7"),
        "/completeness": ("from", "2026-11-23"),
    }
    for path, (name, value) in forms.items():
        status, text = await room.post(path, lang="de", kind="breach", **{name: value})
        assert (status, value in text, 'lang="de"' in text) == (200, True, True), path
    assert [one["type"] for one in await room.leaves()] == before


@pytest.mark.parametrize("log_count", [2])
async def test_the_first_page_tells_of_every_log_how_it_stands_and_what_it_lacks(room: Room) -> None:
    # Given a service of two logs, of which the second knows of records that were removed unread
    await room.enter("cy", "auditor")
    first, second = room.logs
    await first.append(entries(3), {}, {})
    await second.append(entries(4, 3), {}, {}, lost={"assessments.scored/1": (5, 9)})
    # When an officer looks, then each is there with its size and root, and what is missing is named
    _, text = await room.get("/")
    for log in room.logs:
        assert log.state.key.name in text
        assert log.state.root.hex() in text
    assert "7 entries" in text
    assert "assessments.scored/1: the records from offset 5 to 8 were deleted before the log read them" in text
    assert [bool(re.search(rf'href="/logs/{number}/checkpoint"', text)) for number in (0, 1)] == [True, True]


async def test_an_incident_starts_a_clock_that_a_report_stops_once(room: Room) -> None:
    await room.enter("olivia", "auditor")
    told = {
        "kind": "breach",
        "aware-day": "2026-01-10",
        "aware-time": "18:00",
        "what": "A backup was left in a train.",
    }
    # A time to come, an entry that there is not and an empty form record nothing
    for wrong in ({"aware-day": "2999-01-01"}, {"entries": "7"}, {"what": ""}, {"kind": "small"}):
        assert (await room.post("/incidents", **{**told, **wrong}))[0] == 422
    assert "incident" not in [one["type"] for one in await room.leaves()]
    # When it is recorded, its clock runs for 72 hours from awareness, and the log does not say what happened
    assert await room.post("/incidents", **told) == (303, "/incidents")
    page = (await room.get("/incidents"))[1]
    assert "13 January 2026, 18:00 UTC" in page
    assert "late" in page
    recorded = (await room.leaves())[-1]
    assert (recorded["type"], recorded["actor"]) == ("incident", "auditor")
    assert "train" not in json.dumps(recorded)
    # and the draft of the report is there, by the article that it answers to
    status, draft = await room.get(f"/incidents/{recorded['id']}/report")
    assert (status, "GDPR Art. 33(1)" in draft, "2026-01-13T18:00:00Z" in draft) == (200, True, True)
    # When it was reported, the clock stands still, and that is said once
    place = f"/incidents/{recorded['id']}/reported"
    assert (await room.post(place, to=""))[0] == 422
    assert await room.post(place, to="Berlin data protection authority") == (303, "/incidents")
    assert (await room.post(place, to="Berlin data protection authority"))[0] == 409
    assert [one["type"] for one in await room.leaves()][-1] == "incident-reported"
    assert "after the deadline" in (await room.get("/incidents"))[1]
    assert (await room.post(f"/incidents/{REQUEST}/reported", to="nobody"))[0] == 404


@pytest.mark.parametrize("log_count", [2])
async def test_an_incident_names_entries_of_any_log_and_those_named_before_there_were_others(room: Room) -> None:
    # Given an incident that was recorded while there was one log, and two logs now
    await room.enter("olivia", "auditor")
    first, second = room.logs
    await first.append(entries(2), {}, {})
    await second.append(entries(3, 2), {}, {})
    kept = Acts(room.database, EntryOutbox(room.database, SOURCE, marks), bytes(32))
    told = {"kind": "breach", "aware_at": "2026-01-10T18:00:00Z", "what": "A backup was lost.", "entries": "[1]"}
    (old,) = await kept.record(Act("incident", tuple(told.items())))
    # When another is recorded about entries of both, and one about an entry that no log holds
    form = {"kind": "breach", "aware-day": "2026-01-11", "aware-time": "18:00", "what": "Another was lost."}
    for missing in ("1-3", "2-0", "2", "1-"):
        assert (await room.post("/incidents", **form, entries=missing))[0] == 422
    assert (await room.post("/incidents", **form, entries="0, 1-2"))[0] == 303
    # Then each leads to the entries that it concerns, and its draft names log and leaf
    _, page = await room.get("/incidents")
    assert re.findall(r'href="/entries/([0-9-]+)"', page) == ["1", "0", "1-2"]
    reports = [(await room.get(f"/incidents/{one}/report"))[1] for one in (old, (await room.leaves())[-1]["id"])]
    assert [re.findall(r"^\| ([01]) \| ([0-9]) \| scored", report, re.M) for report in reports] == [
        [("0", "1")],
        [("0", "0"), ("1", "2")],
    ]


async def test_open_requests_are_shown_against_their_deadlines_and_without_a_number_to_follow(room: Room) -> None:
    await room.enter("olivia", "auditor")
    assert "Nothing is open." in (await room.get("/requests"))[1]
    late, far = "2026-01-10T23:59:59Z", "2999-01-10T23:59:59Z"
    room.ledger.clocks = [
        RequestClock("abababab", "erasure", "acme", "2025-12-10T08:00:00Z", late, late, "hold"),
        RequestClock("cdcdcdcd", "access", "individuals", "2026-11-10T08:00:00Z", far, far, "stores", extended=True),
    ]
    page = (await room.get("/requests"))[1]
    assert "One deadline has passed." in page
    assert page.index("abababab") < page.index("cdcdcdcd")
    assert all(said in page for said in ("the end of a legal hold", "an individual", "extended"))
    # When consent is away, that is said, and nothing is made up
    room.ledger.away = True
    assert (await room.get("/requests"))[0] == 503


async def test_a_check_for_completeness_is_made_beside_the_pages_and_its_findings_are_said_in_plain_words(
    room: Room,
) -> None:
    await room.enter("olivia", "auditor")
    assert (await room.post("/completeness", **{"from": "2026-02-31"}))[0] == 422
    assert (await room.post("/completeness", **{"from": "2026-02-02", "to": "2026-02-01"}))[0] == 422
    assert await room.post("/completeness", **{"from": "2026-02-01", "to": "2026-02-28"}) == (303, "/completeness")
    assert "A check is being made." in (await room.get("/completeness"))[1]
    making = asyncio.create_task(room.checks.run())
    while room.checks.last and room.checks.last.moving:
        await asyncio.sleep(0)
    making.cancel()
    assert "Nothing is missing" in (await room.get("/"))[1]
    # Given a log that lacks something
    outcome = room.checks.last.outcome
    assert outcome is not None
    outcome.gaps = [Gap("outbox/consent", "number 7 is missing before entry 9", "hole")]
    page = (await room.get("/completeness"))[1]
    assert all(
        said in page for said in ("Something is missing.", "A number is missing", "number 7 is missing before")
    )
    assert "Something is missing." in (await room.get("/"))[1]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "what"),
        ({"what": "person", "entries": "1, 2"}, "entries"),
        ({"what": "decisions", "entries": "one"}, "entries"),
        ({"what": "period", "from": "2026-01-02", "to": "2026-01-01"}, "to"),
        ({"what": "methodology", "methodology": "core-999"}, "methodology"),
        ({"what": "decisions", "entries": "1", "purpose": ""}, "purpose"),
        ({"what": "decisions", "entries": "1", "key": "gossip"}, "key"),
        ({"what": "decisions", "entries": "1"}, "what"),  # the log holds nothing yet
    ],
)
async def test_a_pack_that_cannot_be_made_is_refused_beside_the_field_and_nothing_is_exported(
    room: Room, fields: dict[str, str], field: str
) -> None:
    await room.enter("olivia", "auditor")
    status, page = await room.post("/evidence", **{"purpose": "file 7", "key": "review", **fields})
    assert (status, f'href="#{field}"' in page) == (422, True)
    assert "exported" not in [one["type"] for one in await room.leaves()]


async def week_of(room: Room, told: Counted | None, above: int, people: int, days_ago: int = 1) -> None:
    """People of acme of whom so many have 70 points, and the others 30."""
    day, before = ("acme", str(now().date() - timedelta(days=days_ago))), (await room.counts.kept()).get("made/0", 0)
    made = {
        ("made/0", before + number): (day, places(70 if number < above else 30, told)) for number in range(people)
    }
    await room.counts.add(made, {"made/0": before + people})


WOMAN, MAN = Counted(1, 3, 1, 8, 2, 3, 2, 3, 3, 4), Counted(2, 0, 0, 8, 2, 3, 2, 3, 3, 4)


async def test_an_officer_compares_groups_for_a_purpose_and_reads_what_the_figures_are_not(room: Room) -> None:
    # Given two groups of which one is far behind, and a third too small to be told of
    await room.enter("olivia", "auditor")
    await week_of(room, WOMAN, 40, 100)
    await week_of(room, MAN, 60, 100)
    await week_of(room, Counted(3, *[0] * 9), 1, 9)
    # When they are compared without a purpose, it is asked for and nothing is shown
    asked = {"organisation": "acme", "span": "7"}
    status, page = await room.post("/fairness", **asked)
    assert (status, "State the purpose" in page, "<figure" in page) == (422, True, False)
    # When a purpose is stated
    before = len(await room.leaves())
    status, page = await room.post("/fairness", **asked, purpose="the yearly report")
    # Then rates, ratio and tests are drawn and in a table, and what stands out is said
    assert status == 200
    figures = '"Impact ratio">0.67</td><td data-head="|Z|">2.'
    for told in ("women: 66.7% of the rate of men", "more than chance", figures, "another sex."):
        assert told in page, told
    assert "not the yearly independent bias audit" in page
    assert "nothing that Art. 9(1) GDPR protects" in page
    # and the question is an entry
    assert [one["type"] for one in (await room.leaves())[before:]] == ["search"]


async def test_the_score_of_one_person_is_on_no_page(room: Room) -> None:
    await room.enter("olivia", "auditor")
    await week_of(room, WOMAN, 1, 1)
    status, page = await room.post("/fairness", organisation="acme", span="7", purpose="file 7")
    assert (status, "Fewer than 10 decisions" in page) == (200, True)
    random = re.compile(r'value="[0-9a-f]{32,}"')  # the token of a form
    assert "70" not in random.sub("", page.partition("<h2")[2])


async def test_no_cell_of_a_drift_shows_a_single_person(room: Room) -> None:
    await room.enter("olivia", "auditor")
    await week_of(room, WOMAN, 1, 500, days_ago=30)
    await week_of(room, msgspec.structs.replace(WOMAN, skills=5), 1, 100)
    _, page = await room.post("/drift", organisation="acme", span="usual", purpose="file 7")
    (scores,) = [table for table in page.split("<table")[1:] if "20–29" in table]
    assert re.findall(r"<th[^>]*>([^<]*)</th>", scores.partition("</thead>")[0])[-1] == "30–100"
    assert "70–79" not in page


async def test_an_officer_compares_two_periods_and_sees_what_drifted(room: Room) -> None:
    await room.enter("olivia", "auditor")
    await week_of(room, WOMAN, 0, 500, days_ago=30)
    await week_of(room, msgspec.structs.replace(WOMAN, skills=5), 0, 500)
    status, page = await room.post("/drift", organisation="acme", span="usual", purpose="file 7")
    assert status == 200
    assert "Displayed scores: as before" in page
    assert page.count("<figure") == 3  # the indices, the scores, and the skills, which drifted
    assert "has drifted" in page


async def test_days_that_are_none_are_said_beside_their_fields(room: Room) -> None:
    await room.enter("olivia", "auditor")
    days = {"from": "2026-13-01", "to": "", "reference-from": "2026-02-02", "reference-to": "2026-02-01"}
    for path in ("/fairness", "/drift"):
        status, page = await room.post(path, organisation="acme", span="own", purpose="file 7", **days)
        assert (status, page.count("Enter a day such as")) == (422, 4), path  # in the summary and beside the field


async def test_while_consent_is_away_no_group_is_shown(room: Room) -> None:
    await room.enter("olivia", "auditor")
    await week_of(room, WOMAN, 40, 100)
    room.ledger.away = True
    for path, span in (("/fairness", "7"), ("/drift", "usual")):
        assert (await room.post(path, organisation="acme", span=span, purpose="file 7"))[0] == 503


async def test_only_an_operator_sees_dead_letters_and_replays_one_for_a_reason(room: Room) -> None:
    poisoned = Record(SUBMITTED.name, 1, 7, b"k" * 32, b"who knows what", (("x", b"Erika Mustermann"),))
    letter = room.letters.add(dead_letter(DEAD_SCORING, "scoring", poisoned, Poisoned("its headers are not ours")))
    place = f"/operations/dead-letters/{letter.id}"
    # Auditors and overseers have no part in it
    await room.enter("olivia", "auditor")
    assert [(await room.get(path))[0] for path in ("/operations", place)] == [403, 403]
    assert (await room.post(f"{place}/replay", reason="why not"))[0] == 403
    # and operators none in decisions about people
    await room.post("/logout")
    await room.enter("olga", "operator")
    assert await room.get("/") == (303, "/operations")
    assert [(await room.get(path))[0] for path in ("/entries", "/reviews", "/evidence", "/requests")] == [403] * 4
    # An operator sees why it was set aside, and nothing of what it holds
    listed, shown = (await room.get("/operations"))[1], (await room.get(place))[1]
    assert all("its headers are not ours" in page for page in (listed, shown))
    assert not any(hidden in shown for hidden in ("Mustermann", "who knows", "k" * 32))
    # A replay needs a reason; one form is one replay, and one entry with a role and nobody's name
    sent = {"replay": "ab" * 16, "reason": "the header is known now"}
    assert (await room.post(f"{place}/replay", **{**sent, "reason": ""}))[0] == 422
    assert room.broker.of(SUBMITTED.name) == []
    for _ in range(2):
        assert await room.post(f"{place}/replay", **sent) == (303, place)
    assert len(room.broker.of(SUBMITTED.name)) == 1
    (entry,) = [one for one in await room.leaves() if one["type"] == "dead-letter-replayed"]
    assert (entry["actor"], "olga" in json.dumps(entry)) == ("operator", False)
    assert (await room.get("/operations/dead-letters/dead.scoring/99"))[0] == 404
    # Without a broker the page says so
    room.letters.away = True
    assert "The broker does not answer" in (await room.get("/operations"))[1]
