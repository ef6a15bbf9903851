"""A CSV file is taken as it stands, by a column mapping: row by row, once, and tried without being taken."""

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiohttp import FormData, MultipartWriter

from schemas.topics import SUBMITTED
from services.intake.handing_in import csv_imports
from services.intake.handing_in.csv_imports import MAPPING_BYTES
from services.intake.handing_in.lines import LINE_BYTES
from tests.integration.intake.door import CANARY, Intake

PLACE = "/v1/assessments/csv"
MAPPING: Mapping[str, Any] = {
    "columns": {"Number": "/external_id", "Occupation": "/assessment/occupations/0/code"},
    "constants": {
        "/assessment/as_of": "2026-11",
        "/assessment/profile": "core",
        "/assessment/occupations/0/share": 1000,
    },
}
HEADER = "Number,Name,Occupation\n"
ROWS = '0041,Ada,15-1252.00\n0042,"Byron, George\n""the poet""",11-9021.00\n'


def form(file: str | bytes, mapping: Mapping[str, Any] | bytes = MAPPING) -> FormData:
    """As `curl -F mapping=@mapping.json -F file=@staff.csv` sends it."""
    data = FormData()
    data.add_field("mapping", mapping if isinstance(mapping, bytes) else json.dumps(mapping).encode(), filename="m")
    data.add_field("file", file if isinstance(file, bytes) else file.encode(), filename="staff.csv")
    return data


async def sent(intake: Intake, data: Any, place: str = PLACE, **headers: str) -> tuple[int, list[dict[str, Any]]]:
    """Status and lines of the answer; the one problem where it is no stream."""
    named = {"Authorization": intake.bearer, "Idempotency-Key": "staff-2026-11"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    async with intake.client.post(place, data=data, headers=named) as response:
        text = await response.text()
        assert CANARY not in text
        return response.status, [json.loads(line) for line in text.splitlines()]


async def test_each_row_is_a_hand_in_by_the_platforms_own_name_and_is_scored(intake: Intake) -> None:
    status, answers = await sent(intake, form(HEADER + ROWS))
    assert (status, [(one["line"], one["status"]) for one in answers]) == (200, [(2, 202), (3, 202)])
    await intake.score()
    _, page, _ = await intake.call("GET", "/v1/results", Authorization=intake.bearer)
    assert {one["id"]: one["external_id"] for one in page["results"]} == {
        answers[0]["id"]: "0041",
        answers[1]["id"]: "0042",
    }


async def test_a_file_sent_again_under_its_key_goes_on_where_it_was_and_doubles_nobody(intake: Intake) -> None:
    # Given a file of which the first row arrived, and a stream of lines under the same key
    _, before = await sent(intake, form(HEADER + ROWS.partition("\n")[0]))
    lines = [{"external_id": "streamed", "assessment": {"as_of": "2026-11", "profile": "core"}}]
    await intake.stream(json.dumps(lines[0]).encode(), "staff-2026-11")
    # When all of it comes again, twice, the last time with another first row
    _, again = await sent(intake, form(HEADER + ROWS))
    _, other = await sent(intake, form(HEADER + ROWS.replace("0041", "0043")))
    # Then each row is one hand-in, and what is another one is refused
    assert again[0]["id"] == before[0]["id"]
    assert [one["status"] for one in other] == [422, 202]
    assert other[0]["problem"]["type"].endswith(":idempotency-key-reused")
    assert other[1]["id"] == again[1]["id"]
    assert len(intake.broker.of(SUBMITTED.name)) == 2


async def test_a_dry_run_says_of_each_row_whether_it_fits_and_takes_none(intake: Intake) -> None:
    wrong = f"0043,{CANARY},nonsense\n0044,too,15-1252.00,many\n"
    status, answers = await sent(intake, form(HEADER + ROWS + wrong), f"{PLACE}:validate")
    assert status == 200
    assert [(one["line"], one["status"]) for one in answers] == [(2, 200), (3, 200), (4, 422), (5, 422)]
    assert answers[2]["problem"]["errors"][0]["pointer"] == "/assessment/occupations/0/code"
    assert "3 cells" in answers[3]["problem"]["errors"][0]["detail"]
    assert (intake.broker.records, intake.ledger.people) == ([], {})


async def test_a_row_that_is_wrong_harms_no_neighbour(intake: Intake) -> None:
    rows = b"1,x,15-1252.00\n2,\xff,15-1252.00\n3,x,\n4,x,15-1252.00"
    _, answers = await sent(intake, form(HEADER.encode() + rows))
    assert [(one["line"], one["status"]) for one in answers] == [(2, 202), (3, 422), (4, 422), (5, 202)]


async def test_a_file_as_a_german_spreadsheet_saves_it_is_read(intake: Intake) -> None:
    file = b"\xef\xbb\xbfNumber;Name;Occupation\r\n0041;\xc3\x84nne;15-1252.00\r\n"
    _, answers = await sent(intake, form(file, {**MAPPING, "delimiter": ";"}))
    assert [(one["line"], one["status"]) for one in answers] == [(2, 202)]


@pytest.mark.parametrize(
    ("file", "mapping", "pointer", "said"),
    [
        ("Nr,Occupation\n", MAPPING, "/mapping/columns", "no column 'Number'"),
        ("", MAPPING, "/file", "header"),
        (b"\xff\n", MAPPING, "", "UTF-8"),
        (HEADER, b"{", "/mapping", "JSON"),
        (HEADER, b"[" * 30_000, "/mapping", "JSON"),
        (HEADER, b'{"columns": {"Number": "/external_id", "Number": "/x"}}', "/mapping/columns/Number", "twice"),
        (HEADER, {"columns": {"Number": "external_id"}}, "/mapping", "slash"),
    ],
)
async def test_what_is_no_file_or_no_mapping_of_it_is_answered_before_any_row_is_taken(
    intake: Intake, file: str, mapping: Any, pointer: str, said: str
) -> None:
    status, (problem,) = await sent(intake, form(file, mapping))
    (fault,) = problem["errors"]
    assert (status, fault["pointer"]) == (422, pointer)
    assert said in fault["detail"]


async def test_a_form_that_is_none_is_answered_as_such(intake: Intake) -> None:
    swapped = FormData()
    swapped.add_field("file", HEADER.encode(), filename="staff.csv")
    swapped.add_field("mapping", b"{}", filename="m")
    boundary = {"Content_Type": "multipart/form-data; boundary=x"}
    asked: list[tuple[Any, dict[str, str], int, str]] = [
        (swapped, {}, 422, "part-missing"),
        (form(HEADER, b" " * (MAPPING_BYTES + 1)), {}, 413, "too-large"),
        (b"nothing of a form", boundary, 400, "malformed-form"),
        (b"--x\r\nX: 1\r\n\r\n", {"Content_Type": "multipart/form-data"}, 400, "malformed-form"),
        (b"", {"Content_Type": "text/csv"}, 415, "content-type"),
        (form(HEADER), {"Idempotency_Key": ""}, 400, "idempotency-key"),
        (form(HEADER), {"Authorization": "Bearer none"}, 401, "unauthorised"),
    ]
    for data, headers, status, kind in asked:
        told, (problem,) = await sent(intake, data, **headers)
        assert (told, problem["type"].rpartition(":")[2]) == (status, kind)
    async with intake.client.post(PLACE, data=form(HEADER), headers={"Authorization": intake.bearer}) as response:
        assert (response.status, (await response.json())["type"].rpartition(":")[2]) == (
            400,
            "idempotency-key-missing",
        )


async def test_a_form_that_breaks_off_ends_with_a_line_that_says_so_and_what_was_answered_stands(
    intake: Intake,
) -> None:
    whole = form(HEADER + ROWS + "0043,half a r")()
    assert isinstance(whole, MultipartWriter)
    body = (await whole.as_bytes()).partition(b"half a r")[0]
    status, answers = await sent(intake, body, Content_Type=whole.content_type)
    assert (status, [(one["line"], one["status"]) for one in answers]) == (200, [(2, 202), (3, 202), (4, 400)])


async def test_a_row_that_does_not_end_is_the_last(intake: Intake) -> None:
    _, answers = await sent(intake, form(HEADER + '1,"x,15-1252.00\n' + "2,x,15-1252.00\n" * LINE_BYTES))
    assert [(one["line"], one["status"]) for one in answers] == [(2, 413)]
    assert intake.broker.records == []


async def test_a_file_is_read_in_its_coding(intake: Intake) -> None:
    whole = form(HEADER + ROWS)()
    body = gzip.compress(await whole.as_bytes())
    _, answers = await sent(intake, body, Content_Type=whole.content_type, Content_Encoding="gzip")
    assert [one["status"] for one in answers] == [202, 202]


@pytest.fixture
def one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_imports, "IMPORTS_AT_ONCE", 1)


