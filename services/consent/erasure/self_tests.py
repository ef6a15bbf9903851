"""The daily self-test: runs the canary, and keeps what it found as a row, a metric, and one entry that binds it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import timedelta

import msgspec
import structlog
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client import Counter, Gauge
from sqlalchemy import delete, func, insert, select

from infra.clock import now, written
from services.consent.entries import bound_entry
from services.consent.erasure.canary import Canary
from services.consent.erasure.canary_assessment import CanaryAssessment, Check
from services.consent.erasure.cases import read_time
from services.consent.erasure.front_door import FrontDoor
from services.consent.stores import Stores
from services.consent.tables import epochs, self_tests

LAST_SUCCESS = Gauge("careerpulse_self_test_last_success_timestamp_seconds", "When a canary last passed; 0: never")
FAILURES = Counter("careerpulse_self_test_failures_total", "Canaries that found something")

_KEPT = timedelta(days=400)
_PATIENCE = timedelta(minutes=2)
log = structlog.get_logger(__name__)


class SelfTest(msgspec.Struct, frozen=True):
    """One run. `at` is when it ended."""

    at: str
    passed: bool
    seconds: int
    checks: tuple[Check, ...]


class SelfTests:
    """Runs one at a time. An `interval` of zero leaves them to the operator's command; `door` is where a canary hands
    in, `changed` is called when there is work to do, and each erasure gets `patience` to be complete.
    """

    def __init__(
        self,
        stores: Stores,
        door: FrontDoor,
        receipt_key: Ed25519PublicKey,
        changed: Callable[[], None],
        *,
        interval: timedelta,
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._database = stores.database
        self._outboxes = stores.outboxes
        self._changed = changed
        self._interval = interval
        self._canary = Canary(
            stores.database,
            stores.keystore,
            stores.requests,
            assessment=lambda: CanaryAssessment(
                door, stores.disclosures, stores.register, changed=changed, patience=patience
            ),
            receipt_key=receipt_key,
            changed=changed,
            patience=patience,
        )
        self._one = asyncio.Lock()

    async def once_when_due(self) -> None:
        """Run where the last run, or the first start, is an interval ago."""
        async with self._database.read() as connection:
            last = await connection.scalar(select(func.max(self_tests.c.at)))
            passed = await connection.scalar(select(func.max(self_tests.c.at)).where(self_tests.c.passed))
            began = await connection.scalar(select(func.min(epochs.c.began_at)))
        if passed is not None:
            LAST_SUCCESS.set(read_time(passed).timestamp())
        since = last or began
        if self._interval and since is not None and read_time(since) + self._interval <= now():
            await self.run()

    async def run(self) -> SelfTest:
        """One run, from the hand-in to the entry. What breaks it off is a finding too."""
        async with self._one:
            begun, checks = time.monotonic(), []
            try:
                await self._canary.clear_up()
                async for check in self._canary.checks():
                    checks.append(check)  # noqa: PERF401 - what was found before it broke off is kept
            except Exception as error:
                log.exception("self-test-broken-off")
                checks.append(Check("the test itself", f"broken off by {type(error).__name__}"))
            passed = not any(check.found for check in checks)
            test = SelfTest(written(now()), passed, round(time.monotonic() - begun), tuple(checks))
            await self._keep(test)
            return test

    def routes(self) -> list[web.RouteDef]:
        """`POST /privacy/self-tests` on the admin socket: run it now → 201 with what it found."""

        async def test(_: web.Request) -> web.Response:
            found = msgspec.json.encode(await self.run())
            return web.Response(body=found, status=201, content_type="application/json")

        return [web.post("/privacy/self-tests", test)]

    async def _keep(self, test: SelfTest) -> None:
        outcome = msgspec.json.encode(test, order="sorted")
        async with self._database.write() as connection:
            await connection.execute(delete(self_tests).where(self_tests.c.at < written(now() - _KEPT)))
            await connection.execute(
                insert(self_tests).values(
                    id=secrets.token_hex(16), at=test.at, passed=test.passed, outcome=outcome.decode()
                )
            )
            entry = bound_entry("self-test", test.at, "service:consent", outcome)
            await self._outboxes.record(connection, [entry])
        self._changed()
        if test.passed:
            LAST_SUCCESS.set(read_time(test.at).timestamp())
            log.info("self-test-passed", seconds=test.seconds)
            return
        FAILURES.inc()
        log.error("self-test-failed", found=[f"{one.tried}: {one.found}" for one in test.checks if one.found])
