"""Searching the log: by time, type, methodology and, for decisions whose trail is kept, organisation.

The search is a form that is sent, so that nothing of it stands in an address; it leaves an entry with its purpose.
The session keeps what was asked, and over how many entries: who looks at it again, by the browser's Back or in the
other language, sees the same ones and leaves no further entry.
"""

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from infra.pages.form import Form
from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.acts import Act, Acts
from services.audit.officers.register import Officer
from services.audit.pages import words
from services.audit.pages.asking import day_of, is_day, purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.store import Store
from services.audit.tlog.listing import Query, page_of, shown
from services.audit.tlog.logs import Logs
from services.methodology.version import PUBLISHED, load

LIMIT = 25
_ASKED = ("log", "type", "from", "to", "organisation", "methodology", "before")
_KEPT = "search"
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Found:
    """Entries with their places, and from where a further page goes on; None: that was all."""

    entries: list[dict[str, Any]]
    before: int | None


class SearchPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, logs: Logs, store: Store, acts: Acts) -> None:
        self._site = site
        self._desk = desk
        self._logs = logs
        self._store = store
        self._acts = acts

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/entries", self._desk.needing("read", self.show)),
            self._desk.form(self._site, "/entries", "read", self.search, self.again),
        ]

    async def show(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """What may be asked, and what was found by what was asked last."""
        kept = json.loads(visit.session.get(_KEPT) or "{}")
        if not kept:
            return await self._page(visit, officer)
        visit.form = Form({name: [value] for name, value in kept["asked"].items()})
        query, organisation = _query(visit, kept["size"]), visit.form.get("organisation")
        number = int(visit.form.get("log") or 0)
        found = await (self._of(organisation, query, number) if organisation else self._all(query, number))
        return await self._page(visit, officer, found=found)

    async def again(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The form as it is being filled in, in another language."""
        return await self._page(visit, officer)

    async def search(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """To the entries, once the search is recorded."""
        visit.form = visit.form.wrong(_mistakes(visit, len(self._logs)))
        if visit.form.mistakes:
            return await self._page(visit, officer, status=422)
        asked = {name: value for name in _ASKED if (value := visit.form.get(name))}
        written = "&".join(f"{name}={value}" for name, value in asked.items())
        purpose = visit.form.get("purpose")
        await self._acts.record(Act("search", (("purpose", purpose), ("query", written)), by=officer.by))
        kept = {"asked": {**asked, "purpose": purpose}, "size": self._logs[int(asked.get("log", 0))].state.size}
        visit.session.put(**{_KEPT: json.dumps(kept, ensure_ascii=False)})
        return visit.see_other("/entries")

    async def _all(self, query: Query, number: int) -> Found:
        page = await asyncio.to_thread(page_of, self._logs[number].reader(), query, number)
        return Found(page["entries"], (page["next"] or {}).get("before"))

    async def _of(self, organisation: str, query: Query, number: int) -> Found:
        """The organisation's decisions. Which they are is known as long as their trails are kept."""
        log = self._logs[number].reader()
        below = query.below or 0
        indices = await self._store.indices_of_tenant(organisation, below, LIMIT, number)
        entries = [
            shown(number, index, await asyncio.to_thread(log.entry, index)) for index in indices if index < below
        ]
        more = indices[-1] if len(indices) == LIMIT and indices[-1] else None
        return Found([one for one in entries if query.takes(one["entry"])], more)

    async def _page(
        self, visit: Visit, officer: Officer, *, found: Found | None = None, status: int = 200
    ) -> web.Response:
        entries = found.entries if found else []
        types, hashes = words.types(visit), {load(version).hash: version for version in PUBLISHED}
        number = entries[0]["log"] if entries else 0
        organisations = await self._store.tenants_at([one["index"] for one in entries], number)
        told = [
            {
                **one,
                "said": types.get(one["entry"]["type"], one["entry"]["type"]),
                "by": words.actor(visit, one["entry"]),
                "organisation": organisations.get(one["index"], ""),
                "version": hashes.get(one["entry"].get("methodology"), ""),
            }
            for one in entries
        ]
        kinds = [("", visit.says("any")), *types.items()]
        versions = [("", visit.says("any"))] + [(name, name) for name in PUBLISHED]
        return visit.page(
            "search.html",
            status=status,
            officer=officer,
            found=found,
            entries=told,
            kinds=kinds,
            versions=versions,
            size=self._logs.size,
            logs=[(str(number), log.state.key.name) for number, log in enumerate(self._logs)],
        )


def _query(visit: Visit, size: int) -> Query:
    """What the form asks of the first `size` entries."""
    form = visit.form
    version, since, until, before = (form.get(name) for name in ("methodology", "from", "to", "before"))
    return Query(
        limit=LIMIT,
        below=min(int(before), size) if before else size,
        kind=form.get("type") or None,
        since=f"{since}T00:00:00Z" if since else None,
        until=f"{day_of(until) + timedelta(days=1)}T00:00:00Z" if until else None,
        methodology=load(version).hash if version else None,
    )


def _mistakes(visit: Visit, logs: int) -> dict[str, str]:
    form, found = visit.form, {}
    if form.get("log") not in ("", *map(str, range(logs))):
        found["log"] = visit.says("Choose one of the logs.")
    if not purpose_fits(form.get("purpose")):
        found["purpose"] = purpose_mistake(visit)
    for name in ("from", "to"):
        if not is_day(form.get(name)):
            found[name] = visit.says("Enter a day such as 2026-11-23, or leave it empty.")
    if form.get("type") and form.get("type") not in words.types(visit):
        found["type"] = visit.says("Choose one of the types.")
    if form.get("methodology") and form.get("methodology") not in PUBLISHED:
        found["methodology"] = visit.says("Choose one of the versions.")
    if len(form.get("organisation")) > _LONGEST_ID:
        found["organisation"] = visit.says("An organisation's id has at most %(most)s characters.", most=_LONGEST_ID)
    if form.get("before") and not re.fullmatch(r"[0-9]{1,15}", form.get("before")):
        found["before"] = visit.says("Search again from the newest entry.")
    return found
