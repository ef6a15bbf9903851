"""`careerpulse privacy`: what the operator answers for: open requests, legal holds, storage times, documents."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from infra.clock import now, written
from infra.local.operator_calls import NotAnswered, ask
from infra.local.sockets import admin_socket
from schemas.purposes import INDIVIDUALS, LEGAL_BASES, PURPOSES
from services.consent.erasure.cases import read_time
from services.consent.erasure.self_tests import SelfTest
from services.consent.paperwork import paperwork
from services.consent.paperwork.affected import AffectedPeople, Exposure
from services.consent.paperwork.breach_notification import SERVICES, affected_lists, breach_notification
from services.consent.paperwork.state import PrivacyState
from services.consent.retention.terms import CATEGORIES
from services.consent.rights.deadline import REASONS
from services.consent.rights.open_requests import overdue
from services.consent.rights.report_table import ended_table, report_table

_data = click.option("--data", type=click.Path(path_type=Path), default=Path(".careerpulse"), show_default=True)


@click.group()
def privacy() -> None:
    """Open requests, legal holds, storage times, and the documents of the record."""


@privacy.command()
@_data
def report(data: Path) -> None:
    """Every request against its deadline, the open ones first. Exit code 1 where a deadline has passed."""
    state = _state(data)
    console = Console(highlight=False)
    console.print(report_table(state.requests, now()) if state.requests else "No request is open.")
    if state.ended:
        console.print(ended_table(state.ended))
    for hold in state.holds:
        console.print(f"hold {hold.id} since {hold.set_at}: {hold.reason}", markup=False)
    if any(overdue(state.requests, now())):
        raise SystemExit(1)


@privacy.command()
@click.argument("request_id", metavar="REQUEST")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why; whoever asked reads it.")
@_data
def extend(request_id: str, reason: str, data: Path) -> None:
    """Give the open request whose id begins with REQUEST two further months (GDPR Art. 12(3)), once."""
    found = [one.id for one in _state(data).requests if one.id.startswith(request_id)]
    if len(found) != 1:
        raise click.BadParameter(f"{len(found)} open requests begin so; see careerpulse privacy report")
    extended = _ask(data, "POST", f"/privacy/requests/{found[0]}/extension", {"reason": reason})
    click.echo(f"to be answered by {extended['clock']['answer_by']}; whoever asked now reads that, and why")


@privacy.command()
@click.argument("found_by", metavar="ID")
@click.option("--reason", required=True, help="Why; the person reads it.")
@_data
def hold(found_by: str, reason: str, data: Path) -> None:
    """Hold the person behind the assessment or request ID: neither sweep nor erasure until it is lifted."""
    held = _ask(data, "POST", "/privacy/holds", {"found_by": found_by, "reason": reason})
    click.echo(f"held since {held['set_at']}; lift it with: careerpulse privacy lift {held['id']}")


@privacy.command()
@click.argument("hold_id", metavar="HOLD")
@_data
def lift(hold_id: str, data: Path) -> None:
    """Lift a legal hold; an erasure that it postponed goes on."""
    click.echo(f"lifted {_ask(data, 'DELETE', f'/privacy/holds/{hold_id}')['lifted_at']}")


@privacy.command()
@click.argument("found_by", metavar="ID")
@click.option("--purpose", type=click.Choice(PURPOSES), required=True)
@click.option("--basis", "legal_basis", type=click.Choice(LEGAL_BASES), required=True, help="Any but consent.")
@click.option("--notice", required=True, help="The notice that the person was given before.")
@click.option("--lang", "language", required=True, help="In which language, such as en.")
@_data
def ground(found_by: str, data: Path, **draft: str) -> None:
    """Record on what basis the controller processes what is the person's behind the assessment or request ID."""
    recorded = _ask(data, "POST", "/privacy/grounds", {"found_by": found_by, **draft})["id"]
    click.echo(f"{draft['purpose']} rests on {draft['legal_basis']}: {recorded}, which the person reads among theirs")


@privacy.command()
@click.argument("category", type=click.Choice(CATEGORIES))
@click.option("--days", type=int, required=True, help="From the last hand-in, or the end of a request, on.")
@click.option("--organisation", "tenant", default=INDIVIDUALS, show_default=True, help="Whose people.")
@_data
def retain(category: str, days: int, tenant: str, data: Path) -> None:
    """Set how long CATEGORY is kept; what is over is erased by the next sweep."""
    _ask(data, "PUT", "/privacy/retention", {"category": category, "days": days, "tenant": tenant})
    click.echo(f"{category} of {tenant} are kept {days} days")


@privacy.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@_data
def documents(directory: Path, data: Path) -> None:
    """Write the record of processing, terms, impact assessment, notices and sub-processors to DIRECTORY."""
    _write(directory, paperwork(_state(data), written(now())))


@privacy.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--aware", required=True, metavar="TIME", help="Since when, in UTC: 2026-11-23T18:00:00Z. 72 h run.")
@click.option("--epoch", "epochs", type=int, multiple=True, help="An epoch whose secret was exposed; repeatable.")
@click.option("--organisation", "tenants", multiple=True, help="Whose people alone; repeatable.")
@click.option("--service", type=click.Choice(SERVICES), help="Whose token was exposed: it opens certain domains.")
@click.option("--until", metavar="TIME", help="Nobody who came after it is concerned.")
@_data
def breach(
    directory: Path,
    aware: str,
    *,
    epochs: tuple[int, ...],
    tenants: tuple[str, ...],
    service: str | None,
    until: str | None,
    data: Path,
) -> None:
    """Draft the notification of a breach in DIRECTORY, with a list of those affected for each controller."""
    if not (epochs or tenants or service):
        raise click.UsageError("say what was exposed: --epoch, --service or --organisation")
    aware_at = _time(aware)
    exposure = Exposure(epochs, tenants, None if until is None else written(_time(until)))
    found = msgspec.convert(_ask(data, "POST", "/privacy/affected", msgspec.to_builtins(exposure)), AffectedPeople)
    draft = breach_notification(_state(data), written(now()), aware_at, exposure, found.people, service=service)
    _write(directory, {"breach-notification.md": draft, **affected_lists(found.people)})


@privacy.command()
@_data
def canary(data: Path) -> None:
    """Hand in a person who does not exist, erase it, and try everything to read it back. Exit code 1 if anything did.

    The same runs every day by itself; it takes up to two minutes.
    """
    test = msgspec.convert(_ask(data, "POST", "/privacy/self-tests"), SelfTest)
    for check in test.checks:
        click.echo(f"{'FOUND' if check.found else 'ok':5}  {check.tried}{': ' if check.found else ''}{check.found}")
    click.echo(f"{'passed' if test.passed else 'failed'} {test.at}, after {test.seconds} s")
    if not test.passed:
        raise SystemExit(1)


def _time(given: str) -> datetime:
    try:
        return read_time(given)
    except ValueError as error:
        raise click.BadParameter("a time in UTC is right, such as 2026-11-23T18:00:00Z") from error


def _write(directory: Path, files: Mapping[str, str]) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
        click.echo(directory / name)


def _state(data: Path) -> PrivacyState:
    return msgspec.convert(_ask(data, "GET", "/privacy/state"), PrivacyState)


def _ask(data: Path, method: str, path: str, body: object | None = None) -> dict[str, Any]:
    try:
        return asyncio.run(ask(admin_socket("consent", data), method, path, body))
    except NotAnswered as error:
        raise click.ClickException(str(error)) from error
