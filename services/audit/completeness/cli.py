"""`careerpulse audit complete`: whether anything is missing from the log in a period, and what.

Exit codes: 0 complete, 1 something is missing or broken, 2 it could not be checked.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import click
from aiokafka.errors import KafkaError

from services.audit.completeness.check import Outcome, as_one, check
from services.audit.completeness.findings import Gap, Period, Tally
from services.audit.printing import give_up, print_table
from services.audit.tlog.note import VerifierKey
from services.audit.tlog.places import is_log, logs_beside
from services.audit.tlog.seams import Seams
from services.audit.tlog.sources import Files, directory_source, web_source
from services.audit.tlog.verify import verify

_SHOWN = 50
_USUAL = ".careerpulse/log"
_WEB = ("http://", "https://")
_COMPLETE = "complete: every received one has its one end, and no source has a hole"
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")


class Time(click.ParamType):
    """A day or a moment in UTC, compared as entries write them."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself, where it is one."""
        if not _TIME.fullmatch(value):
            self.fail(f"{value} must be like 2026-01-31 or 2026-01-31T08:15:00Z", param, ctx)
        return value


@click.command()
@click.argument("places", metavar="[DIR_OR_URL]...", nargs=-1)
@click.option("--from", "start", type=Time(), help="Only what was received from then on (UTC).")
@click.option("--to", "end", type=Time(), help="Only what was received before then (UTC).")
@click.option("--broker", envvar="KAFKA_BOOTSTRAP_SERVERS", help="Hold the log against this broker too.")
@click.option("--vkey", type=click.Path(path_type=Path), multiple=True, help="A file with a log's verifier key.")
@click.option("--token-file", type=click.Path(path_type=Path), help="An auditor's token, to fetch from a URL.")
def complete(
    *,
    places: tuple[str, ...],
    start: str | None,
    end: str | None,
    broker: str | None,
    vkey: tuple[Path, ...],
    token_file: Path | None,
) -> None:
    """Prove that nothing is missing from a log, or name what is.

    DIR is the log's own directory, by default .careerpulse/log, or s3://bucket/prefix, or an export of it. Of several
    logs of one service give all, and of --vkey as many; those that lie beside the first are taken by themselves. With
    --broker, which needs the logs themselves, also what the broker knows: what scoring has done, what was deleted
    unread, and that every record has its entry.
    """
    period = Period(start, end)
    places = places or (_USUAL,)
    try:
        outcome = _outcome(places, period, broker, vkey, token_file)
    except (OSError, ValueError, KafkaError) as error:
        give_up(str(error) or type(error).__name__)
    _print(outcome, ", ".join(places), asked=broker is not None)


def _outcome(
    places: tuple[str, ...], period: Period, broker: str | None, vkeys: tuple[Path, ...], token_file: Path | None
) -> Outcome:
    given = [VerifierKey.parse(vkey.read_text().strip()) for vkey in vkeys]
    own = [not place.startswith(_WEB) and is_log(place) for place in places]
    if all(own):
        stored = logs_beside(places[0]) if len(places) == 1 and not given else places
        return asyncio.run(check(stored, period, broker, given))
    if broker:
        other = places[own.index(False)]
        raise ValueError(f"{other} is not the log's own directory, and only that can be held against a broker")
    if given and len(given) != len(places):
        raise ValueError(f"{len(places)} logs have {len(places)} keys; {len(given)} were given")
    sources = [_source(place, token_file) for place in places]
    tally, seams = Tally(period), Seams() if len(places) > 1 else None
    keys = given or [VerifierKey.parse(source.vkey()) for source in sources]
    reports = [verify(source, key, visit=tally.take, seams=seams) for source, key in zip(sources, keys, strict=True)]
    return Outcome(as_one(reports, seams), tally, tally.gaps())


def _source(place: str, token_file: Path | None) -> Files:
    if place.startswith(_WEB):
        return web_source(place, token_file.read_text().strip() if token_file else None)
    return directory_source(Path(place))


def _print(outcome: Outcome, place: str, asked: bool) -> None:
    tally, finding = outcome.tally, outcome.report.finding
    ends = ", ".join(f"{count:,} {name}" for name, count in tally.ends.items()) or "none"
    rows = [
        ("Log", place),
        ("Entries", f"{outcome.report.entries:,} recomputed"),
        ("Period", f"from {tally.period.start or 'the beginning'} to {tally.period.end or 'now'}"),
        ("Received", f"{tally.received:,}"),
        ("Ended", f"{tally.ends.total():,} ({ends})"),
        ("In work", f"{tally.in_work:,}"),
        *((source, f"{count:,} entries") for source, count in sorted(tally.outboxes.items())),
    ]
    if outcome.records is not None:
        rows.append(("Broker", f"{outcome.records:,} records, each held against the log"))
    elif not asked:
        rows.append(("Broker", "not asked; with --broker also what it knows is checked"))
    if finding is not None:
        print_table(*rows, ("Result", f"BROKEN at {finding.place}: {finding.message}"))
    elif outcome.gaps:
        print_table(*rows, ("Result", f"INCOMPLETE: {len(outcome.gaps):,} missing"), *_shown(outcome.gaps))
    else:
        print_table(*rows, ("Result", _COMPLETE if asked else f"as far as the entries say, {_COMPLETE}"))
        return
    raise SystemExit(1)


def _shown(gaps: list[Gap]) -> list[tuple[str, str]]:
    rows = [("Missing", f"{gap.source}: {gap.message}") for gap in gaps[:_SHOWN]]
    if len(gaps) > _SHOWN:
        rows.append(("", f"and {len(gaps) - _SHOWN:,} more"))
    return rows
