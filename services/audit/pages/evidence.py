"""The builder of evidence packs: what it is for, what it holds, and how far it is while the download runs."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from infra.http.problems import Problem, log_defect
from infra.pages.form import Form
from infra.pages.site import Site
from infra.pages.visit import Visit
from schemas.evidence import MOST_DECISIONS
from services.audit.evidence.chosen import MOST_ENTRIES
from services.audit.evidence.pack import MOST_LETTERS
from services.audit.evidence.packs import Pack, Packs, begun
from services.audit.evidence.under_way import Order, UnderWay
from services.audit.officers.register import Officer
from services.audit.pages.asking import day_of, is_day, purpose_fits, purpose_mistake
from services.audit.pages.desk import Desk
from services.audit.tlog.logs import Logs
from services.methodology.version import PUBLISHED, load

_SELECTIONS = ("person", "decisions", "period", "methodology")
_KEYS = ("review", "access")
_TICKED = Form({"open": ["yes"], "letters": ["yes"], "documents": ["yes"]})
_INDEX = re.compile(r"[0-9]{1,15}")


class EvidencePages:
    """The handlers."""

    def __init__(self, site: Site, desk: Desk, packs: Packs, logs: Logs) -> None:
        self._site = site
        self._desk = desk
        self._packs = packs
        self._logs = logs
        self._orders = UnderWay()

    def table(self) -> list[web.RouteDef]:
        """All routes."""
        return [
            self._site.get("/evidence", self._desk.needing("read", self.form)),
            self._desk.form(self._site, "/evidence", "read", self.make, self.again),
        ]

    async def form(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """What may be asked for, and the officer's last packs."""
        visit.form = _TICKED
        return self._page(visit, officer)

    async def again(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The form as it is being filled in, in another language."""
        return self._page(visit, officer)

    async def make(self, visit: Visit, officer: Officer) -> web.StreamResponse:
        """The pack, written as it is sent; or the form again, with what is wrong."""
        if mistakes := _mistakes(visit, len(self._logs)):
            return self._wrong(visit, officer, mistakes)
        asked = _asked(visit.form)
        try:
            pack = await self._packs.ordered(asked, officer.by)
        except Problem as problem:
            if problem.status not in (404, 422):
                raise
            return self._wrong(visit, officer, _refused(visit, problem))
        order = self._orders.begin(officer.id, visit.form.get("what"), pack.contents.most_members())
        return await _sent(visit.request, pack, order)

    def _wrong(self, visit: Visit, officer: Officer, mistakes: Mapping[str, str]) -> web.Response:
        visit.form = visit.form.wrong(mistakes)
        return self._page(visit, officer, status=422)

    def _page(self, visit: Visit, officer: Officer, *, status: int = 200) -> web.Response:
        orders = self._orders.of(officer.id)
        return visit.page(
            "evidence.html",
            status=status,
            officer=officer,
            orders=orders,
            moving=any(one.state == "making" for one in orders),
            versions=[(name, name) for name in PUBLISHED],
            most=MOST_DECISIONS,
            logs=[(str(number), log.state.key.name) for number, log in enumerate(self._logs)],
            most_letters=MOST_LETTERS,
            most_entries=MOST_ENTRIES,
        )


async def _sent(request: web.Request, pack: Pack, order: Order) -> web.StreamResponse:
    """Write the pack. What breaks it off closes the connection: half a pack is never taken for a whole one."""
    response = await begun(request)
    try:
        async for piece in pack.pieces():
            await response.write(piece)
            order.made += 1
        await response.write_eof()
        order.state = "complete"
    except ConnectionError:
        pass  # the officer has gone; the order below says that it was broken off
    except Exception as error:
        log_defect(request, error)
        if request.transport is not None:
            request.transport.abort()
    finally:
        if order.state == "making":
            order.state = "broken-off"
    return response


def _asked(form: Form) -> dict[str, Any]:
    """The form as a document `AskForPack`. What does not fit was found before."""
    what = form.get("what")
    asked: dict[str, Any] = {"purpose": form.get("purpose"), "key": form.get("key")}
    asked |= {name: form.has(name, "yes") for name in ("open", "letters", "documents")}
    if what == "person":
        asked["person"] = _indices(form)[0]
    elif what == "decisions":
        asked["decisions"] = sorted(set(_indices(form)))
    elif what == "period":
        end = day_of(form.get("to")) + timedelta(days=1)
        asked["period"] = {"start": form.get("from"), "end": end.isoformat()}
    else:
        asked["methodology"] = load(form.get("methodology")).hash
    asked |= {name: int(form.get(name)) for name in ("log", "person_log") if form.get(name)}
    if form.get("start"):
        asked["start"] = int(form.get("start"))
    if form.get("earlier_checkpoint"):
        # A browser sends line ends as CR LF; a signed note has LF and ends with one.
        asked["earlier_checkpoint"] = form.get("earlier_checkpoint").replace("\r\n", "\n") + "\n"
    return asked


def _indices(form: Form) -> list[int]:
    words = re.split(r"[\s,;]+", form.get("entries"))
    return [int(word) for word in words if _INDEX.fullmatch(word)]


def _mistakes(visit: Visit, logs: int) -> dict[str, str]:
    form, found = visit.form, {}
    for name in ("log", "person_log"):
        if form.get(name) not in ("", *map(str, range(logs))):
            found[name] = visit.says("Choose one of the logs.")
    what = form.get("what")
    if what not in _SELECTIONS:
        found["what"] = visit.says("Choose what the pack is about.")
    if what in ("person", "decisions"):
        found |= _wrong_entries(visit, what)
    if what == "period":
        found |= _wrong_period(visit)
    if what == "methodology" and form.get("methodology") not in PUBLISHED:
        found["methodology"] = visit.says("Choose one of the versions.")
    if form.get("start") and not _INDEX.fullmatch(form.get("start")):
        found["start"] = visit.says("Enter the number at which the part before this one says that it goes on.")
    if form.get("key") not in _KEYS:
        found["key"] = visit.says("Choose what decisions are opened for.")
    if not purpose_fits(form.get("purpose")):
        found["purpose"] = purpose_mistake(visit)
    return found


def _wrong_entries(visit: Visit, what: str) -> dict[str, str]:
    words = [word for word in re.split(r"[\s,;]+", visit.form.get("entries")) if word]
    most = 1 if what == "person" else MOST_DECISIONS
    if 0 < len(words) <= most and all(_INDEX.fullmatch(word) for word in words):
        return {}
    if what == "person":
        return {"entries": visit.says("Enter the index of one decision of this person, for example 120.")}
    said = visit.says("Enter 1 to %(most)s indices of entries, for example 120, 121.", most=MOST_DECISIONS)
    return {"entries": said}


def _wrong_period(visit: Visit) -> dict[str, str]:
    form = visit.form
    days = [form.get(name) for name in ("from", "to")]
    found = {
        name: visit.says("Enter a day such as 2026-11-23.")
        for name, day in zip(("from", "to"), days, strict=True)
        if not day or not is_day(day)
    }
    if not found and date.fromisoformat(days[0]) > date.fromisoformat(days[1]):
        found["to"] = visit.says("The last day lies before the first one.")
    return found


def _refused(visit: Visit, problem: Problem) -> dict[str, str]:
    """What the order was refused for, beside the field that may mend it."""
    if problem.kind == "not-found":
        return {"what": visit.says("The log holds nothing that fits. Check the numbers, the days or the version.")}
    return {"earlier_checkpoint": visit.says("This is no earlier checkpoint of this log.")}
