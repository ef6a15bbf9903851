"""`careerpulse client`: what an HR platform does, from the command line."""

import asyncio
import csv
import json
import os
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial, update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import aiohttp
import click
from rich.console import Console
from rich.progress import Progress

from schemas.column_mapping import NotARow, read_mapping
from services.client.export import export
from services.client.platform import PAUSES, Later, Platform, Refused, faults, reason, told
from services.client.sample import made_up
from services.methodology.version import load

_SHOWN = 20
_Options = ParamSpec("_Options")
_file = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_key = click.option("--key", help="An Idempotency-Key: the same again doubles nobody.")


@click.group()
@click.option("--intake", envvar="INTAKE_URL", default="http://127.0.0.1:8080", show_default=True)
@click.option("--client-id", envvar="CAREERPULSE_CLIENT_ID", help="By CAREERPULSE_CLIENT_ID.")
@click.pass_context
def client(ctx: click.Context, intake: str, client_id: str | None) -> None:
    """Hand in for an organisation and fetch its results; its secret is read from CAREERPULSE_CLIENT_SECRET."""
    ctx.obj = partial(_logged_in, intake, client_id)


def _logged_in(intake: str, client_id: str | None) -> Platform:
    if client_id is None:
        raise click.UsageError("Name the organisation by CAREERPULSE_CLIENT_ID, or --client-id before the command.")
    secret = os.environ.get("CAREERPULSE_CLIENT_SECRET") or click.prompt("Client secret", hide_input=True)
    return Platform(intake, client_id, secret)


def _for_platform(command: Callable[Concatenate[Platform, _Options], None]) -> Callable[_Options, None]:
    """Log in when the command begins: its --help, and what needs no server, asks for no credentials."""

    def begun(ctx: click.Context, /, *options: _Options.args, **named: _Options.kwargs) -> None:
        command(ctx.obj(), *options, **named)

    return update_wrapper(click.pass_context(begun), command)


@client.command()
@_file
@_key
@_for_platform
def stream(platform: Platform, file: Path, key: str | None) -> None:
    """Hand in FILE, one hand-in as JSON a line."""
    with file.open("rb") as lines:
        total = sum(1 for _ in lines)
    _run(_stream(platform, partial(_lines, file), total, key))


@client.command("import")
@_file
@click.option("--mapping", type=click.File("r", encoding="utf-8"), required=True, help="Which column goes where.")
@click.option("--dry-run", is_flag=True, help="Say what does not fit, and hand in nothing.")
@_key
@_for_platform
def import_(platform: Platform, file: Path, mapping: Any, dry_run: bool, key: str | None) -> None:
    """Hand in FILE, a CSV file with a header, by a column mapping."""
    try:
        columns = json.load(mapping)
        total = 0 if dry_run else sum(1 for _ in _rows(file, columns))
    except (csv.Error, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if dry_run:
        _run(_dry_run(platform, file, columns))
    else:
        _run(_stream(platform, lambda: (json.dumps(one).encode() for one in _rows(file, columns)), total, key))


@client.command()
@click.option("--people", type=click.IntRange(1, 1_000_000), default=20, show_default=True)
@click.option("--as-of", default="2026-11", show_default=True, help="The month that all were assessed in.")
def sample(people: int, as_of: str) -> None:
    """Print made-up hand-ins for a sandbox, one JSON document a line: for the same options the same ones."""
    version = load()
    for number in range(people):
        click.echo(json.dumps(made_up(number, as_of, version)))


@client.command()
@click.option("--after", type=int, default=0, show_default=True, help="Begin after this sequence.")
@click.option("--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@_for_platform
def results(platform: Platform, after: int, follow: bool) -> None:
    """Print what has ended, one JSON document a line."""
    _run(_print(platform, after, follow))


@client.command("export")
@_for_platform
def export_(platform: Platform) -> None:
    """Print all that is the organisation's, one JSON document a line, to be kept before its contract ends."""
    _run(_export(platform))


async def _stream(platform: Platform, lines: Callable[[], Iterator[bytes]], total: int, key: str | None) -> int:
    found: Counter[bool] = Counter()
    if key is None:
        # Told before anything is sent: whatever breaks, the file can be sent again and doubles nobody.
        key = str(uuid.uuid4())
        click.echo(f"if it breaks for good, send the file again within 48 hours with --key {key}", err=True)
    async with platform:
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("handed in", total=total)

            def say(told: str) -> None:
                progress.console.print(told, markup=False, soft_wrap=True)

            def again(why: str, pause: float) -> None:
                say(f"after {found.total()} lines: {why}; going on under the same key in {pause:g} s")

            try:
                async for answer in platform.stream(lines, key, again):
                    progress.advance(task)
                    found[answer["status"] < 400] += 1
                    if answer["status"] >= 400:
                        say(f"line {answer['line']}: {told(answer['problem'])}")
            except (aiohttp.ClientError, TimeoutError, Later) as error:
                say(f"gave up after {len(PAUSES)} tries in vain: {reason(error)}")
                say(f"send the file again within 48 hours with --key {key}")
    left = total - found.total()
    click.echo(f"{found[True]} accepted, {found[False]} refused" + (f", {left} not answered" if left > 0 else ""))
    return 1 if found[False] or left > 0 else 0


async def _dry_run(platform: Platform, file: Path, mapping: object) -> int:
    found: Counter[bool] = Counter()
    async with platform:
        async for answer in platform.tried(file, mapping):
            found[fits := answer["status"] < 400] += 1
            if not fits and found[False] <= _SHOWN:
                click.echo("\n".join(f"line {answer['line']}: {fault}" for fault in faults(answer["problem"])))
    if found[False] > _SHOWN:
        click.echo(f"and {found[False] - _SHOWN} more lines")
    click.echo(f"{found[True]} fit, {found[False]} do not; nothing was handed in")
    return 1 if found[False] else 0


async def _print(platform: Platform, after: int, follow: bool) -> int:
    async with platform:
        ended: AsyncIterator[dict[str, Any]] = platform.follow(after, _say) if follow else platform.results(after)
        async for one in ended:
            click.echo(json.dumps(one))
    return 0


def _say(why: str, pause: float) -> None:
    click.echo(f"{why}; going on in {pause:g} s", err=True)


async def _export(platform: Platform) -> int:
    async with platform:
        async for one in export(platform):
            click.echo(json.dumps(one))
    return 0


def _run(work: Any) -> None:
    try:
        sys.exit(asyncio.run(work))
    except Refused as error:
        raise click.ClickException(str(error)) from error
    except (aiohttp.ClientError, TimeoutError) as error:
        raise click.ClickException(reason(error)) from error
    except KeyboardInterrupt:
        sys.exit(130)


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as lines:
        yield from lines


def _rows(file: Path, document: Any) -> Iterator[dict[str, Any]]:
    """The hand-in of each row. Raises ValueError for a mapping or a row that cannot be used, and csv.Error."""
    mapping = read_mapping(document)
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, delimiter=mapping.delimiter, strict=True)
        table = mapping.below(next(rows, []))
        for number, row in enumerate(rows, start=2):
            if row:
                try:
                    yield table.hand_in(row)
                except NotARow as error:
                    raise NotARow(f"row {number}: {error}") from None
