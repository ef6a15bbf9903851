"""Checking a log for completeness where it lies itself: recomputed, counted, and held against the broker."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from services.audit.completeness.broker_view import BrokerView, behind, broker_view, without_entry
from services.audit.completeness.findings import Gap, Period, Tally
from services.audit.completeness.kept import kept_findings
from services.audit.reading.positions import Partition, positions
from services.audit.tlog.note import VerifierKey
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
    place: str | Path,
    period: Period,
    broker: str | None,
    given: VerifierKey | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Check a log where it lies itself, with `broker` also against that. Raises OSError, ValueError, KafkaError."""
    if broker is None:
        outcome = await asyncio.to_thread(_scanned, stored_log(place), period, given, progress)
        outcome.gaps += outcome.tally.gaps()
        return outcome
    async with broker_view(broker) as view:
        late = await _caught_up(place, view)
        stored = stored_log(place)
        outcome = await asyncio.to_thread(_scanned, stored, period, given, progress)
        outcome.gaps += [
            Gap(one.source, f"what lies before offset {one.end} is not yet in the log", "not-read") for one in late
        ]
        outcome.gaps += [
            Gap(one.source, one.message, "not-read" if one.blocking else "deleted")
            for one in positions(view.partitions, stored.state.offsets).findings
        ]
        outcome.gaps += outcome.tally.gaps(view.committed)
        if outcome.report.sound:
            await _hold_records(view, stored, outcome)
    return outcome


async def _caught_up(place: str | Path, view: BrokerView) -> list[Partition]:
    """Wait until the log has read what the broker held; the partitions where it has not come so far in time."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _PATIENCE_SECONDS
    while True:
        late = behind(view.partitions, stored_log(place).state.offsets)
        if not late or clock() >= deadline:
            return late
        await asyncio.sleep(_PAUSE_SECONDS)


def _scanned(stored: StoredLog, period: Period, given: VerifierKey | None, progress: Progress | None) -> Outcome:
    tally = Tally(period)
    report = check_stored(stored, given or stored.state.key, progress=progress, visit=tally.take)
    return Outcome(report, tally, kept_findings(stored.state))


async def _hold_records(view: BrokerView, stored: StoredLog, outcome: Outcome) -> None:
    """Ask of every record that the broker still holds whether it has its entry."""
    outcome.records = 0
    read_to = stored.state.offsets
    doubtful: list[tuple[Gap, str | None]] = []
    async for record in view.records():
        source = f"{record.topic}/{record.partition}"
        if record.offset >= read_to.get(source, 0):
            continue
        outcome.records += 1
        if (missing := without_entry(record, outcome.tally)) is not None:
            doubtful.append(missing)
    ids = {identity for _, identity in doubtful if identity is not None}
    known = await asyncio.to_thread(find_entries, stored, ids)
    found = [gap for gap, identity in doubtful if identity not in known]
    outcome.gaps = list(dict.fromkeys([*outcome.gaps, *found]))
