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
from services.audit.documents import REGISTER, documents
from services.audit.documents.grounds import read_grounds
from services.audit.evidence.archive import archive
from services.audit.evidence.chosen import Part, Wanted, chosen, named, part
from services.audit.evidence.pack import Contents
from services.audit.openings import Closed, Opened, Openings
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.checkpoint import Checkpoint, CheckpointError, open_checkpoint
from services.audit.tlog.logs import Logs
from services.audit.tlog.note import Note, SignerKey, VerifierKey
from services.audit.tlog.stored import StoredLog
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


@dataclass(frozen=True, slots=True)
class Found:
    """What of one log goes into a pack, and the index at which what fits goes on, None where that is all."""

    contents: Contents
    following: int | None


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
        self._demand_logs(asked)
        opening = asked.get("open", "period" not in asked and "methodology" not in asked)
        found = self._with_earlier(await self._found(asked, MOST_DECISIONS if opening else None), asked)
        if opening:
            for number, one in found.items():
                opened = await self._opened(one.contents.entries, asked, by, number)
                found[number] = replace(one, contents=replace(one.contents, opened=opened))
        selection = {name: asked[name] for name in (*SELECTIONS, *_PLACES, "start", "disclose") if name in asked}
        fields = (("purpose", asked["purpose"]), ("selection", orjson.dumps(selection).decode()))
        await self._acts.record(Act("exported", fields, by=by))
        if asked.get("documents", True):
            for number, one in found.items():
                told = await asyncio.to_thread(_documents, one.contents, self._signers[number], number)
                found[number] = replace(one, contents=replace(one.contents, documents=told))
        return self._pack(found, asked, {"made_at": written(now()), "software": SOFTWARE, "selection": selection})

    def _pack(self, found: Mapping[int, Found], asked: Mapping[str, Any], head: Mapping[str, Any]) -> Pack:
        """One pack of what was found in each log: the first is the one that was asked for, or that has the least
        number; the others stand behind it.
        """
        number = asked["log"] if asked.get("log") in found else min(found)
        first, others = found[number], {other: one for other, one in found.items() if other != number}
        told = {str(other): {**self._head(other, one), **one.contents.head()} for other, one in others.items()}
        contents = replace(first.contents, others={other: one.contents for other, one in others.items()})
        of_several = {"log": number, "logs": told} if others else {}
        return Pack(contents, {**head, **self._head(number, first), **of_several}, self._signers[number])

    def _head(self, number: int, found: Found) -> dict[str, object]:
        key = VerifierKey.parse(self._logs[number].vkey)
        witnessed = _witnessed(found.contents.checkpoint, key, self._policy)
        return {"next": found.following, "witnesses": witnessed}

    def _demand_logs(self, asked: Mapping[str, Any]) -> None:
        """Raises Problem (422) for the number of a log that there is not."""
        faults = [
            Fault(f"/{name}", f"there are {len(self._logs)} logs, numbered from 0")
            for name in _PLACES
            if asked.get(name, 0) >= len(self._logs)
        ]
        if faults:
            raise invalid(faults)

    async def _found(self, asked: Mapping[str, Any], most_decisions: int | None) -> dict[int, Found]:
        """By their numbers the logs that hold what was asked for. Raises Problem (404, 422, 503)."""
        wanted, start = await self._wanted(asked), asked.get("start", 0)
        alone = "start" in asked or ("log" in asked and "decisions" not in asked)
        numbers = [asked.get("log", 0)] if alone else range(len(self._logs))
        heads = {number: await _head_of(log) for number in numbers if (log := self._logs[number]).state.size}
        sizes = {number: (head.log, _size(head.checkpoint)) for number, head in heads.items()}
        parts = await asyncio.to_thread(_parts, sizes, wanted, start, most_decisions)
        letters, disclosed = asked.get("letters", True), asked.get("disclose")
        found = {
            number: Found(
                replace(
                    heads[number],
                    entries=part.entries,
                    letters=letters,
                    disclosed=None if disclosed is None else frozenset(disclosed),
                ),
                part.following,
            )
            for number, part in parts.items()
            if part.entries
        }
        if not found:
            raise not_found("entry")
        return found

    async def _wanted(self, asked: Mapping[str, Any]) -> Mapping[int, Wanted] | Wanted:
        """What was asked for: of the logs of these numbers, or of any. Raises Problem (404, 422)."""
        given = [name for name in SELECTIONS if name in asked]
        if len(given) != 1:
            raise invalid([Fault("", f"exactly one of {', '.join(SELECTIONS)}")])
        if "period" in asked:
            return Wanted(start=asked["period"]["start"], end=asked["period"]["end"])
        if "methodology" in asked:
            return Wanted(methodology=asked["methodology"])
        if "decisions" in asked:
            return {asked.get("log", 0): Wanted(frozenset(asked["decisions"]))}
        place = asked.get("person_log", asked.get("log", 0))
        if (alias := await self._store.person_at(asked["person"], place)) is None:
            raise not_found("decision")
        # What officers did comes by an outbox, and those are all in log 0.
        acts = {0: frozenset(await self._acts.about(alias))}
        return {
            number: Wanted(frozenset(await self._store.indices_of(alias, number)), acts.get(number, frozenset()))
            for number in range(len(self._logs))
        }

    def _with_earlier(self, found: Mapping[int, Found], asked: Mapping[str, Any]) -> dict[int, Found]:
        """With the checkpoint that the asker kept at the log that it is one of. Raises Problem (422)."""
        if "earlier_checkpoint" not in asked:
            return dict(found)
        data, faults = asked["earlier_checkpoint"].encode(), []
        for number, one in found.items():
            try:
                earlier = open_checkpoint(data, VerifierKey.parse(self._logs[number].vkey))
            except CheckpointError as error:
                faults.append(Fault("/earlier_checkpoint", str(error)))
                continue
            if earlier.size > _size(one.contents.checkpoint):
                raise invalid([Fault("/earlier_checkpoint", "it states more entries than the log holds")])
            return {**found, number: replace(one, contents=replace(one.contents, earlier=data))}
        raise invalid(faults)

    async def _opened(
        self, entries: Mapping[int, bytes], asked: Mapping[str, Any], by: By, number: int
    ) -> dict[int, Opened | OpenedAct | Closed]:
        """The decisions among the entries, and what was done about them or anything else; of single fields of some
        entries nothing else is opened.
        """
        if "disclose" in asked and "decisions" in asked:
            shown = asked["decisions"] if number == asked.get("log", 0) else ()
            entries = {index: entry for index, entry in entries.items() if index in shown}
        decisions = {index: entry for index, entry in entries.items() if orjson.loads(entry)["type"] == "scored"}
        told = asked["purpose"], asked.get("key", "review"), by
        opened = await self._openings.open(decisions, *told, log=number)
        return {**opened, **await self._act_openings.open(entries, *told)}


