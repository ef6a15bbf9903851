"""The key API as its callers see it: create, release, resolve, register.

The connection is a Unix socket; whoever calls proves with a token which service it is, and names its incarnation,
so that consent knows whose acknowledgement a revocation waits for.
"""

import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import aiohttp
import msgspec

from infra.keys.cache import KeyCache
from infra.keys.gathered import Gathered
from schemas.keys import (
    BATCH,
    AskHolds,
    AskReviews,
    CreatedKey,
    CreatedKeys,
    CreateKeys,
    EndTenant,
    HeldAliases,
    NewPerson,
    NewReview,
    RegisterTenant,
    ReleasedKey,
    ReleasedKeys,
    ReleaseKeys,
    ReleaseTenants,
    ResolveClaim,
    ResolvedClaim,
    TenantDomain,
    TenantKey,
    TenantKeys,
)
from schemas.purposes import Purpose
from schemas.request_clocks import AskForClocks, RequestClocks

_TIMEOUT = aiohttp.ClientTimeout(total=10)
Answer = TypeVar("Answer")


class KeysUnavailable(Exception):
    """Consent does not answer. Nothing was decided: wait and ask again, and never take it for a refusal."""


class KeysForbidden(Exception):
    """Consent refuses this caller: a wrong token or a purpose that is not its own. A fault of the deployment."""


class KeysRefused(Exception):
    """Consent does not take what was asked; says what would be right."""


class UnknownTenant(Exception):
    """The ledger knows no such organisation, or knows it no more: its contract has ended."""


