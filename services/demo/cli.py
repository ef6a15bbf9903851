"""`careerpulse demo`: start everything, walk the whole path, show what each user sees."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Any

import aiohttp
import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from infra.local.broker import BrokerError
from infra.local.child import ChildError
from infra.local.databases import DatabaseError
from infra.local.stack import Stack, StackError
from infra.local.topics import TopicError
from schemas.topics import TOPICS
from services.cli import DATA, RUN_SERVICE, broker_option, data_option, database_option
from services.demo.failure import StepFailed
from services.demo.officer import Officer
from services.demo.person import Assessed, Person
from services.demo.platform import Platform, token
from services.intake.cli import NotAdded, register
from services.methodology.report import dimensions, headline, heaviest
from services.methodology.version import load
from services.methodology.wording import Wording

console = Console(highlight=False)


@click.command()
@click.option("--once", is_flag=True, help="End after the walk instead of staying up.")
@click.option("--count", default=2_000, show_default=True, help="Employee assessments to stream.")
@broker_option
@database_option
@data_option
def demo(once: bool, count: int, broker: Any, database: str | None, data: Path = DATA) -> None:
    """Start everything on this machine and walk the whole path, from a hand-in to an erasure and a verified log."""
    try:
        asyncio.run(_demo(once, count, broker, database, data))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("all ended")
    except StepFailed as error:
        raise click.ClickException(f"a step failed: {error}") from error
    except (BrokerError, ChildError, DatabaseError, StackError, TopicError, NotAdded) as error:
        raise click.ClickException(str(error)) from error


async def _demo(once: bool, count: int, broker: Any, database: str | None, data: Path) -> None:
    if task := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    began = time.perf_counter()
    with console.status("starting a broker and four services"):
        stack = await Stack(
            data,
            RUN_SERVICE,
            TOPICS,
            broker=broker,
            database_url=database,
            extra={"ERASURE_WINDOW_SECONDS": "0"},
            notice=lambda text: console.print(f"[bold]broker[/]    {text}"),
        ).__aenter__()
    try:
        console.print(f"[bold]ready[/]     four services after {time.perf_counter() - began:.1f} s\n")
        await _walk(stack, count)
        _addresses(stack)
        if not once:
            console.print("Ctrl-C ends all")
            raise click.ClickException(await stack.broken())
    finally:
        await stack.__aexit__(None, None, None)


async def _walk(stack: Stack, count: int) -> None:
    async with aiohttp.ClientSession() as http:
        officer = Officer(http, stack.urls["audit"], stack.place.secrets / "auditor.token")
        person = Person(http, stack.urls["intake"], stack.urls["consent"])
        size = await officer.size()
        await _platform(http, stack, count)
        assessed = await _person(person)
        await officer.until(size + 2 * (count + 1))
        await _erasure(person, officer, assessed)
        await _log(officer)


async def _platform(http: aiohttp.ClientSession, stack: Stack, count: int) -> None:
    console.rule("An HR platform streams its employees' assessments", align="left")
    credentials = await register(
        stack.place.admin_socket("intake"), "demo-works", "Demo Works Ltd", "contract", "employees-3"
    )
    platform = Platform(http, stack.urls["intake"], await token(http, stack.urls["intake"], credentials))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        accepted = progress.add_task("accepted", total=count)
        fetched = progress.add_task("scored and fetched", total=count)
        delivered = await platform.deliver(
            count, lambda: progress.advance(accepted), lambda: progress.advance(fetched)
        )
    console.print(
        f"{delivered.count:,} results in {delivered.seconds:.1f} s: {delivered.per_second:,.0f} a second, fetched by "
        f"the list of results. From sending to holding: median {delivered.latency(0.5):.2f} s, "
        f"95 % under {delivered.latency(0.95):.2f} s.\n"
    )


async def _person(person: Person) -> Assessed:
    console.rule("A person takes the assessment, without registering", align="left")
    assessed = await person.assess()
    said, told = Wording(load()), assessed.detail["explanation"]
    console.print(headline(said, told))
    console.print(dimensions(said, told))
    console.print(heaviest(said, told, 3))
    console.print(f"claim code  [bold]{assessed.claim_code}[/]  (shown once; whoever holds it is this person)\n")
    return assessed


async def _erasure(person: Person, officer: Officer, assessed: Assessed) -> None:
    console.rule("The person withdraws, and is erased", align="left")
    kept = await officer.newest("scored")
    await person.withdraw(assessed.claim_code)
    console.print("withdrawn   scoring stops; the result can still be read by its person")
    receipt = await person.erase(assessed.claim_code)
    console.print("erased      the receipt, at its final stage:")
    console.print_json(data=receipt)
    status = await person.unreadable(assessed)
    console.print(f"unreadable  the result is answered {status}; the key that opened it is destroyed")
    await officer.verified(kept)
    again = await officer.proved(kept.index)
    erased = await officer.proved(int(receipt["receipt"]["log"]["index"]))
    console.print(
        f"proofs      entry {again.index} (scored) verifies with the proof from before and with a new one; "
        f"entry {erased.index} (erased) is in the log\n"
    )


async def _log(officer: Officer) -> None:
    console.rule("An officer verifies the whole log, offline", align="left")
    report = await officer.whole_log()
    console.print(f"entries     {report.entries:,}")
    console.print(f"root        {report.root.hex() if report.root else 'not reached'}")
    console.print(f"signed by   {', '.join(report.signed_by)}")
    console.print("result      [bold green]sound[/]: every entry, tile and signature was recomputed\n")


def _addresses(stack: Stack) -> None:
    for name, url in stack.urls.items():
        console.print(f"{name:11} {url}")
    console.print(f"{'broker':11} {stack.bootstrap}\n{'logs':11} {stack.logs}")
