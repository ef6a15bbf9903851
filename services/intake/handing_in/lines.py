"""Lines of a stream of NDJSON, in chunks, in bounded memory."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Protocol

from infra.http.problems import Problem

LINE_BYTES = 64 * 1024
CHUNK_LINES = 500

Line = tuple[int, bytes | Problem]


class Splitter(Protocol):
    """Splits pieces of a stream. What it raises as Problem ends the stream."""

    def feed(self, piece: bytes) -> list[Line]:
        """What this piece completes."""

    def finish(self) -> list[Line]:
        """The last one, where its end is that of the stream."""

    def broken(self, problem: Problem) -> Line:
        """The one that will never be complete."""


async def chunks(
    pieces: AsyncIterator[bytes],
    largest: Callable[[], int] = lambda: CHUNK_LINES,
    splitter: Splitter | None = None,
) -> AsyncIterator[Sequence[Line]]:
    """The lines, numbered from 1, as many at once as have arrived, at most `largest` as it is just then.

    A line longer than `LINE_BYTES` is passed over to its end, and stands as the Problem that it is. What comes
    after the last line feed is a line as well. Where the pieces end with a Problem, it stands for the line that
    could not be completed, and is the last.
    """
    splitter = splitter or LineSplitter()
    try:
        async for piece in pieces:
            for lines in _portions(splitter.feed(piece), largest):
                yield lines
        for lines in _portions(splitter.finish(), largest):
            yield lines
    except Problem as problem:
        yield [splitter.broken(problem)]


def _portions(lines: Sequence[Line], largest: Callable[[], int]) -> Iterator[Sequence[Line]]:
    while lines:
        size = largest()
        yield lines[:size]
        lines = lines[size:]


class LineSplitter:
    """Splits pieces of a stream at line feeds."""

    def __init__(self) -> None:
        self._number = 0
        self._rest = b""
        self._too_long = False

    def feed(self, piece: bytes) -> list[Line]:
        """The lines that this piece completes."""
        *complete, self._rest = (self._rest + piece).split(b"\n")
        lines = [self._line(raw) for raw in complete]
        if len(self._rest) > LINE_BYTES:
            self._too_long = True
            self._rest = b""
        return lines

    def finish(self) -> list[Line]:
        """The last line, where the stream did not end with a line feed."""
        return [self._line(self._rest)] if self._rest or self._too_long else []

    def broken(self, problem: Problem) -> Line:
        """The line that will never be complete."""
        return self._number + 1, problem

    def _line(self, raw: bytes) -> Line:
        self._number += 1
        too_long, self._too_long = self._too_long or len(raw) > LINE_BYTES, False
        if too_long:
            return self._number, Problem(
                413, "line-too-long", "Line too long", f"A line has at most {LINE_BYTES} bytes."
            )
        return self._number, raw
