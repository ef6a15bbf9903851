"""An engineer generates a client from the document that the service publishes, and hands in by it."""

import asyncio
import importlib
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from yarl import URL

from services.intake.cli import register
from tests.acceptance.conftest import Running
from tests.unit.intake.examples import employee

pytestmark = pytest.mark.slow

PACKAGE = "careerpulse_intake"
LEFT_OUT = [
    "WARNING parsing POST /v1/assessments/stream within default. Endpoint will not be generated.",
    "WARNING parsing POST /v1/assessments/csv within default.",
    "WARNING parsing POST /v1/assessments/csv:validate within default.",
]
"""What the generator says it cannot do: no OpenAPI client sends line by line while it reads, or parses lines."""
CSV = b"Number;Occupation\n0041;15-1252.00\n0042;99-9999.99\n"
MAPPING = {
    "columns": {"Number": "/external_id", "Occupation": "/assessment/occupations/0/code"},
    "constants": {
        "/assessment/as_of": "2026-11",
        "/assessment/profile": "core",
        "/assessment/occupations/0/share": 1000,
    },
    "delimiter": ";",
}


async def generated(running: Running, place: Path) -> str:
    """Generate the package from the live document; gives what the generator has to say about it."""
    tools = Path(sys.executable).parent
    generating = await asyncio.create_subprocess_exec(
        tools / "openapi-python-client",
        *("generate", "--url", f"{running.intake}/openapi.json", "--meta", "none", "--output-path", place / PACKAGE),
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await generating.communicate()
    assert generating.returncode == 0, told.decode()
    return told.decode()


class Platform:
    """What the engineer writes: calls of the generated package; what is handed in goes by way of `through`."""

    def __init__(self, intake: str, credentials: dict[str, str], through: str) -> None:
        client = self._part("client")
        form = self._part("models").TokenRequest.from_dict({"grant_type": "client_credentials", **credentials})
        with client.Client(intake) as anybody:
            token = self._call("issue_token", anybody, body=form).parsed.access_token
        self._client = client.AuthenticatedClient(through, token)
        self.broken: list[httpx.TransportError] = []

    def __enter__(self) -> "Platform":
        self._client.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._client.__exit__(*raised)

    def hand_in(self, document: dict[str, Any]) -> Any:
        body = self._part("models").EmployeeHandIn.from_dict(document)
        asked = {"body": body, "wait": 30, "idempotency_key": "generated" * 4}
        try:
            return self._call("hand_in", self._client, **asked)
        except httpx.TransportError as error:  # nobody knows whether it arrived: the same again under the same key
            self.broken.append(error)
            return self._call("hand_in", self._client, **asked)

    def import_csv(self) -> list[tuple[int, int]]:
        """The rows of a file, each with the status that it is answered."""
        form = self._part("models").ImportCsvBody.from_dict({"mapping": MAPPING, "file": CSV})
        told = self._call("import_csv", self._client, body=form, idempotency_key="generated-csv")
        assert told.status_code == 200, told.content
        return [(one["line"], one["status"]) for one in map(json.loads, told.content.splitlines())]

    def results(self) -> Any:
        return self._call("list_results", self._client).parsed

    def _call(self, operation: str, client: Any, **asked: Any) -> Any:
        return self._part(f"api.default.{operation}").sync_detailed(client=client, **asked)

    def _part(self, name: str) -> Any:
        return importlib.import_module(f"{PACKAGE}.{name}")


@asynccontextmanager
async def losing_the_first_answer(intake: str) -> AsyncIterator[str]:
    """The address of a line to intake on which the first answer is lost: the request arrives, and then it breaks."""
    target, lost, connections = URL(intake), asyncio.Event(), set[asyncio.Task[Any] | None]()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65_536):
            writer.write(piece)

    async def lose(reader: asyncio.StreamReader) -> None:
        await reader.read(1)
        lost.set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.add(asyncio.current_task())
        from_intake, to_intake = await asyncio.open_connection(target.host, target.port)
        back = carry(from_intake, writer) if lost.is_set() else lose(from_intake)
        ways = [asyncio.create_task(one) for one in (carry(reader, to_intake), back)]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for one in ways:
            one.cancel()
        await asyncio.wait(ways)
        for end in (to_intake, writer):
            end.close()
            with suppress(ConnectionError):
                await end.wait_closed()

    async with await asyncio.start_server(connected, "127.0.0.1") as server:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
        await asyncio.gather(*filter(None, connections))


@contextmanager
def importable(place: Path) -> Iterator[None]:
    """Its packages can be imported within the block, and are forgotten after it."""
    sys.path.insert(0, str(place))
    try:
        yield
    finally:
        sys.path.remove(str(place))
        for name in [one for one in sys.modules if one.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


async def test_a_generated_client_hands_in_again_after_a_break_and_has_one_result(
    running: Running, tmp_path: Path
) -> None:
    # Given an organisation, and a client that is generated from what the service publishes
    told = await generated(running, tmp_path)
    assert [line for line in told.splitlines() if line.startswith(("WARNING", "ERROR", "Unable"))] == LEFT_OUT
    socket = running.stack.place.admin_socket("intake")
    credentials = await register(socket, "generated", "Generated Ltd", "contract", "employees-1")
    # When it logs in, hands in, loses the answer, and hands in again under the same key
    async with losing_the_first_answer(running.intake) as through:
        with (
            importable(tmp_path),
            await asyncio.to_thread(Platform, running.intake, credentials, through) as platform,
        ):
            first, again = [await asyncio.to_thread(platform.hand_in, employee("generated")) for _ in range(2)]
            page = await asyncio.to_thread(platform.results)
            imported = await asyncio.to_thread(platform.import_csv)
    assert len(platform.broken) == 1
    # Then it has one result, by its own name for the employee, in the types that it generated
    assert (first.status_code, again.status_code) == (200, 200), first.content
    assert (first.parsed.status, again.parsed.id) == ("scored", first.parsed.id)
    (one,) = page.results
    assert (one.external_id, one.id) == ("staff-generated", first.parsed.id)
    assert one.result.to_dict() == json.loads(first.content)["result"]
    # and the rows of a CSV file are answered, each in its place
    assert imported == [(2, 202), (3, 422)]
