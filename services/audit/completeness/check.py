"""Checking logs for completeness where they lie themselves: recomputed, counted, and held against the broker.

Several logs of one service are one account: what one lacks, another has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from services.audit.completeness.broker_view import BrokerView, behind, broker_view, without_entry
from services.audit.completeness.findings import Gap, Period, Tally
from services.audit.completeness.kept import kept_findings
from services.audit.reading.positions import Partition, positions
from services.audit.tlog.logs import highest
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.seams import Seams
from services.audit.tlog.search import find_entries
from services.audit.tlog.stored import StoredLog, stored_log
from services.audit.tlog.verify import Progress, Report, check_stored

_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.2


@dataclass(slots=True)
class Outcome:
    """What was found: the log recomputed, its entries counted, what is missing, what the broker holds."""

    report: Report
    tally: Tally
    gaps: list[Gap] = field(default_factory=list)
    records: int | None = None


async def check(
    places: Sequence[str | Path],
    period: Period,
    broker: str | None,
    given: Sequence[VerifierKey] = (),
    progress: Progress | None = None,
) -> Outcome:
    """Check logs where they lie themselves, with `broker` also against that; `given` are their keys, in their order.

    Raises OSError, ValueError, KafkaError.
    """
    if broker is None:
        stored = [stored_log(place) for place in places]
        outcome = await asyncio.to_thread(_scanned, stored, period, given, progress)
        outcome.gaps += outcome.tally.gaps()
        return outcome
    async with broker_view(broker) as view:
        late = await _caught_up(places, view)
        stored = [stored_log(place) for place in places]
        outcome = await asyncio.to_thread(_scanned, stored, period, given, progress)
        outcome.gaps += [
            Gap(one.source, f"what lies before offset {one.end} is not yet in the log", "not-read") for one in late
        ]
        outcome.gaps += [
            Gap(one.source, one.message, "not-read" if one.blocking else "deleted")
            for one in positions(view.partitions, _read_to(stored)).findings
        ]
        outcome.gaps += outcome.tally.gaps(await view.stands())
        if outcome.report.sound:
            await _hold_records(view, stored, outcome)
    return outcome


async def _caught_up(places: Sequence[str | Path], view: BrokerView) -> list[Partition]:
    """Wait until the logs have read what the broker held; the partitions where they have not come so far in time."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _PATIENCE_SECONDS
    while True:
        late = behind(view.partitions, _read_to([stored_log(place) for place in places]))
        if not late or clock() >= deadline:
            return late
        await asyncio.sleep(_PAUSE_SECONDS)


def _read_to(stored: Sequence[StoredLog]) -> dict[str, int]:
    return highest(one.state.offsets for one in stored)


def _scanned(
    stored: Sequence[StoredLog], period: Period, given: Sequence[VerifierKey], progress: Progress | None
) -> Outcome:
    tally, seams = Tally(period), Seams() if len(stored) > 1 else None
    keys = given or [one.state.key for one in stored]
    if len(keys) != len(stored):
        raise ValueError(f"{len(stored)} logs have {len(stored)} keys; {len(keys)} were given")
    before, whole, reports = 0, sum(one.state.size for one in stored), []
    for one, key in zip(stored, keys, strict=True):
        told = None if progress is None else partial(_told, progress, before, whole)
        reports.append(check_stored(one, key, progress=told, visit=tally.take, seams=seams))
        before += one.state.size
    return Outcome(as_one(reports, seams), tally, [gap for one in stored for gap in kept_findings(one.state)])


def _told(progress: Progress, before: int, whole: int, entries: int, _: int) -> None:
    progress(before + entries, whole)


def as_one(reports: Sequence[Report], seams: Seams | None) -> Report:
    """What was found in all logs: the entries of all, and the first finding."""
    found = [one.finding for one in reports if one.finding is not None]
    if seams is not None and not found and (seam := seams.finding()) is not None:
        found.append(seam)
    entries = sum(one.entries for one in reports)
    return replace(reports[0], entries=entries, finding=found[0] if found else None)


async def _hold_records(view: BrokerView, stored: Sequence[StoredLog], outcome: Outcome) -> None:
    """Ask of every record that the broker still holds whether it has its entry."""
    outcome.records = 0
    read_to = _read_to(stored)
    doubtful: list[tuple[Gap, str | None]] = []
    async for record in view.records():
        source = f"{record.topic}/{record.partition}"
        if record.offset >= read_to.get(source, 0):
            continue
        outcome.records += 1
        if (missing := without_entry(record, outcome.tally)) is not None:
            doubtful.append(missing)
    ids = {identity for _, identity in doubtful if identity is not None}
    known = {found for one in stored for found in await asyncio.to_thread(find_entries, one, ids)}
    found = [gap for gap, identity in doubtful if identity not in known]
    outcome.gaps = list(dict.fromkeys([*outcome.gaps, *found]))
