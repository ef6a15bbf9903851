"""How a place is named in settings and commands: a directory, or `s3://bucket/prefix`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.state import PATH
from services.audit.tlog.storage import Storage

OBJECTS: Final = "s3://"


def place_of(first: str, number: int) -> str:
    """Where the log of this number lies, beside the first: `log`, `log-1`, `log-2`."""
    return first if number == 0 else f"{first.rstrip('/')}-{number}"


def logs_beside(first: str) -> list[str]:
    """The first log and all that lie beside it, by number. Raises OSError."""
    found = [first]
    while is_log(following := place_of(first, len(found))):
        found.append(following)
    return found


def storage_at(place: str | Path) -> Storage:
    """The storage of this name. Raises ValueError for a bucket's name that is none, or where boto3 is missing."""
    if isinstance(place, str) and place.startswith(OBJECTS):
        from services.audit.tlog.objects import objects_at

        return objects_at(place)
    return LocalDisk(Path(place))


def is_log(place: str) -> bool:
    """Whether a log's own directory or bucket lies there, and not an export or nothing at all."""
    try:
        storage_at(place).about(PATH)
    except FileNotFoundError:
        return False
    return True
