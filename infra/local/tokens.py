"""The secrets that the services of one machine show each other: one file for each client."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from infra.kafka.record_tag import KEY_FILE

CLIENTS = ("intake", "scoring", "audit", "auditor")


def create_tokens(directory: Path, clients: Iterable[str] = CLIENTS) -> list[Path]:
    """Write `<client>.token` and the key of control records, 32 random bytes in hex each, where one is missing;
    returns the new files.

    The directory is for its owner only (0700), and so is each file (0600).
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    names = [*(f"{client}.token" for client in clients), KEY_FILE]
    return [path for name in names if write_secret(path := directory / name, secrets.token_hex(32))]


def write_secret(path: Path, content: str) -> bool:
    """Write a file that only its owner can read, unless it exists; says whether it was written."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    return True
