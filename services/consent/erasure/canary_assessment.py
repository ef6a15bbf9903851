"""A canary's assessment: through intake, scoring and audit before the erasure, and looked for there after it."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import msgspec

from infra.clock import now
from schemas.rights import Held, HeldAssessment, HeldTrail
from services.consent.erasure.front_door import NOBODY, Answered, FrontDoor
from services.consent.rights.disclosures import Disclosures
from services.consent.rights.filed import Filed
from services.consent.rights.register import Register
from services.methodology.specimen import specimen

TOLD = ("", "/explanation", "/forecast", "/plan", "/counterfactual", "/letter")
"""What intake tells a person of an assessment."""
REFUSED = (401, 403, 404, 410)
_HOLDERS = {"intake", "audit"}
_POLL_SECONDS = 0.1


class Check(msgspec.Struct, frozen=True):
    """One thing that was tried; `found` is empty where it went as it must."""

    tried: str
    found: str = ""


class CanaryAssessment:
    """One assessment, of made-up answers. `changed` is called when there is work to do."""

    def __init__(
        self,
        door: FrontDoor,
        disclosures: Disclosures,
        register: Register,
        *,
        changed: Callable[[], None],
        patience: timedelta,
    ) -> None:
        self._door = door
        self._disclosures = disclosures
        self._register = register
        self._changed = changed
        self._patience = patience
        self._key = secrets.token_hex(32)
        self._id = ""
        self._read = Answered(NOBODY)

    async def given(self, alias: str, code: str) -> AsyncIterator[Check]:
        """Hand it in, have it scored, read it, and ask every store for what it holds."""
        month = f"{now():%Y-%m}"
        self._answers = await asyncio.to_thread(specimen, self._key, as_of=month)  # which may load the tables first
        taken = await self._door.hand_in(code, self._key, self._answers)
        self._id = str(taken.document.get("id", ""))
        yield Check("intake takes an assessment", "" if taken.status in (200, 202) else self._told(taken))
        if not self._id:
            return
        yield Check("it is scored, and its person reads the result", await self._scored(code))
        yield Check("intake and audit hold it", await self._held(alias))

    async def gone(self, code: str) -> AsyncIterator[Check]:
        """Try to read it, and to hand it in again."""
        if not self._id:
            return
        for part in TOLD:
            read = await self._door.read(code, self._id, part)
            what = part.removeprefix("/") or "result"
            yield Check(f"intake tells no {what}", "" if read.status in REFUSED else self._told(read))
        again = await self._door.hand_in(code, self._key, self._answers)
        yield Check("intake takes it no second time", "" if again.status in REFUSED else self._told(again))

    async def _scored(self, code: str) -> str:
        async def scored() -> bool:
            self._read = await self._door.read(code, self._id)
            return bool(self._read.document.get("result"))

        return "" if await self._in_time(scored) else f"{self._told(self._read)}, and told no result in time"

    async def _held(self, alias: str) -> str:
        """What requests for access find: audit may take a moment longer than intake."""
        asked: Filed | None = None
        holders: set[str] = set()

        async def held() -> bool:
            nonlocal asked
            if asked is None:
                asked = await self._disclosures.open(alias, "access", "service:consent", "self-test")
                self._changed()
            found = await self._register.filed(alias, asked.request)
            if found is not None and found.state == "complete":
                holders.update(self._holders(await self._disclosures.held(found)))
                asked = None
            return holders == _HOLDERS

        missing = set() if await self._in_time(held) else _HOLDERS - holders
        return f"in time not {' and '.join(sorted(missing))}" if missing else ""

    async def _in_time(self, holds: Callable[[], Awaitable[bool]]) -> bool:
        """Whether it holds within the patience."""
        deadline = time.monotonic() + self._patience.total_seconds()
        while not await holds():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return True

    def _holders(self, held: Sequence[Held]) -> set[str]:
        """Which stores hold it, sealed, with its result or its trail."""
        mine = [one for one in held if one.id == self._id]
        intake = any(isinstance(one, HeldAssessment) and one.result for one in mine)
        audit = any(isinstance(one, HeldTrail) for one in mine)
        return {name for name, holds in (("intake", intake), ("audit", audit)) if holds}

    def _told(self, answered: Answered) -> str:
        if answered.status == NOBODY:
            return f"nobody answers at {self._door.address}"
        return f"answered {answered.status}"
