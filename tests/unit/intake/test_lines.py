"""A stream is split into lines in bounded memory, however its bytes arrive."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.http.problems import Problem, malformed_body
from services.intake.handing_in.lines import CHUNK_LINES, LINE_BYTES, Line, chunks


async def arriving(pieces: Iterable[bytes | Problem]) -> AsyncIterator[bytes]:
    """A request's content: pieces as they come off the wire."""
    for piece in pieces:
        if isinstance(piece, Problem):
            raise piece
        yield piece


async def split(*pieces: bytes | Problem, largest: int = CHUNK_LINES) -> list[Line]:
    return [line async for lines in chunks(arriving(pieces), lambda: largest) for line in lines]


def plain(lines: list[Line]) -> list[tuple[int, bytes | str]]:
    return [(number, one.kind if isinstance(one, Problem) else one) for number, one in lines]


LONG = b"x" * (LINE_BYTES + 1)
contents = st.lists(
    st.one_of(st.binary(max_size=20), st.sampled_from([b"\n", b"\r\n", LONG, b"y" * LINE_BYTES])), max_size=8
).map(b"".join)


@given(contents, st.lists(st.integers(0, 4 * LINE_BYTES), max_size=8))
def test_any_cutting_of_the_bytes_gives_the_same_lines(content: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    pieces = [content[start:end] for start, end in pairwise(places)]
    assert plain(asyncio.run(split(*pieces))) == plain(asyncio.run(split(content)))


@given(st.lists(st.binary(max_size=30).filter(lambda raw: b"\n" not in raw), max_size=20))
def test_lines_are_numbered_from_one_and_none_is_lost(raws: list[bytes]) -> None:
    whole = b"".join(raw + b"\n" for raw in raws)
    assert asyncio.run(split(whole)) == list(enumerate(raws, start=1))


async def test_what_comes_after_the_last_line_feed_is_a_line() -> None:
    assert await split(b"one\ntwo") == [(1, b"one"), (2, b"two")]
    assert await split(b"one\n") == [(1, b"one")]
    assert await split() == []


async def test_a_line_of_exactly_the_bound_fits_and_one_more_byte_does_not() -> None:
    assert plain(await split(b"x" * LINE_BYTES)) == [(1, b"x" * LINE_BYTES)]
    assert plain(await split(LONG)) == [(1, "line-too-long")]


async def test_a_line_that_is_too_long_is_passed_over_and_its_neighbours_stand() -> None:
    lines = await split(b"one\n", *[b"x" * 10_000] * 30, b"\nthree\n")
    assert plain(lines) == [(1, b"one"), (2, "line-too-long"), (3, b"three")]


async def test_where_the_body_breaks_off_the_line_that_was_begun_is_told_why_and_is_the_last() -> None:
    assert plain(await split(b"one\ntw", malformed_body())) == [(1, b"one"), (2, "malformed-body")]


async def test_a_line_of_ten_megabytes_is_never_held() -> None:
    # Given a line of 10 MB between two others, in pieces as they come off the wire
    pieces = [b"one\n", *(b"x" * 65_536 for _ in range(153)), b"\nthree\n"]
    # When it is split
    tracemalloc.start()
    lines = await split(*pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # Then it is answered, its neighbours stand, and what was held of it at most is a few pieces
    assert plain(lines) == [(1, b"one"), (2, "line-too-long"), (3, b"three")]
    assert peak < 10 * LINE_BYTES


async def test_a_chunk_holds_at_most_the_lines_asked_for() -> None:
    sizes = [len(lines) async for lines in chunks(arriving([b"x\n" * 7]), lambda: 3)]
    assert sizes == [3, 3, 1]


@pytest.mark.slow
async def test_a_million_lines_take_the_memory_of_one_piece() -> None:
    # Given a million lines of 100 bytes that come in pieces cut anywhere
    line = b"x" * 99 + b"\n"
    piece = line * 1_310
    pieces = (piece[start:] + piece[:start] for start in (number % 97 for number in range(764)))

    # When they are split and let go
    gc.collect()
    tracemalloc.start()
    count = 0
    async for lines in chunks(arriving(pieces)):
        count += len(lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # Then the peak is that of a few pieces, and not of a hundred million bytes
    assert count >= 1_000_000
    assert peak < 10 * len(piece)
