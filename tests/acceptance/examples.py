"""The examples of a page, run as they stand in it."""

import asyncio
import re
import sys
from pathlib import Path

_BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(page: str) -> list[tuple[str, str]]:
    """Language and text of each example, in their order."""
    return _BLOCK.findall(page)


async def run(language: str, example: str, directory: Path, environment: dict[str, str]) -> str:
    """What it prints; fails with that where a command of it does."""
    command = ["bash", "-euo", "pipefail", "-c"] if language == "bash" else [sys.executable, "-c"]
    process = await asyncio.create_subprocess_exec(
        *command,
        example,
        cwd=directory,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, f"{example}\n{said}"
    return said
