"""A CSV file is split into rows in bounded memory, however its bytes arrive."""

import asyncio
import csv
import io
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.http.problems import Problem
from services.intake.handing_in.csv_rows import RowSplitter, cells
from services.intake.handing_in.lines import LINE_BYTES, Line, chunks
from tests.unit.intake.test_lines import arriving, plain


async def split(*pieces: bytes) -> list[Line]:
    return [row async for rows in chunks(arriving(pieces), splitter=RowSplitter()) for row in rows]


tables = st.lists(
    st.lists(st.text(st.sampled_from('ab ,;"\n\räß'), max_size=6), min_size=2, max_size=4), min_size=1, max_size=6
)


@given(tables, st.lists(st.integers(0, 400), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_back_however_it_is_cut(
    table: list[list[str]], cuts: list[int], ending: str
) -> None:
    # Given a file as the standard library writes it
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows(table)
    content = text.getvalue().encode()
    places = [0, *sorted(min(cut, len(content)) for cut in cuts), len(content)]
    # When it comes in pieces
    rows = asyncio.run(split(*(content[start:end] for start, end in pairwise(places))))
    # Then each row has its cells and its number
    assert [number for number, _ in rows] == list(range(1, len(table) + 1))
    assert [cells(row, ",") for _, row in rows if isinstance(row, bytes)] == table


async def test_a_byte_order_mark_is_no_part_of_the_header_and_empty_rows_are_counted_and_passed_over() -> None:
    rows = await split(b"\xef\xbb\xbfA;B\n\n1;2\n\r\n3;4")
    assert rows == [(1, b"A;B\n"), (3, b"1;2\n"), (5, b"3;4")]
    assert cells(b"1;2\n", ";") == ["1", "2"]


@pytest.mark.parametrize("row", [b'"a"b,c\n', b'"a', b"a\rb\n", b"\xff,a\n"])
def test_what_is_no_row_is_said_to(row: bytes) -> None:
    with pytest.raises(Problem) as raised:
        cells(row, ",")
    assert raised.value.status == 422


@pytest.mark.parametrize(
    "endless",
    [b'2,"' + b"x\n" * LINE_BYTES, b"2," + b"x" * LINE_BYTES],
    ids=["a cell that is not closed", "a cell that is too long"],
)
async def test_a_row_that_does_not_end_is_answered_and_is_the_last(endless: bytes) -> None:
    for pieces in ([b"A,B\n1,2\n" + endless], [b"A,B\n1,2\n", endless, b'"\n3,4\n']):
        assert plain(await split(*pieces)) == [(1, b"A,B\n"), (2, b"1,2\n"), (3, "row-too-long")]


async def test_a_file_that_is_one_endless_cell_is_never_held() -> None:
    piece, most = b"x\n" * 8_192, 0
    tracemalloc.start()
    try:
        assert plain(await split(b'A\n"', *[piece] * 200)) == [(1, b"A\n"), (2, "row-too-long")]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 4 * 1024 * 1024
