"""kill -9 of each service at each step of an erasure: always the same end, and a receipt that is true.

A step is held open by another service that is down: without scoring no acknowledgement comes, without audit no
report. So every row of the table is reached by what can be seen from outside.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from infra.kafka.tail import tail
from infra.local.postgres import Postgres
from schemas.topics import KEYS_REVOKED
from services.consent.erasure.receipt import from_pem, verify
from tests.acceptance.conftest import Running, started
from tests.acceptance.slow.people import (
    ask_for_erasure,
    assert_gone,
    assert_readable,
    hand_in,
    receipt_of,
    state_of,
)
from tests.acceptance.test_faults import types_since
from tests.acceptance.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

WINDOW_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Point:
    """A step of an erasure: who is kept down so that it lasts, and what is to be seen before the kill."""

    name: str
    down: str | None = None
    states: tuple[str, ...] = ("pending",)
    published: bool = False
    """Whether the restriction is to be seen in `keys.revoked` first."""
    mended: bool = False
    """Whether who was down is let go on just before the kill, so that it falls into what follows."""


POINTS = (
    Point("requested"),
    Point("restricted", published=True),
    Point("destroyed", down="scoring", states=("erased", "revoked", "ordered")),
    Point("acknowledging", down="scoring", states=("revoked", "ordered"), mended=True),
    Point("ordered", down="audit", states=("ordered",)),
    Point("reporting", down="audit", states=("ordered",), mended=True),
)
VICTIMS = ("consent", "audit", "intake", "scoring")


@pytest.mark.parametrize("victim", VICTIMS)
async def test_killed_at_any_step_an_erasure_ends_alike(
    victim: str, cluster: Postgres | None, database: str | None, tmp_path: Path
) -> None:
    async with started(tmp_path / "stack", cluster, database, WINDOW_SECONDS) as running:
        witness = await hand_in(running, "witness")
        await until(lambda: entries_since(running, 0), lambda found: found["scored"] == 1)
        for point in POINTS:
            await erased_in_spite_of_a_kill(running, victim, point)
        await assert_readable(running, witness)
        assert (await running.officer.whole_log()).sound


async def erased_in_spite_of_a_kill(running: Running, victim: str, point: Point) -> None:
    # Given a person, and a step that is held open
    start = await running.officer.size()
    someone = await hand_in(running, f"{victim} at {point.name}")
    await until(lambda: entries_since(running, start), lambda found: found["scored"] == 1)  # its trail is stored
    request = await ask_for_erasure(running, someone)
    if point.down is not None:
        running.stack.kill(point.down, hold=True)
    # When the victim is killed at that step
    await seen(running, request, point)
    if point.mended:
        running.stack.release(str(point.down))
    if victim != point.down:
        running.stack.kill(victim)
    if point.down is not None and not point.mended:
        running.stack.release(point.down)
    for service in VICTIMS:
        await running.stack.ready(service)
    # Then the erasure ends as if nothing had happened
    signed = await receipt_of(running, request)
    await assert_gone(running, someone)
    await assert_true(running, signed, start)


async def seen(running: Running, request: str, point: Point) -> None:
    await until(lambda: state_of(running, request), lambda state: state in point.states)
    if point.published:
        await until(lambda: narrowed(running), lambda count: count > 0)


async def narrowed(running: Running) -> int:
    async with tail(running.stack.bootstrap, KEYS_REVOKED, 0) as found:
        return found.end


async def assert_true(running: Running, signed: dict[str, object], start: int) -> None:
    """The receipt verifies, says what was destroyed, and points at the one entry `erased`."""
    async with running.http.get(f"{running.stack.urls['consent']}/v1/receipts/key") as response:
        key = from_pem(await response.read())
    receipt: Any = verify(orjson.dumps(signed), key).document
    destroyed = {part["store"]: part["counts"] for part in receipt["destroyed"]}
    assert receipt["stage"] == "complete"
    assert destroyed["consent"]["data_keys"] == 1
    assert destroyed["intake"] == {"assessments": 1, "drafts": 0, "deliveries": 0}
    assert destroyed["audit"] == {"trails": 1, "acts": 0, "reviews": 0}
    proved = await running.officer.proved(receipt["log"]["index"])
    assert json.loads(proved.entry)["type"] == "erased"
    kinds = await until(lambda: entries_since(running, start), lambda found: found["request-closed"] >= 1)
    assert (kinds["request-opened"], kinds["erased"], kinds["request-closed"]) == (1, 1, 1)


async def entries_since(running: Running, start: int) -> Counter[str]:
    return await types_since(running.officer, start, await running.officer.size())
