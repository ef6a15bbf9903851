"""Searching the log: by time, type, methodology and, for decisions whose trail is kept, organisation.

The search is a form that is sent, so that nothing of it stands in an address; it leaves an entry with its purpose.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import web

from infra.pages.site import Site
from infra.pages.visit import Visit
from services.audit.acts import Act, Acts
from services.audit.officers.register import Officer
from services.audit.pages import words
from services.audit.pages.asking import day_of, is_day, purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.store import Store
from services.audit.tlog.appender import Appender
from services.audit.tlog.listing import Query, page_of, shown
from services.methodology.version import PUBLISHED, load

LIMIT = 25
_ASKED = ("type", "from", "to", "organisation", "methodology", "before")


@dataclass(frozen=True, slots=True)
class Found:
    """Entries with their places, and from where a further page goes on; None: that was all."""

    entries: list[dict[str, Any]]
    before: int | None


class SearchPages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, appender: Appender, store: Store, acts: Acts) -> None:
        self._site = site
        self._desk = desk
        self._appender = appender
        self._store = store
        self._acts = acts

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/entries", self._desk.needing("read", self.form)),
            self._site.post("/entries", self._desk.needing("read", self.search)),
        ]

    async def form(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """What may be asked."""
        return self._page(visit, officer)

    async def search(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The entries, once the search is recorded."""
        visit.form = visit.form.wrong(_mistakes(visit))
        if visit.form.mistakes:
            return self._page(visit, officer, status=422)
        query, organisation = _query(visit), visit.form.get("organisation")
        found = await (self._of(organisation, query) if organisation else self._all(query))
        asked = "&".join(f"{name}={visit.form.get(name)}" for name in _ASKED if visit.form.get(name))
        fields = (("purpose", visit.form.get("purpose")), ("query", asked))
        await self._acts.record(Act("search", fields, by=officer.by))
        return self._page(visit, officer, found=found)

    async def _all(self, query: Query) -> Found:
        page = await asyncio.to_thread(page_of, self._appender.reader(), query)
        return Found(page["entries"], (page["next"] or {}).get("before"))

    async def _of(self, organisation: str, query: Query) -> Found:
        """The organisation's decisions. Which they are is known as long as their trails are kept."""
        log = self._appender.reader()
        below = log.state.size if query.below is None else query.below
        indices = await self._store.indices_of_tenant(organisation, below, LIMIT)
        entries = [shown(index, await asyncio.to_thread(log.entry, index)) for index in indices if index < below]
        more = indices[-1] if len(indices) == LIMIT and indices[-1] else None
        return Found([one for one in entries if query.takes(one["entry"])], more)

    def _page(self, visit: Visit, officer: Officer, *, found: Found | None = None, status: int = 200) -> web.Response:
        entries = found.entries if found else []
        told = [
            {**one, "said": words.said(visit, one["entry"]), "by": words.actor(visit, one["entry"])}
            for one in entries
        ]
        kinds = [("", visit.says("any"))] + [(name, said) for name, said in words.types(visit).items()]
        versions = [("", visit.says("any"))] + [(name, name) for name in PUBLISHED]
        size = self._appender.state.size
        return visit.page(
            "search.html",
            status=status,
            officer=officer,
            found=found,
            entries=told,
            kinds=kinds,
            versions=versions,
            size=size,
        )


def _query(visit: Visit) -> Query:
    form = visit.form
    version, since, until, before = (form.get(name) for name in ("methodology", "from", "to", "before"))
    return Query(
        limit=LIMIT,
        below=int(before) if before else None,
        kind=form.get("type") or None,
        since=f"{since}T00:00:00Z" if since else None,
        until=f"{day_of(until) + timedelta(days=1)}T00:00:00Z" if until else None,
        methodology=load(version).hash if version else None,
    )


def _mistakes(visit: Visit) -> dict[str, str]:
    form, found = visit.form, {}
    if not purpose_fits(form.get("purpose")):
        found["purpose"] = purpose_mistake(visit)
    for name in ("from", "to"):
        if not is_day(form.get(name)):
            found[name] = visit.says("Enter a day such as 2026-11-23, or leave it empty.")
    if form.get("type") and form.get("type") not in words.types(visit):
        found["type"] = visit.says("Choose one of the types.")
    if form.get("methodology") and form.get("methodology") not in PUBLISHED:
        found["methodology"] = visit.says("Choose one of the versions.")
    if form.get("before") and not re.fullmatch(r"[0-9]{1,15}", form.get("before")):
        found["before"] = visit.says("Search again from the newest entry.")
    return found
