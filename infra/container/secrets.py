"""The secrets of a deployment, made once: a directory for each container, so that each sees only its own."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from infra.kafka.record_tag import KEY_FILE
from infra.local.tokens import write_secret

KEY_CLIENTS = ("intake", "scoring", "audit")
STORES = ("consent", "audit", "intake")
UNPRIVILEGED = 10001
"""The user of the containers where root makes the secrets; elsewhere it is who makes them."""


def container_user() -> tuple[int, int]:
    """The user and group ids that own the secrets and run the containers; never root's."""
    return (os.geteuid(), os.getegid()) if os.geteuid() != 0 else (UNPRIVILEGED, UNPRIVILEGED)


def create_secrets(directory: Path) -> list[Path]:
    """Make what is missing; returns the new files. Directories are for their owner only, and so are the files.

    `consent/` holds the key clients' tokens, each client its own one; every service has the key of control records;
    `postgres/` the passwords of its roles, each
    store its own as a `pgpass` (PostgreSQL manual, "The Password File").
    """
    planned = list(_plan(directory))
    for path, _ in planned:
        _owned(path.parent, directory)
    created = [path for path, content in planned if write_secret(path, content)]
    for path in created:
        os.chown(path, *container_user())
    return created


def _plan(directory: Path) -> Iterator[tuple[Path, str]]:
    for client in KEY_CLIENTS:
        token = _known_or_new(directory / "consent" / f"{client}.token")
        yield directory / "consent" / f"{client}.token", token
        yield directory / client / f"{client}.token", token
    records_key = _known_or_new(directory / "consent" / KEY_FILE)
    for service in (*KEY_CLIENTS, "consent"):
        yield directory / service / KEY_FILE, records_key
    yield directory / "audit" / "auditor.token", secrets.token_hex(32)
    yield directory / "postgres" / "superuser", secrets.token_hex(32)
    for store in STORES:
        password = _known_or_new(directory / "postgres" / store)
        yield directory / "postgres" / store, password
        yield directory / store / "pgpass", f"*:*:careerpulse_{store}:careerpulse_{store}:{password}\n"


def _known_or_new(path: Path) -> str:
    return path.read_text() if path.exists() else secrets.token_hex(32)


def _owned(path: Path, top: Path) -> None:
    for directory in (top, path):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chown(directory, *container_user())


def write_user(env_file: Path) -> None:
    """Name the containers' user in the file from which Compose takes its variables; other lines are kept."""
    lines = env_file.read_text().splitlines() if env_file.exists() else []
    kept = [line for line in lines if not line.startswith(("CAREERPULSE_UID=", "CAREERPULSE_GID="))]
    uid, gid = container_user()
    env_file.write_text("\n".join([*kept, f"CAREERPULSE_UID={uid}", f"CAREERPULSE_GID={gid}"]) + "\n")