class KeyClient:
    """One process's way to its keys, with the cache. Use as an async context manager."""

    def __init__(self, socket: Path, token: str) -> None:
        self.instance = secrets.token_hex(8)
        self.cache = KeyCache()
        self.in_step = False
        """Whether the revocations have been read to their end; before that no key is asked for."""
        self._socket = socket
        self._headers = {"Authorization": f"Bearer {token}", "Instance": self.instance}
        self._session: aiohttp.ClientSession | None = None
        self._gathered: dict[Purpose, Gathered] = {}

    async def __aenter__(self) -> "KeyClient":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.UnixConnector(str(self._socket)), timeout=_TIMEOUT, headers=self._headers
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cache.clear()
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def created(self, tenant: str, persons: Sequence[NewPerson]) -> AsyncIterator[tuple[CreatedKey, ...]]:
        """Persons, keys and consent records for up to `BATCH` hand-ins, in one transaction.

        While the block runs no revocation of one of these persons is acknowledged. Whose keys they are is known
        with the answer only, so until then none is. Raises KeysUnavailable, or UnknownTenant.
        """
        hold = self.cache.hold(None)
        try:
            persons_created = await self.create(tenant, persons)
            hold.aliases = frozenset(key.alias for key in persons_created)
            yield persons_created
        finally:
            self.cache.let_go(hold)

    async def create(self, tenant: str, persons: Sequence[NewPerson]) -> tuple[CreatedKey, ...]:
        """What `created` gives, for a caller that keeps no key in hand."""
        answer = await self._call("/keys/create", CreateKeys(tenant, tuple(persons)), CreatedKeys)
        return answer.persons

    async def release(self, purpose: Purpose, aliases: Sequence[str]) -> dict[str, ReleasedKey]:
        """The keys of these aliases for one purpose, from the cache where it has them."""
        if not self.in_step:
            raise KeysUnavailable("the revocations have not been read to their end yet")
        now = time.monotonic()
        found = {alias: self.cache.get(alias, purpose, now) for alias in aliases}
        missing = [alias for alias, key in found.items() if key is None]
        answers = {alias: key for alias, key in found.items() if key is not None}
        if missing:
            released = await self._gathered.setdefault(purpose, Gathered(purpose, self._release)).ask(missing)
            answers |= {alias: released[alias] for alias in missing}
        return answers

    @asynccontextmanager
    async def held(self, purpose: Purpose, aliases: Sequence[str]) -> AsyncIterator[dict[str, ReleasedKey]]:
        """The keys of a batch. While the block runs no revocation of one of them is acknowledged.

        The hold begins before the keys are asked for, so that no revocation slips in between.
        """
        hold = self.cache.hold(aliases)
        try:
            yield await self.release(purpose, aliases)
        finally:
            self.cache.let_go(hold)

    async def ask_reviews(self, reviews: Sequence[NewReview]) -> None:
        """Have a human look at these assessments; asked again nothing changes. Raises KeysUnavailable."""
        for start in range(0, len(reviews), BATCH):
            await self._call("/reviews/ask", AskReviews(tuple(reviews[start : start + BATCH])), dict)

    async def resolve(self, claim_code: str) -> str | None:
        """The alias behind a claim code, or None."""
        answer = await self._call("/claims/resolve", ResolveClaim(claim_code), ResolvedClaim)
        return answer.alias

    async def of_tenants(self, names: Sequence[str], domain: TenantDomain) -> dict[str, TenantKey]:
        """The keys of these tenants for what is kept over all of their people; none of one that is unknown."""
        return (await self._call("/tenants/release", ReleaseTenants(tuple(names), domain), TenantKeys)).keys

    async def on_hold(self, aliases: Sequence[str]) -> frozenset[str]:
        """Those of these aliases of whom nothing is to be deleted: a legal hold or a restriction stands."""
        held: set[str] = set()
        for start in range(0, len(aliases), BATCH):
            asked = AskHolds(tuple(aliases[start : start + BATCH]))
            held.update((await self._call("/holds/standing", asked, HeldAliases)).aliases)
        return frozenset(held)

    async def register(self, tenant: RegisterTenant) -> None:
        """Make an organisation known to the ledger; again is harmless."""
        await self._call("/tenants/register", tenant, dict)

    async def end(self, tenant: str) -> None:
        """End an organisation's contract; again is harmless. Raises KeysRefused where it is unknown."""
        await self._call("/tenants/end", EndTenant(tenant), dict)

    async def employees(self, call: str, asked: msgspec.Struct, answer: type[Answer]) -> Answer:
        """A call of `schemas.employees`, for an organisation whose token was checked."""
        return await self._call(f"/employees/{call}", asked, answer)

    async def open_requests(self) -> RequestClocks:
        """People's open requests with their deadlines, for officers."""
        return await self._call("/requests/open", AskForClocks(), RequestClocks)

    async def _release(self, purpose: Purpose, aliases: Sequence[str]) -> dict[str, ReleasedKey]:
        asked_at = time.monotonic()
        answer = await self._call("/keys/release", ReleaseKeys(purpose, tuple(aliases)), ReleasedKeys)
        current = [key for key in answer.keys if not self.cache.overtaken(key)]
        self.cache.put(purpose, current, asked_at)
        if len(current) < len(answer.keys):
            raise KeysUnavailable("a revocation overtook this release; ask again")
        return {key.alias: key for key in current}

    async def _call(self, path: str, request: msgspec.Struct, answer: type[Answer]) -> Answer:
        if self._session is None:
            raise RuntimeError("the key client is used outside its context")
        try:
            async with self._session.post(
                f"http://keys{path}",
                data=msgspec.json.encode(request),
                headers={"Content-Type": "application/json"},
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KeysUnavailable(f"consent does not answer on its key socket: {type(error).__name__}") from error
        if response.status in (401, 403):
            raise KeysForbidden(f"consent answers {response.status} to {path}: check this service's token")
        if response.status == 404:
            raise UnknownTenant(_detail(body))
        if response.status == 422:
            raise KeysRefused(_detail(body))
        if response.status >= 300:
            raise KeysUnavailable(f"consent answers {response.status} to {path}")
        return msgspec.json.decode(body, type=answer)


def _detail(problem: bytes) -> str:
    """What a problem document says, in one line."""
    told = msgspec.json.decode(problem)
    faults = [fault["detail"] for fault in told.get("errors", ())]
    return "; ".join(faults) or str(told.get("detail") or told.get("title"))
