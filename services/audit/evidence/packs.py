"""Packs of evidence as they are ordered: what was asked for, found, opened with consent's leave, and logged.

A pack is made of a fixed checkpoint and written as it is sent; until then only its order is in memory.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from aiohttp import web

from infra.clock import now, written
from infra.http.problems import invalid, not_found, unavailable
from infra.version import SOFTWARE
from schemas.evidence import MOST_DECISIONS
from schemas.faults import Fault
from services.audit.act_openings import ActOpenings, OpenedAct
from services.audit.acts import Act, Acts, By
from services.audit.documents import documents
from services.audit.documents.grounds import read_grounds
from services.audit.evidence.archive import archive
from services.audit.evidence.chosen import Wanted, chosen
from services.audit.evidence.pack import Contents
from services.audit.openings import Closed, Opened, Openings
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import Note, SignerKey, VerifierKey
from services.audit.witness.policy import NO_POLICY, Policy

SELECTIONS = ("person", "decisions", "period", "methodology")
_PLACES = ("log", "person_log")
"""What of an order names a log."""
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
        logs: Logs,
        acts: Acts,
        openings: Openings,
        act_openings: ActOpenings,
        store: Store,
        signers: Sequence[SignerKey],
        policy: Policy = NO_POLICY,
    ) -> None:
        self._logs = logs
        self._acts = acts
        self._openings = openings
        self._act_openings = act_openings
        self._store = store
        self._signers = signers
        self._policy = policy

    async def ordered(self, asked: Mapping[str, Any], by: By) -> Pack:
        """The pack that a document `AskForPack` asks for, once its entry `exported` is stored.

        Raises Problem: 404 where nothing fits, 422 for what cannot be, 503 where a part is away.
        """
        number = self._number(asked)
        log = self._logs[number]
        wanted, earlier = await self._wanted(asked, number), _earlier(asked, log)
        opening = asked.get("open", "period" not in asked and "methodology" not in asked)
        found, following = await _entries(log, wanted, asked.get("start", 0), MOST_DECISIONS if opening else None)
        contents = replace(
            found,
            earlier=earlier,
            letters=asked.get("letters", True),
            disclosed=frozenset(asked["disclose"]) if "disclose" in asked else None,
        )
        if earlier is not None and _size(earlier) > _size(contents.checkpoint):
            raise invalid([Fault("/earlier_checkpoint", "it states more entries than the log holds")])
        opened = await self._opened(contents.entries, asked, by, number) if opening else {}
        selection = {name: asked[name] for name in (*SELECTIONS, *_PLACES, "start", "disclose") if name in asked}
        fields = (("purpose", asked["purpose"]), ("selection", orjson.dumps(selection).decode()))
        await self._acts.record(Act("exported", fields, by=by))
        head = {
            "made_at": written(now()),
            "software": SOFTWARE,
            "selection": selection,
            "next": following,
            "witnesses": _witnessed(contents.checkpoint, VerifierKey.parse(log.vkey), self._policy),
        }
        signer = self._signers[number]
        told = await asyncio.to_thread(_documents, contents, signer) if asked.get("documents", True) else {}
        return Pack(replace(contents, opened=opened, documents=told), head, signer)

    def _number(self, asked: Mapping[str, Any]) -> int:
        """The number of the log that the pack is of. Raises Problem (422)."""
        faults = [
            Fault(f"/{name}", f"there are {len(self._logs)} logs, numbered from 0")
            for name in _PLACES
            if asked.get(name, 0) >= len(self._logs)
        ]
        if faults:
            raise invalid(faults)
        return int(asked.get("log", 0))

    async def _wanted(self, asked: Mapping[str, Any], number: int) -> Wanted:
        """What was asked for of the log of this number. Raises Problem (404, 422)."""
        given = [name for name in SELECTIONS if name in asked]
        if len(given) != 1:
            raise invalid([Fault("", f"exactly one of {', '.join(SELECTIONS)}")])
        if "period" in asked:
            return Wanted(start=asked["period"]["start"], end=asked["period"]["end"])
        if "methodology" in asked:
            return Wanted(methodology=asked["methodology"])
        if "decisions" in asked:
            return Wanted(frozenset(asked["decisions"]))
        if (alias := await self._store.person_at(asked["person"], asked.get("person_log", number))) is None:
            raise not_found("decision")
        # What officers did comes by an outbox, and those are all in log 0.
        acts = await self._acts.about(alias) if number == 0 else ()
        return Wanted(frozenset(await self._store.indices_of(alias, number)), frozenset(acts))

    async def _opened(
        self, entries: Mapping[int, bytes], asked: Mapping[str, Any], by: By, number: int
    ) -> dict[int, Opened | OpenedAct | Closed]:
        """The decisions among the entries, and what was done about them or anything else; of single fields of some
        entries nothing else is opened.
        """
        if "disclose" in asked and "decisions" in asked:
            entries = {index: entry for index, entry in entries.items() if index in asked["decisions"]}
        decisions = {index: entry for index, entry in entries.items() if orjson.loads(entry)["type"] == "scored"}
        told = asked["purpose"], asked.get("key", "review"), by
        opened = await self._openings.open(decisions, *told, log=number)
        return {**opened, **await self._act_openings.open(entries, *told)}


def _documents(contents: Contents, signer: SignerKey) -> Mapping[str, str]:
    checkpoint = Checkpoint.parse(Note.parse(contents.checkpoint).text)
    return documents(read_grounds(contents.log, checkpoint), written(now()), signer)


def _earlier(asked: Mapping[str, Any], log: Appender) -> bytes | None:
    """The checkpoint that the asker kept, which must be one of this log. Raises Problem (422)."""
    if "earlier_checkpoint" not in asked:
        return None
    data: bytes = asked["earlier_checkpoint"].encode()
    try:
        open_checkpoint(data, VerifierKey.parse(log.vkey))
    except CheckpointError as error:
        raise invalid([Fault("/earlier_checkpoint", str(error))]) from None
    return data


async def _entries(
    log: Appender, wanted: Wanted, start: int, most_decisions: int | None
) -> tuple[Contents, int | None]:
    """The entries from an index on under the checkpoint that covers the log as it is now, and where what fits
    goes on. Raises Problem (404, 503).
    """
    size = log.state.size
    if not size:
        raise not_found("entry")
    try:
        async with asyncio.timeout(_SIGNING_SECONDS):
            checkpoint = await log.covering(size - 1, _WITNESSING_SECONDS)
    except TimeoutError:
        raise unavailable("The log") from None
    reader = log.reader()
    part = await asyncio.to_thread(chosen, reader, _size(checkpoint), wanted, start, most_decisions)
    if not part.entries:
        raise not_found("entry")
    return Contents(reader, checkpoint, part.entries, {}), part.following


def _witnessed(checkpoint: bytes, log: VerifierKey, policy: Policy) -> dict[str, object]:
    """Whether the quorum that the log asks for has cosigned in time, and who has."""
    signed = [key for key in Note.parse(checkpoint).verified_by((log, *policy.keys)) if key != log]
    quorum = "none" if policy.quorum is None else "reached" if policy.satisfied_by(signed) else "missing"
    return {"quorum": quorum, "cosigned": [key.name for key in signed]}


def _size(checkpoint: bytes) -> int:
    return Checkpoint.parse(Note.parse(checkpoint).text).size
