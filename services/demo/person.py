"""A person's part: one assessment without registration, its reasons, a withdrawal, and an erasure."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp

from services.demo.failure import StepFailed, expect
from services.methodology.specimen import specimen

SEED = "careerpulse-demo-person"
_POLL_SECONDS = 0.2
_ERASURE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the person was given. `detail` is a `schemas.result.Detail`."""

    assessment: str
    claim_code: str
    result: dict[str, Any]
    detail: dict[str, Any]


class Person:
    """One person in front of the services."""

    def __init__(self, http: aiohttp.ClientSession, intake: str, consent: str) -> None:
        self._http = http
        self._intake = intake
        self._consent = consent

    async def assess(self) -> Assessed:
        """Hand in, wait for the score, read the reasons."""
        hand_in = {
            "assessment": specimen(SEED),
            "consent": {"notice": "individuals-2", "language": "en", "purposes": ["scoring"], "of_age": True},
        }
        async with self._http.post(f"{self._intake}/v1/assessments?wait=20", json=hand_in) as response:
            body = await response.json()
        expect(response.status == 200, f"the assessment was answered {response.status}: {body}")
        detail = await self._get(f"{self._intake}/v1/assessments/{body['id']}/explanation", body["claim_code"])
        return Assessed(body["id"], body["claim_code"], body["result"], detail)

    async def withdraw(self, claim_code: str) -> None:
        """Withdraw the consent to scoring."""
        held = await self._get(f"{self._consent}/v1/consents", claim_code)
        record = next(one for one in held["consents"] if one["purpose"] == "scoring")
        address = f"{self._consent}/v1/consents/{record['id']}"
        async with self._http.delete(address, headers=_claim(claim_code)) as response:
            expect(response.status in (200, 204), f"the withdrawal was answered {response.status}")

    async def erase(self, claim_code: str) -> dict[str, Any]:
        """Ask for erasure; the signed receipt at its final stage."""
        async with self._http.post(
            f"{self._consent}/v1/privacy/requests", json={"type": "erasure"}, headers=_claim(claim_code)
        ) as response:
            request = await response.json()
        expect(response.status == 202, f"the erasure was answered {response.status}: {request}")
        return await self._receipt(f"{self._consent}{request['links']['receipt']}")

    async def unreadable(self, assessed: Assessed) -> int:
        """The status by which the result is refused now. Raises StepFailed if it can still be read."""
        address = f"{self._intake}/v1/assessments/{assessed.assessment}"
        async with self._http.get(address, headers=_claim(assessed.claim_code)) as response:
            expect(response.status in (401, 404, 410), f"the result is still answered {response.status}")
            return response.status

    async def _receipt(self, address: str) -> dict[str, Any]:
        try:
            async with asyncio.timeout(_ERASURE_SECONDS):
                while True:
                    async with self._http.get(address) as response:
                        receipt: dict[str, Any] = await response.json()
                    if response.status == 200 and receipt["receipt"]["stage"] == "complete":
                        return receipt
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise StepFailed(f"no complete receipt within {_ERASURE_SECONDS:.0f} s, last: {receipt}") from None

    async def _get(self, address: str, claim_code: str) -> dict[str, Any]:
        async with self._http.get(address, headers=_claim(claim_code)) as response:
            body: dict[str, Any] = await response.json()
        expect(response.status == 200, f"{address.rpartition('/')[2]} was answered {response.status}: {body}")
        return body


def _claim(code: str) -> dict[str, str]:
    return {"Authorization": f"Claim {code}"}
