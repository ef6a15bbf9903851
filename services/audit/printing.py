"""What the commands of the log print: a table of names and values, and why something could not be checked."""

from __future__ import annotations

from typing import NoReturn

import click

NOT_CHECKED = 2


def print_table(*rows: tuple[str, str]) -> None:
    """One row a line, the names aligned."""
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:<{width}}  {value}")


def give_up(reason: str) -> NoReturn:
    """Say why, and leave with the code that says that nothing was found out."""
    click.echo(f"This could not be checked: {reason}", err=True)
    raise SystemExit(NOT_CHECKED)
