"""Which of a database's files hold given bytes: what was deleted may still be read from the disk."""

import asyncio
from pathlib import Path

from infra.db.engine import Database

_CHUNK = 1 << 22


async def files_with(database: Database, needle: bytes) -> list[Path]:
    """The files of an SQLite database that hold `needle`, its write-ahead log included. None on PostgreSQL, whose
    files are not ours to read.
    """
    if not database.is_sqlite:
        return []
    path = Path(database.url.database or "")
    files = [path, path.with_name(f"{path.name}-wal")]
    return [file for file in files if await asyncio.to_thread(_holds, file, needle)]


def _holds(file: Path, needle: bytes) -> bool:
    if not file.exists():
        return False
    overlap = b""
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            if needle in overlap + chunk:
                return True
            overlap = chunk[-len(needle) :]
    return False
