"""The secret of each day under which keys are recognised: a file, and in no database, whose log or backup kept it.

Whoever has the files' directory makes a day's secret at its first need; every instance that has it reads the same.
"""

import os
from pathlib import Path

from infra.crypto.root_key import read_secret, secret_made_once, sync_directory

SECRET_BYTES = 32


class DaySecrets:
    """The secrets in a directory, each by its day, `2026-11-30`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._known: dict[str, bytes] = {}

    def alive(self, today: str, oldest: str) -> dict[str, bytes]:
        """Those of the days from `oldest` on; today's is made when it is first asked for. Raises RootKeyError."""
        if today not in self._known:
            secret_made_once(self._directory / today, os.urandom(SECRET_BYTES))
            self._known = {day: read_secret(self._directory / day) for day in self._days()}
        return {day: secret for day, secret in self._known.items() if day >= oldest}

    def destroy(self, oldest: str) -> bool:
        """Destroy those of days before the oldest that lives; says whether there was one."""
        dead = [day for day in self._days() if day < oldest]
        for day in dead:
            (self._directory / day).unlink(missing_ok=True)
            self._known.pop(day, None)
        if dead:
            sync_directory(self._directory)
        return bool(dead)

    def _days(self) -> list[str]:
        return sorted(one.name for one in self._directory.glob("20??-??-??"))
