"""A request under a code that nobody has, or of the erased, is answered at the moment of one that is carried out.

No test here takes a time. A clock stands in the place of the loop's that goes on with the work alone: every statement
that the database is asked to carry out costs one tick.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import Engine, event

from schemas.keys import RecordDraft
from services.consent.public_api import PublicApi
from services.consent.rights import api
from tests.integration.consent.conftest import Running

TICK_SECONDS = 0.001
"""What a statement costs, more than one takes on an idle machine."""
UNKNOWN = "0000-0000-0000-0000-0000-0000-0000"
RESEARCH = RecordDraft("research", "legitimate-interest", "individuals-2", "en")


@dataclass(slots=True)
class WorkClock:
    """The time of a loop on which nothing but work takes time."""

    now: float = 0.0
    answered: list[float] = field(default_factory=list)
    working: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def tick(self, *_: object) -> None:
        self.now += TICK_SECONDS

    async def sleep(self, seconds: float) -> None:
        self.working.append(self.now)
        self.now += max(seconds, 0.0)
        self.answered.append(self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkClock]:
    one = WorkClock()
    loop = SimpleNamespace(get_running_loop=lambda: one, sleep=one.sleep)
    monkeypatch.setattr(api, "asyncio", loop)
    event.listen(Engine, "before_cursor_execute", one.tick)
    yield one
    event.remove(Engine, "before_cursor_execute", one.tick)


@pytest.fixture
async def client(running: Running) -> AsyncIterator[TestClient]:
    application = PublicApi(running.stores, b"PEM", lambda: None, lambda: None).application()
    async with TestClient(TestServer(application)) as client:
        yield client


async def asked(client: TestClient, clock: WorkClock, code: str, kind: str, **more: str) -> tuple[int, float, float]:
    """The status, and how long after the question the work was done and the answer was given."""
    began = clock.now
    proof = {"Authorization": f"Claim {code}"}
    async with client.post("/v1/privacy/requests", json={"type": kind, **more}, headers=proof) as response:
        status = response.status
    return status, clock.working[-1] - began, clock.answered[-1] - began


@pytest.mark.parametrize("kind", ["access", "portability", "erasure", "restriction", "restriction-lift", "objection"])
async def test_known_unknown_and_erased_are_answered_alike_and_at_the_same_moment(
    running: Running, client: TestClient, clock: WorkClock, kind: str
) -> None:
    # Given a person who can do this, one who was erased, and a code that nobody ever had
    known, erased = await running.hand_in("event-1", "event-2")
    await running.erase(erased.alias)
    await running.stores.grounds.record("event-1", RESEARCH)
    if kind == "restriction-lift":
        await running.stores.rights.restrict(known.alias)
    # When all three ask for it
    codes = (known.claim_code, erased.claim_code, UNKNOWN)
    answers = [await asked(client, clock, code, kind) for code in codes]
    # Then they are told the same at the same moment, though the one cost more work than the others
    assert [status for status, _, _ in answers] == [202, 202, 202]
    work = [done for _, done, _ in answers]
    assert work[0] > max(work[1:])
    assert [answer for _, _, answer in answers] == [pytest.approx(answers[0][2])] * 3


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("objection", {}, 409),
        ("restriction-lift", {}, 409),
        ("rectification", {"assessment": "f" * 32}, 404),
        ("review", {"assessment": "f" * 32}, 404),
    ],
)
async def test_what_does_not_hold_is_told_to_whoever_has_the_code_no_sooner_than_anything_else(
    running: Running, client: TestClient, clock: WorkClock, kind: str, more: dict[str, str], status: int
) -> None:
    # Given a person for whom this does not hold, or who has no such assessment, and a code that nobody ever had
    (known,) = await running.hand_in("event-1")
    # When both ask for it
    refused = await asked(client, clock, known.claim_code, kind, **more)
    unproved = await asked(client, clock, UNKNOWN, kind, **more)
    # Then the person is told so, as it is their right, and the other nothing, at the same moment
    assert (refused[0], unproved[0]) == (status, 202)
    assert refused[2] == pytest.approx(unproved[2])