async def test_an_organisation_has_so_many_imports_open_and_another_one_its_own(
    one_at_once: None, intake: Intake
) -> None:
    # Given a file that is answered, and goes on
    whole, more = form(HEADER + ROWS * 4_000)(), asyncio.Event()
    assert isinstance(whole, MultipartWriter)
    content = await whole.as_bytes()

    async def body() -> AsyncIterator[bytes]:
        yield content[:-100]
        await more.wait()
        yield content[-100:]

    headers = {"Authorization": intake.bearer, "Content-Type": whole.content_type}
    async with intake.client.post(f"{PLACE}:validate", data=body(), headers=headers) as opened:
        assert opened.status == 200
        # When the organisation begins one more, it is told to come again, and another organisation is not
        assert (await sent(intake, form(HEADER)))[0] == 429
        assert (await sent(intake, form(HEADER), Authorization=intake.bearer_of("other")))[0] == 200
        # And when it has ended there is room again
        more.set()
        await opened.read()
    assert (await sent(intake, form(HEADER)))[0] == 200


async def test_a_long_file_takes_no_more_memory_in_its_second_half_than_in_its_first(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a mapping that makes kilobytes of each row of two bytes, and more chunks than are under way at a time
    monkeypatch.setattr(csv_imports, "CHUNK_LINES", 100)
    constants = {"/assessment/as_of": "x" * 8_000}
    mapping = {"columns": {"N": "/external_id"}, "constants": constants}
    count, portion, peaks = 2_000, 100, list[int]()

    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="mapping"\r\n\r\n' + json.dumps(mapping).encode()
        yield b'\r\n--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nN\n'
        for _ in range(count // portion):
            yield b"1\n" * portion
        yield b"\r\n--x--\r\n"

    headers = {"Authorization": intake.bearer, "Content-Type": "multipart/form-data; boundary=x"}
    # When it is sent and its answers are read
    tracemalloc.start()
    try:
        async with intake.client.post(f"{PLACE}:validate", data=body(), headers=headers) as response:
            answered = 0
            async for line in response.content:
                answered += b'"status":422' in line
                if answered in (count // 2, count):
                    peaks.append(tracemalloc.get_traced_memory()[1])
                    tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    # Then each row is answered, and what is held does not grow with the file
    assert answered == count
    assert peaks[1] < 1.4 * peaks[0]
