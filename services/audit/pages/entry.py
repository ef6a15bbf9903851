"""One entry: what it says, the proof that it is in the log and, for a stated purpose, the decision behind it."""

import asyncio
from typing import Any

import orjson
from aiohttp import web

from infra.crypto.tree_hash import leaf_hash
from infra.http.problems import Problem, not_found
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.purposes import Purpose
from services.audit.act_openings import ActOpenings, OpenedAct
from services.audit.entries_api import proof_of
from services.audit.officers.register import Officer
from services.audit.openings import Closed, Opened, Openings
from services.audit.pages import words
from services.audit.pages.asking import purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.pages.proof_path import drawn
from services.audit.pages.trail import decision
from services.audit.tlog.at import WRITTEN, At
from services.audit.tlog.logs import Logs
from services.audit.tlog.merkle import ProofError
from services.audit.tlog.note import Note, VerifierKey
from services.audit.tlog.proof import Proof

_ENTRY = f"/entries/{{index:{WRITTEN}}}"
_KEYS: dict[str, Purpose] = {"review": "review", "access": "access"}


class EntryPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, logs: Logs, openings: Openings, act_openings: ActOpenings) -> None:
        self._site = site
        self._desk = desk
        self._logs = logs
        self._openings = openings
        self._act_openings = act_openings

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get(_ENTRY, self._desk.needing("read", self.show)),
            self._desk.form(self._site, _ENTRY, "read", self.open, self.show),
            self._desk.form(self._site, f"{_ENTRY}/act", "read", self.open_act, self.show),
            self._site.get(f"{_ENTRY}/proof", self._desk.needing("read", self.take_along)),
        ]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The entry and its proof; what is sealed stays sealed."""
        at, entry = await self._entry(visit)
        return await self._page(visit, officer, at, entry)

    async def open(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The entry with its decision, opened for the purpose that the form states."""
        at, entry = await self._entry(visit)
        mistakes = {} if purpose_fits(visit.form.get("purpose")) else {"purpose": purpose_mistake(visit)}
        key = _KEYS.get(visit.form.get("key"))
        if key is None:
            mistakes["key"] = visit.says("Choose what the decision is opened for.")
        if mistakes or key is None:
            visit.form = visit.form.wrong(mistakes)
            return await self._page(visit, officer, at, entry, status=422)
        told = visit.form.get("purpose"), key, officer.by
        found = await self._openings.open({at.index: entry}, *told, log=at.log)
        if (opened := found.get(at.index)) is None:
            raise not_found("trail")
        return await self._page(visit, officer, at, entry, opened=opened)

    async def open_act(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The entry with who did it and why, opened for the purpose that the form states."""
        at, entry = await self._entry(visit)
        purpose = visit.form.get("purpose")
        if not purpose_fits(purpose):
            visit.form = visit.form.wrong({"purpose": purpose_mistake(visit)})
            return await self._page(visit, officer, at, entry, status=422)
        found = await self._act_openings.open({at.index: entry}, purpose, "review", officer.by)
        opened = found.get(at.index)
        if opened is None:
            raise not_found("act")
        return await self._page(visit, officer, at, entry, opened=opened)

    async def take_along(self, visit: Visit, _: Officer) -> web.StreamResponse:
        """The proof as a C2SP tlog-proof."""
        at, _entry = await self._entry(visit)
        return web.Response(
            body=await proof_of(self._logs[at.log], at.index),
            headers={
                "Content-Type": "text/plain; charset=utf-8",
                "Content-Disposition": f'attachment; filename="entry-{at}.tlog-proof"',
            },
        )

    async def _entry(self, visit: Visit) -> tuple[At, bytes]:
        at = At.parse(visit.request.match_info["index"])
        try:
            return at, await asyncio.to_thread(self._logs[at.log].reader().entry, at.index)
        except (FileNotFoundError, IndexError):
            raise not_found("entry") from None

    async def _page(
        self,
        visit: Visit,
        officer: Officer,
        at: At,
        entry: bytes,
        *,
        opened: Opened | OpenedAct | Closed | None = None,
        status: int = 200,
    ) -> web.Response:
        proof = Proof.parse(await proof_of(self._logs[at.log], at.index))
        key = VerifierKey.parse(self._logs[at.log].vkey)
        try:
            proof.verify(entry, key)
            chart, checkpoint = drawn(visit, entry, proof)
        except ProofError as error:
            raise Problem(500, "broken", "The log is broken", str(error)) from error
        fields: dict[str, Any] = orjson.loads(entry)
        return visit.page(
            "entry.html",
            status=status,
            officer=officer,
            at=at,
            several=len(self._logs) > 1,
            size=self._logs[at.log].state.size,
            entry=fields,
            said=words.said(visit, fields),
            by=words.actor(visit, fields),
            leaf=leaf_hash(entry).hex(),
            chart_of_proof=chart,
            checkpoint=checkpoint,
            signed_by=[signature.name for signature in Note.parse(proof.checkpoint).signatures],
            closed=opened.reason if isinstance(opened, Closed) else None,
            decision=decision(visit, opened) if isinstance(opened, Opened) else None,
            has_act=isinstance(opened, OpenedAct) or await self._act_openings.is_kept(entry),
            act=_told(visit, opened) if isinstance(opened, OpenedAct) else None,
        )


def _told(visit: Visit, act: OpenedAct) -> list[tuple[str, str, str]]:
    """Of each field its name in words, its value, and the salt that binds it."""
    return [(words.field(visit, one.name), one.value.decode(), one.salt.hex()) for one in act.fields]
