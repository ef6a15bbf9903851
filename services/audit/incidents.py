"""Incidents as acts: recorded, and reported to an authority, which stops the clock. What happened is sealed.

Each is an entry of the log; the clocks are read again from the sealed fields of these entries.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import orjson

from infra.clock import now
from infra.http.problems import Problem, invalid, not_found
from schemas.faults import Fault
from schemas.incident import IncidentKind
from services.audit.acts import Act, Acts, By, OwnAct
from services.audit.documents.clocks import report_by
from services.audit.documents.incident_report import Incident
from services.audit.tlog.at import At
from services.audit.tlog.logs import Logs

_KINDS: tuple[IncidentKind, ...] = get_args(IncidentKind)


@dataclass(frozen=True, slots=True)
class Running:
    """A recorded incident: where the entries stand that it concerns, and when it was reported, if it was."""

    entry: str
    kind: IncidentKind
    aware_at: datetime
    what: str
    entries: tuple[At, ...]
    recorded_at: datetime
    recorded_by: str
    reported_at: datetime | None = None
    reported_to: str = ""

    @property
    def report_by(self) -> datetime:
        """The end of its clock."""
        return report_by(self.kind, self.aware_at)


class Incidents:
    """The register."""

    def __init__(self, logs: Logs, acts: Acts) -> None:
        self._logs = logs
        self._acts = acts

    async def record(
        self, kind: IncidentKind, aware_at: str, what: str, entries: Mapping[str, At], *, by: By
    ) -> Incident:
        """Record one, which starts its clock; the entries that it concerns come by the pointers that name them.

        Raises Problem (422) for a time or an entry that cannot be.
        """
        moment = _aware(aware_at)
        self._demand(entries)
        leaves = await asyncio.to_thread(self._leaves, entries.values())
        concerned = orjson.dumps([_kept(at) for at, _ in leaves]).decode()
        told = (("kind", kind), ("aware_at", aware_at), ("what", what), ("entries", concerned))
        (entry,) = await self._acts.record(Act("incident", told, by=by))
        return Incident(kind, moment, what, entry, leaves)

    async def report(self, entry: str, to: str, by: By) -> None:
        """It was reported to this authority. Raises Problem: 404 for an unknown one, 409 the second time."""
        one = await self.one(entry)
        if one.reported_at is not None:
            raise Problem(409, "reported", "Reported before", "The clock of this incident has been stopped.")
        await self._acts.record(Act("incident-reported", (("incident", entry), ("to", to)), by=by))

    async def listed(self) -> list[Running]:
        """All of them: those whose clock runs first, the nearest end before the others."""
        acts = await self._acts.of_ours("incident", "incident-reported")
        ended = {one.fields["incident"]: one for one in acts if one.entry_type == "incident-reported"}
        found = [_running(one, ended.get(one.entry)) for one in acts if one.entry_type == "incident"]
        return sorted(found, key=lambda one: (one.reported_at is not None, one.report_by))

    async def one(self, entry: str) -> Running:
        """One of them, by the id of its entry. Raises Problem (404)."""
        for one in await self.listed():
            if one.entry == entry:
                return one
        raise not_found("incident")

    async def draft_of(self, entry: str) -> Incident:
        """What the draft of its report is written from. Raises Problem (404)."""
        one = await self.one(entry)
        leaves = await asyncio.to_thread(self._leaves, one.entries)
        return Incident(one.kind, one.aware_at, one.what, one.entry, leaves)

    def _demand(self, entries: Mapping[str, At]) -> None:
        """Raises Problem (422) naming what no log holds."""
        sizes = {number: log.state.size for number, log in enumerate(self._logs)}
        unknown = [
            Fault(pointer, f"log {at.log} holds {sizes.get(at.log, 0)} entries, none at {at.index}")
            for pointer, at in entries.items()
            if at.index >= sizes.get(at.log, 0)
        ]
        if unknown:
            raise invalid(unknown)

    def _leaves(self, entries: Iterable[At]) -> list[tuple[At, Mapping[str, Any]]]:
        """The entries that it concerns, by where they stand."""
        logs = [log.reader() for log in self._logs]
        return [(at, orjson.loads(logs[at.log].entry(at.index))) for at in sorted(set(entries))]


def _kept(at: At) -> int | str:
    """How a field of the entry names it; an index alone is one of log 0, as where there was no other yet."""
    return str(at) if at.log else at.index


def _aware(text: str) -> datetime:
    """Since when the incident is known. Raises Problem (422) for no time, and for one to come."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid([Fault("/aware_at", "a time in UTC such as 2026-11-23T18:00:00Z")]) from None
    if moment > now():
        raise invalid([Fault("/aware_at", "it lies ahead; awareness is a past moment")])
    return moment


def _running(act: OwnAct, reported: OwnAct | None) -> Running:
    kind = next(one for one in _KINDS if one == act.fields["kind"])
    return Running(
        act.entry,
        kind,
        datetime.fromisoformat(act.fields["aware_at"]),
        act.fields["what"],
        tuple(At.parse(str(at)) for at in orjson.loads(act.fields["entries"])),
        _moment(act.done_at),
        act.fields.get("officer", ""),
        None if reported is None else _moment(reported.done_at),
        "" if reported is None else reported.fields["to"],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
