"""intake as a person meets it, over HTTP: the way in for a canary, and what it tries there afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from schemas.privacy_notice import NEWEST

NOBODY = 0
"""In place of a status: nobody answers."""
_WAIT_SECONDS = 20
_TIMEOUT = aiohttp.ClientTimeout(total=_WAIT_SECONDS + 10)
_CONSENT = {"notice": NEWEST, "language": "en", "purposes": ["scoring"], "of_age": True}


@dataclass(frozen=True, slots=True)
class Answered:
    """A status, and the document that came with it, where one did."""

    status: int
    document: Mapping[str, Any] = field(default_factory=dict)


class FrontDoor:
    """The door at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def hand_in(self, code: str, key: str, answers: Mapping[str, Any]) -> Answered:
        """Add answers to the series of this claim code, under this `Idempotency-Key`, and wait for the score."""
        body = msgspec.json.encode({"assessment": answers, "consent": _CONSENT})
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        return await self._ask("POST", f"/v1/assessments?wait={_WAIT_SECONDS}", code, headers, body)

    async def read(self, code: str, assessment: str, part: str = "") -> Answered:
        """An assessment, or a part of what is told of it, such as `/explanation`."""
        return await self._ask("GET", f"/v1/assessments/{assessment}{part}", code, {}, None)

    async def _ask(
        self, method: str, path: str, code: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answered:
        proof = {"Authorization": f"Claim {code}"}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                session.request(method, self.address + path, data=body, headers={**headers, **proof}) as response,
            ):
                return Answered(response.status, _document(await response.read()))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Answered(NOBODY)


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
