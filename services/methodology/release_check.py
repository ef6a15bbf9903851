"""Before a release: which dated entries of the newest version are too old.

``python -m services.methodology.release_check``

Certifications change and signals age, and a test that turns red with the calendar would stop work that has
nothing to do with them. So this is a command: it names every entry that nobody has checked for longer than
allowed, and ends with 1 if there is any.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from services.methodology.version import PUBLISHED, newest

DAYS_ALLOWED = 180


@dataclass(frozen=True, slots=True)
class Outdated:
    """An entry by its file and id, with the day it was last checked."""

    file: str
    id: str
    checked: date

    def line(self, today: date) -> str:
        age = (today - self.checked).days
        return (
            f"{self.file}: {self.id} was last checked on {self.checked}, {age} days ago; allowed are {DAYS_ALLOWED}"
        )


def _entries(told: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a day of checking, at any depth."""
    if isinstance(told, dict):
        if "checked" in told:
            yield told
        for inner in told.values():
            yield from _entries(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from _entries(inner)


def outdated(directory: Path, today: date) -> list[Outdated]:
    """Entries of all data files below a version's directory that were checked too long ago, oldest first."""
    found = [
        Outdated(path.name, entry["id"], date.fromisoformat(entry["checked"]))
        for path in sorted(directory.rglob("*.json"))
        for entry in _entries(json.loads(path.read_bytes()))
    ]
    return sorted(
        (one for one in found if (today - one.checked).days > DAYS_ALLOWED), key=lambda one: (one.checked, one.id)
    )


def main() -> int:
    today = datetime.now(UTC).date()
    found = outdated(PUBLISHED[newest()].directory, today)
    for one in found:
        print(one.line(today))
    print(f"{len(found)} entries to check again" if found else f"All entries were checked within {DAYS_ALLOWED} days")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
