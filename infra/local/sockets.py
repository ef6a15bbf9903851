"""The directory of a stack's Unix sockets: `<data>/run`, or a short one that `<data>/run` links to."""

import os
import tempfile
from pathlib import Path

LONGEST_PATH = 100
"""Bytes; sun_path of unix(7) holds 108 with its closing zero, of macOS 104."""

_LONGEST_NAME = len("/consent-admin.sock")


def socket_directory(data: Path) -> Path:
    """Make the directory, for its owner only, and return its real path; old sockets in it are removed."""
    run = data.absolute() / "run"
    if len(bytes(run)) + _LONGEST_NAME > LONGEST_PATH:
        return _short(run)
    run.mkdir(mode=0o700, exist_ok=True)
    for socket in run.glob("*.sock"):
        socket.unlink()
    return run


def admin_socket(service: str, data: Path) -> Path:
    """A service's admin socket: ADMIN_SOCKET, or that of the stack over this data directory."""
    if given := os.environ.get("ADMIN_SOCKET"):
        return Path(given)
    places = [(base / "run").resolve() / f"{service}-admin.sock" for base in (data, data / "embedded")]
    return next((place for place in places if place.exists()), places[0])


def _short(run: Path) -> Path:
    remove_short(run)
    directory = Path(tempfile.mkdtemp(prefix="careerpulse-"))
    run.symlink_to(directory)
    return directory


def remove_short(run: Path) -> None:
    """Remove the short directory that `run` links to, if it does."""
    if not run.is_symlink():
        return
    directory = run.resolve()
    run.unlink()
    if directory.is_dir():
        for socket in directory.glob("*.sock"):
            socket.unlink()
        directory.rmdir()
