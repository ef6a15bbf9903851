"""`careerpulse audit complete` over running services and their broker, whatever other tests have done to them."""

import asyncio
import json
import os
import sys

from services.methodology.specimen import specimens
from tests.acceptance.conftest import Running

COUNT = 40


async def test_a_running_system_proves_that_nothing_is_missing(running: Running) -> None:
    # Given a platform that has handed in, while more is on its way
    size = await running.officer.size()
    lines = [json.dumps({"assessment": answers}).encode() + b"\n" for answers in specimens("complete", COUNT)]
    url = f"{running.intake}/v1/assessments/stream"
    async with running.http.post(url, data=b"".join(lines), headers=running.streaming()) as response:
        answers = [json.loads(line) async for line in response.content]
    assert [answer["status"] for answer in answers] == [202] * COUNT
    # When the log is held against the broker
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", "audit", "complete", str(running.stack.data / "log")),
        env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": running.stack.bootstrap},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    # Then every received one has its end or is in work, and every record has its entry
    assert process.returncode == 0, output
    assert "each held against the log" in output
    assert "complete: every received one has its one end" in output
    await running.officer.until(size + COUNT)
