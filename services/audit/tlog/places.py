"""How a place is named in settings and commands: a directory, or `s3://bucket/prefix`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from services.audit.tlog.disk import LocalDisk
from services.audit.tlog.state import PATH
from services.audit.tlog.storage import Storage

OBJECTS: Final = "s3://"


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
