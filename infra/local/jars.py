"""The jars of Apache Kafka, as Maven fetches them by the pinned pom beside this file."""

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

_POM = Path(__file__).parent / "kafka" / "pom.xml"


class JarsError(Exception):
    """The jars are not there and could not be fetched; one line that says why."""


def kafka_version() -> str:
    """The version that the pom pins."""
    found = re.search(r"<kafka\.version>([^<]+)</kafka\.version>", _POM.read_text())
    if found is None:
        raise JarsError(f"{_POM} names no kafka.version")
    return found[1]


def jar_directory(data: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the jars of this pom lie: below $CAREERPULSE_CACHE or else `<data>/broker`."""
    cache = Path(environ["CAREERPULSE_CACHE"]) if environ.get("CAREERPULSE_CACHE") else data / "broker"
    digest = hashlib.sha256(_POM.read_bytes()).hexdigest()[:8]
    return cache.absolute() / "lib" / f"kafka-{kafka_version()}-{digest}"


async def fetch_jars(directory: Path) -> None:
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
            await _copy_dependencies(maven, Path(scratch, "jars"))
            Path(scratch, "jars").rename(directory)


async def _copy_dependencies(maven: str, target: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *tethered((maven, "-q", "-B", "-f", str(_POM), "dependency:copy-dependencies")),
        f"-DoutputDirectory={target}",
        "-DincludeScope=runtime",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise JarsError(f"Maven could not fetch Apache Kafka: {_first_error(output.decode(errors='replace'))}")


def _first_error(output: str) -> str:
    lines = [line.removeprefix("[ERROR]").strip() for line in output.splitlines()]
    return next((line for line in lines if line), "it said nothing")[:300]
