"""A service lives as a whole: when one part crashes, all of it ends."""

import asyncio
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.kafka


async def test_a_crashed_loop_ends_the_process_and_the_other_loops_in_order(kafka: str, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.kafka.crashing", kafka, str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 1, said.decode()
    assert b'"kind": "ZeroDivisionError"' in said
    assert b"the other loop was ended" in said