def _documents(contents: Contents, signer: SignerKey, number: int) -> Mapping[str, str]:
    """The documents that rest on this log; incidents are entries of log 0 alone, and so is their register."""
    checkpoint = Checkpoint.parse(Note.parse(contents.checkpoint).text)
    told = documents(read_grounds(contents.log, checkpoint), written(now()), signer)
    return {name: text for name, text in told.items() if number == 0 or name != REGISTER}


async def _head_of(log: Appender) -> Contents:
    """The log under the checkpoint that covers it as it is now, without an entry yet. Raises Problem (503)."""
    try:
        async with asyncio.timeout(_SIGNING_SECONDS):
            checkpoint = await log.covering(log.state.size - 1, _WITNESSING_SECONDS)
    except TimeoutError:
        raise unavailable("The log") from None
    return Contents(log.reader(), checkpoint, {}, {})


def _parts(
    logs: Mapping[int, tuple[StoredLog, int]],
    wanted: Mapping[int, Wanted] | Wanted,
    start: int,
    most_decisions: int | None,
) -> dict[int, Part]:
    """What is wanted, or as much of it as one pack takes, out of each of these logs from an index on."""
    if isinstance(wanted, Wanted):
        return {number: chosen(*log, wanted, start, most_decisions) for number, log in logs.items()}
    return {
        number: part(entries, start, most_decisions)
        for number, entries in named(logs, {number: wanted[number] for number in wanted if number in logs}).items()
    }


def _witnessed(checkpoint: bytes, log: VerifierKey, policy: Policy) -> dict[str, object]:
    """Whether the quorum that the log asks for has cosigned in time, and who has."""
    signed = [key for key in Note.parse(checkpoint).verified_by((log, *policy.keys)) if key != log]
    quorum = "none" if policy.quorum is None else "reached" if policy.satisfied_by(signed) else "missing"
    return {"quorum": quorum, "cosigned": [key.name for key in signed]}


def _size(checkpoint: bytes) -> int:
    return Checkpoint.parse(Note.parse(checkpoint).text).size
