"""A compliance officer's part: prove that a decision is in the log, before and after an erasure; verify it all."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from services.audit.tlog.checkpoint import Checkpoint, open_checkpoint
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.proof import Proof
from services.audit.tlog.sources import web_source
from services.audit.tlog.tiles import unpack
from services.audit.tlog.verify import Report, verify
from services.demo.failure import StepFailed, expect

_POLL_SECONDS = 0.1
_LAG_SECONDS = 60.0
_PURPOSE = "proving that a decision is in the log"


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry with its proof, as an officer keeps them."""

    index: int
    entry: bytes
    proof: bytes


class Officer:
    """Reads the log over HTTP, as an outsider with an auditor's token would."""

    def __init__(self, http: aiohttp.ClientSession, audit: str, token_file: Path) -> None:
        self._http = http
        self._audit = audit
        self._token = token_file.read_text().strip()

    async def size(self) -> int:
        """The entries that the current checkpoint covers; 0 while there is none."""
        async with self._http.get(f"{self._audit}/logs/0/checkpoint") as response:
            if response.status == 404:
                return 0
            body = await response.read()
        return self._opened(body, await self._key()).size

    async def until(self, size: int) -> None:
        """Wait until the checkpoint covers this many entries."""
        try:
            async with asyncio.timeout(_LAG_SECONDS):
                while (reached := await self.size()) < size:
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError:
            raise StepFailed(f"the log holds {reached} entries after {_LAG_SECONDS:.0f} s, not {size}") from None

    async def newest(self, entry_type: str) -> Proved:
        """The newest entry of a type, with its proof."""
        page = await self._json(f"/v1/audit/entries?type={entry_type}&limit=1")
        expect(bool(page["entries"]), f"the log has no entry of type {entry_type}")
        return await self.proved(int(page["entries"][0]["index"]))

    async def page(self, start: int) -> list[dict[str, Any]]:
        """Entries from `start` on, as many as one page holds."""
        entries: list[dict[str, Any]] = (await self._json(f"/v1/audit/entries?from={start}&limit=200"))["entries"]
        return entries

    async def proved(self, index: int) -> Proved:
        """An entry and its proof against the current checkpoint, verified."""
        source = web_source(f"{self._audit}/logs/0", self._token)
        await self.until(index + 1)
        proof = await self._bytes(f"/v1/audit/entries/0/{index}/proof")
        covered = Proof.parse(proof)
        size = self._opened(covered.checkpoint, await self._key()).size
        width = min(256, size - index // 256 * 256)
        bundle = await asyncio.to_thread(source.bundle, index // 256, width)
        proved = Proved(index, unpack(bundle, width)[index % 256], proof)
        await self.verified(proved)
        return proved

    async def verified(self, proved: Proved) -> None:
        """Verify a proof that was kept. Raises StepFailed."""
        try:
            Proof.parse(proved.proof).verify(proved.entry, await self._key())
        except ValueError as error:
            raise StepFailed(f"the proof of entry {proved.index} does not verify: {error}") from error

    async def whole_log(self) -> Report:
        """Recompute the whole log by the offline verifier."""
        source = web_source(f"{self._audit}/logs/0", self._token)
        key = await self._key()
        report = await asyncio.to_thread(verify, source, key)
        expect(report.sound, f"the log does not verify: {report.finding}")
        return report

    def _opened(self, checkpoint: bytes, key: VerifierKey) -> Checkpoint:
        return open_checkpoint(checkpoint, key)

    async def _key(self) -> VerifierKey:
        async with self._http.get(f"{self._audit}/logs/0/vkey") as response:
            return VerifierKey.parse((await response.text()).strip())

    async def _json(self, path: str) -> dict[str, Any]:
        async with self._http.get(self._audit + path, headers=self._headers()) as response:
            body: dict[str, Any] = await response.json()
        expect(response.status == 200, f"{path} was answered {response.status}: {body}")
        return body

    async def _bytes(self, path: str) -> bytes:
        async with self._http.get(self._audit + path, headers=self._headers()) as response:
            body = await response.read()
        expect(response.status == 200, f"{path} was answered {response.status}")
        return body

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}", "Purpose": _PURPOSE}
