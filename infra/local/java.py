"""The Java runtime on the PATH."""

import asyncio
import re
import shutil
from dataclasses import dataclass

OLDEST = 17
"""Apache Kafka 4 brokers need Java 17 (KIP-1013)."""


class JavaError(Exception):
    """No Java that can run the broker; one line that says why."""


@dataclass(frozen=True, slots=True)
class Java:
    """A Java launcher and its feature release."""

    path: str
    release: int


async def find_java() -> Java:
    """The `java` on the PATH. Raises JavaError when there is none, it does not run, or it is too old."""
    path = shutil.which("java")
    if path is None:
        raise JavaError("Java (java) is not on the PATH")
    process = await asyncio.create_subprocess_exec(
        path, "-version", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return Java(path, _release(output.decode(errors="replace")))


def _release(output: str) -> int:
    found = re.search(r'version "(\d+)', output)
    if found is None:
        raise JavaError(f"java -version does not name a version: {output.strip()[:200]!r}")
    if int(found[1]) < OLDEST:
        raise JavaError(f"Java {found[1]} is too old, Apache Kafka needs {OLDEST}")
    return int(found[1])
