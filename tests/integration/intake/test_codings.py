"""Bodies in gzip and zstd are read as they are without; bombs are answered as such and take no memory."""

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import orjson
import pytest
from backports import zstd

from infra.http.codings import RATIO, UNJUDGED_BYTES
from tests.integration.intake.door import JSON, Intake
from tests.unit.intake.examples import employee, raw

CODINGS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "zstd": zstd.compress}
coded = pytest.mark.parametrize("coding", CODINGS)
PIECE = bytes(1024 * 1024)
MEBIBYTES = 48


def bomb(coding: str) -> Iterator[bytes]:
    """48 MiB of nothing, in the coding."""
    coder: Any = zlib.compressobj(9, wbits=31) if coding == "gzip" else zstd.ZstdCompressor()
    for _ in range(MEBIBYTES):
        yield coder.compress(PIECE)
    yield coder.flush()


async def stream(intake: Intake, coding: str, body: bytes | AsyncIterator[bytes]) -> list[dict[str, Any]]:
    headers = intake.streaming() | {"Content-Encoding": coding}
    async with intake.client.post("/v1/assessments/stream", data=body, headers=headers) as response:
        assert response.status == 200
        return [orjson.loads(line) async for line in response.content]


@coded
async def test_one_hand_in_is_read_in_its_coding(intake: Intake, coding: str) -> None:
    body = CODINGS[coding](raw(employee()))
    status, _, _ = await intake.hand_in(body, Authorization=intake.bearer, Content_Encoding=coding)
    assert status == 202


@coded
async def test_a_stream_is_read_in_its_coding(intake: Intake, coding: str) -> None:
    lines = b"".join(raw(employee(str(number))) + b"\n" for number in range(50))
    answers = await stream(intake, coding, CODINGS[coding](lines))
    assert [(one["line"], one["status"]) for one in answers] == [(line, 202) for line in range(1, 51)]


@coded
async def test_a_stream_of_two_members_one_after_the_other_is_one_stream(intake: Intake, coding: str) -> None:
    parts = [CODINGS[coding](raw(employee(name)) + b"\n") for name in ("a", "b")]
    assert [one["status"] for one in await stream(intake, coding, b"".join(parts))] == [202, 202]


@coded
async def test_one_hand_in_that_expands_beyond_a_body_is_too_large(intake: Intake, coding: str) -> None:
    status, problem, _ = await intake.call(
        "POST", "/v1/assessments", CODINGS[coding](PIECE), Content_Encoding=coding, **JSON
    )
    assert (status, problem["type"]) == (413, "urn:careerpulse:problem:too-large")


@coded
async def test_a_bomb_ends_the_stream_with_a_line_that_says_so_and_takes_no_memory(
    intake: Intake, coding: str
) -> None:
    # Given a hand-in, and 48 MiB of nothing behind it
    parts = list(bomb(coding))
    body = CODINGS[coding](raw(employee()) + b"\n") + b"".join(parts)
    assert len(body) * RATIO < MEBIBYTES * len(PIECE)
    # When it is streamed in
    tracemalloc.start()
    answers = await stream(intake, coding, body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Then the hand-in stands, the last line says what was wrong, and next to nothing of it was ever held
    assert [(one["line"], one["status"]) for one in answers] == [(1, 202), (2, 413)]
    assert answers[1]["problem"]["type"] == "urn:careerpulse:problem:expands-too-far"
    assert peak < 8 * UNJUDGED_BYTES


@coded
async def test_what_does_not_decode_is_answered_as_such(intake: Intake, coding: str) -> None:
    status, problem, _ = await intake.call("POST", "/v1/assessments", b"{}", Content_Encoding=coding, **JSON)
    assert (status, problem["type"]) == (400, "urn:careerpulse:problem:malformed-body")
    (told,) = await stream(intake, coding, raw(employee()))
    assert (told["line"], told["status"]) == (1, 400)


@coded
@pytest.mark.parametrize("left", [0.5, 0.9, -8, -1])
async def test_what_is_cut_off_is_answered_as_such(intake: Intake, coding: str, left: float) -> None:
    # Given bodies of which the end is missing: half, a tenth, or the last bytes, which gzip's checksum is of
    def cut(whole: bytes) -> bytes:
        return whole[: int(len(whole) * left) if left > 0 else int(left)]

    # When one is handed in, then it is refused
    one = cut(CODINGS[coding](raw(employee())))
    status, problem, _ = await intake.call("POST", "/v1/assessments", one, Content_Encoding=coding, **JSON)
    assert (status, problem["type"]) == (400, "urn:careerpulse:problem:malformed-body")
    # and when a stream is, its last line says so, whatever was accepted before
    lines = b"".join(raw(employee(str(number))) + b"\n" for number in range(100))
    *before, last = await stream(intake, coding, cut(CODINGS[coding](lines)))
    assert {answer["status"] for answer in before} <= {202}
    assert (last["line"], last["status"]) == (len(before) + 1, 400)


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, zstd", "rot13"])
@pytest.mark.parametrize(
    ("path", "kind"), [("/v1/assessments", "application/json"), ("/v1/assessments/stream", "application/x-ndjson")]
)
async def test_another_coding_is_refused_with_those_that_are_taken(
    intake: Intake, coding: str, path: str, kind: str
) -> None:
    named = {"Content_Type": kind, "Content_Encoding": coding, "Authorization": intake.bearer}
    status, _, headers = await intake.call("POST", path, zlib.compress(b"{}"), **named)
    assert (status, headers["Accept-Encoding"]) == (415, "gzip, zstd")
