"""Jars as Maven fetches them by a pom that pins them: those of Apache Kafka, unless another pom is named.

A pom lies in a directory that is called as what it pins, and names the version in `<NAME.version>`.
"""

import asyncio
import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra.local.tether import tethered

KAFKA = Path(__file__).parent / "kafka" / "pom.xml"


class JarsError(Exception):
    """The jars are not there and could not be fetched; one line that says why."""


def pinned_version(pom: Path = KAFKA) -> str:
    """The version that the pom pins."""
    name = re.escape(pom.parent.name)
    found = re.search(rf"<{name}\.version>([^<]+)</{name}\.version>", pom.read_text())
    if found is None:
        raise JarsError(f"{pom} names no {pom.parent.name}.version")
    return found[1]


def jar_directory(data: Path, environ: Mapping[str, str] = os.environ, *, pom: Path = KAFKA) -> Path:
    """Where the jars of this pom lie: below $CAREERPULSE_CACHE or else `<data>/broker`."""
    cache = Path(environ["CAREERPULSE_CACHE"]) if environ.get("CAREERPULSE_CACHE") else data / "broker"
    digest = hashlib.sha256(pom.read_bytes()).hexdigest()[:8]
    return cache.absolute() / "lib" / f"{pom.parent.name}-{pinned_version(pom)}-{digest}"


async def fetch_jars(directory: Path, *, pom: Path = KAFKA) -> None:
    """Fill `directory`, unless it is there; it appears whole or not at all. Raises JarsError."""
    if directory.is_dir():
        return
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsError("Maven (mvn) is not on the PATH")
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (
        (directory.parent / "fetch.lock").open("w") as lock,
        tempfile.TemporaryDirectory(dir=directory.parent, prefix="fetch-") as scratch,
    ):
        # Maven's own repository does not bear two that fill it at once.
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not directory.is_dir():
            await _copy_dependencies(maven, pom, Path(scratch, "jars"))
            Path(scratch, "jars").rename(directory)


async def _copy_dependencies(maven: str, pom: Path, target: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *tethered((maven, "-q", "-B", "-f", str(pom), "dependency:copy-dependencies")),
        f"-DoutputDirectory={target}",
        "-DincludeScope=runtime",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise JarsError(
            f"Maven could not fetch the jars of {pom.parent.name}: {_first_error(output.decode(errors='replace'))}"
        )


def _first_error(output: str) -> str:
    lines = [line.removeprefix("[ERROR]").strip() for line in output.splitlines()]
    return next((line for line in lines if line), "it said nothing")[:300]
