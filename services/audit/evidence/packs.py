"""Packs of evidence as they are ordered: what was asked for, found, opened with consent's leave, and logged.

A pack is made of a fixed checkpoint and written as it is sent; until then only its order is in memory.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now, written
from infra.http.problems import Problem, invalid, not_found, unavailable
from infra.version import SOFTWARE
from schemas.evidence import MOST_DECISIONS
from schemas.faults import Fault
from services.audit.act_openings import ActOpenings, OpenedAct
from services.audit.acts import Act, Acts, By
from services.audit.documents import documents
from services.audit.documents.grounds import read_grounds
from services.audit.evidence.archive import archive
from services.audit.evidence.chosen import TooMany, Wanted, chosen
from services.audit.evidence.pack import Contents
from services.audit.openings import Closed, Opened, Openings
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from services.audit.tlog.note import Note, SignerKey, VerifierKey

SELECTIONS = ("person", "decisions", "period", "methodology")
_SIGNING_SECONDS = 5.0
_WITNESSING_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Pack:
    """An order that is in the log: its contents, and what `pack.json` says beside them."""

    contents: Contents
    head: Mapping[str, Any]
    signer: SignerKey

    async def pieces(self) -> AsyncIterator[bytes]:
        """The ZIP, one piece for each member and a last one."""
        made = archive(self.contents.members(), {**self.head, **self.contents.head()}, self.signer)
        while (piece := await asyncio.to_thread(next, made, None)) is not None:
            yield piece


async def begun(request: web.Request) -> web.StreamResponse:
    """The answer that a pack is written to, piece by piece."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": 'attachment; filename="evidence.zip"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
    )
    await response.prepare(request)
    return response


class Packs:
    """Takes orders."""

    def __init__(
        self,
        *,
        appender: Appender,
        acts: Acts,
        openings: Openings,
        act_openings: ActOpenings,
        store: Store,
        signer: SignerKey,
    ) -> None:
        self._appender = appender
        self._acts = acts
        self._openings = openings
        self._act_openings = act_openings
        self._store = store
        self._signer = signer

    async def ordered(self, asked: Mapping[str, Any], by: By) -> Pack:
        """The pack that a document `AskForPack` asks for, once its entry `exported` is stored.

        Raises Problem: 404 where nothing fits, 422 for what cannot be, 503 where a part is away.
        """
        wanted, earlier = await self._wanted(asked), self._earlier(asked)
        contents = replace(await self._entries(wanted), earlier=earlier, letters=asked.get("letters", True))
        if earlier is not None and _size(earlier) > _size(contents.checkpoint):
            raise invalid([Fault("/earlier_checkpoint", "it states more entries than the log holds")])
        opened = await self._opened(contents.entries, asked, by)
        selection = {name: asked[name] for name in SELECTIONS if name in asked}
        told = (("purpose", asked["purpose"]), ("selection", orjson.dumps(selection).decode()))
        await self._acts.record(Act("exported", told, by=by))
        head = {"made_at": written(now()), "software": SOFTWARE, "selection": selection}
        found = await asyncio.to_thread(self._documents, contents) if asked.get("documents", True) else {}
        return Pack(replace(contents, opened=opened, documents=found), head, self._signer)

    def _documents(self, contents: Contents) -> Mapping[str, str]:
        checkpoint = Checkpoint.parse(Note.parse(contents.checkpoint).text)
        return documents(read_grounds(contents.log, checkpoint), written(now()), self._signer)

    async def _wanted(self, asked: Mapping[str, Any]) -> Wanted:
        """What was asked for. Raises Problem (404, 422)."""
        given = [name for name in SELECTIONS if name in asked]
        if len(given) != 1:
            raise invalid([Fault("", f"exactly one of {', '.join(SELECTIONS)}")])
        if "period" in asked:
            return Wanted(start=asked["period"]["start"], end=asked["period"]["end"])
        if "methodology" in asked:
            return Wanted(methodology=asked["methodology"])
        if "decisions" in asked:
            return Wanted(frozenset(asked["decisions"]))
        if (alias := await self._store.person_at(asked["person"])) is None:
            raise not_found("decision")
        return Wanted(frozenset(await self._store.indices_of(alias)), frozenset(await self._acts.about(alias)))

    def _earlier(self, asked: Mapping[str, Any]) -> bytes | None:
        """The checkpoint that the asker kept, which must be one of this log. Raises Problem (422)."""
        if "earlier_checkpoint" not in asked:
            return None
        data: bytes = asked["earlier_checkpoint"].encode()
        try:
            open_checkpoint(data, VerifierKey.parse(self._appender.vkey))
        except CheckpointError as error:
            raise invalid([Fault("/earlier_checkpoint", str(error))]) from None
        return data

    async def _entries(self, wanted: Wanted) -> Contents:
        """The entries under the checkpoint that covers the log as it is now. Raises Problem (404, 422, 503)."""
        size = self._appender.state.size
        if not size:
            raise not_found("entry")
        try:
            async with asyncio.timeout(_SIGNING_SECONDS):
                checkpoint = await self._appender.covering(size - 1, _WITNESSING_SECONDS)
        except TimeoutError:
            raise unavailable("The log") from None
        log = self._appender.reader()
        try:
            entries = await asyncio.to_thread(chosen, log, _size(checkpoint), wanted)
        except TooMany as error:
            raise Problem(422, "too-many", "Too many entries", str(error)) from None
        if not entries:
            raise not_found("entry")
        return Contents(log, checkpoint, entries, {})

    async def _opened(
        self, entries: Mapping[int, bytes], asked: Mapping[str, Any], by: By
    ) -> dict[int, Opened | OpenedAct | Closed]:
        """The decisions among the entries, and what was done about them or anything else."""
        if not asked.get("open", "period" not in asked and "methodology" not in asked):
            return {}
        decisions = {index: entry for index, entry in entries.items() if orjson.loads(entry)["type"] == "scored"}
        if len(decisions) > MOST_DECISIONS:
            detail = (
                f"{len(decisions):,} decisions fit; a pack opens {MOST_DECISIONS}: ask for less, or without `open`"
            )
            raise Problem(422, "too-many", "Too many decisions to open", detail)
        told = asked["purpose"], asked.get("key", "review"), by
        return {**await self._openings.open(decisions, *told), **await self._act_openings.open(entries, *told)}


def _size(checkpoint: bytes) -> int:
    return Checkpoint.parse(Note.parse(checkpoint).text).size
