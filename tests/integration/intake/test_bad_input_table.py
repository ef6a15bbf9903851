"""The table of bad input in `docs/http.md`: what stands in each row is sent, and answered with the row's statuses."""

import asyncio
import gzip
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from infra.http.body import BODY_BYTES
from schemas.faults import MOST
from services.intake.handing_in.csv_imports import MAPPING_BYTES
from services.intake.handing_in.lines import LINE_BYTES
from tests.acceptance.slow import test_million_lines
from tests.integration.intake import test_disabled, test_slow_senders
from tests.integration.intake.door import Intake
from tests.integration.intake.test_codings import bomb
from tests.integration.intake.test_csv_imports import HEADER, MAPPING, form, sent
from tests.unit.http import test_server
from tests.unit.intake import test_lines
from tests.unit.intake.examples import employee, raw

PAGE = Path(__file__).parents[3] / "docs" / "http.md"
GOOD = raw(employee())
SHARE = b'"share": 1000'
LARGE = raw({"external_id": "x" * BODY_BYTES})
MANY = raw(employee() | {f"unknown-{number}": 1 for number in range(MOST + 1)})
NESTED = b'{"assessment":' + b"[" * 30_000
TWICE = GOOD.replace(b'{"', b'{"external_id": "second", "', 1)
Case = Callable[["Sender"], Awaitable[set[int]]]


class Sender:
    """A platform; each of its ways to hand in gives the statuses that are no success."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake

    async def single(self, *bodies: bytes, **headers: str) -> set[int]:
        """Of hand-ins that are requests of their own, one after the other."""
        return {await self._one(body, headers) for body in bodies} - {202}

    async def at_once(self, body: bytes, **headers: str) -> set[int]:
        """Of the same hand-in, several times at once."""
        return set(await asyncio.gather(*(self._one(body, headers) for _ in range(8)))) - {202}

    async def stream(self, body: Any, **headers: str) -> set[int]:
        """Of the lines of a stream, or the stream's own."""
        named = self.intake.streaming() | {name.replace("_", "-"): value for name, value in headers.items()}
        place = "/v1/assessments/stream"
        async with self.intake.client.post(place, data=body, headers=named) as response:
            if response.status != 200:
                return {response.status}
            return {json.loads(line)["status"] async for line in response.content} - {202}

    async def between(self, *lines: bytes) -> set[int]:
        """Of each of these as a line between two that fit; the neighbours are accepted."""
        found: set[int] = set()
        for line in lines:
            answers = await self.intake.stream(b"\n".join([GOOD, line, GOOD]))
            assert [one["status"] for one in answers[::2]] == [202, 202]
            found.add(answers[1]["status"])
        return found

    async def csv(self, rows: str | bytes, mapping: Mapping[str, Any] | bytes = MAPPING, cut: int = 0) -> set[int]:
        """Of the rows of a file; the last bytes of the form are cut off."""
        whole = form(HEADER.encode() + (rows.encode() if isinstance(rows, str) else rows), mapping)()
        body = await whole.as_bytes()
        status, told = await sent(self.intake, body[: len(body) - cut], Content_Type=whole.content_type)
        return {one["status"] for one in told} - {202} if status == 200 else {status}

    async def _one(self, body: bytes, headers: Mapping[str, str]) -> int:
        status, _, _ = await self.intake.hand_in(body, Authorization=self.intake.bearer, **headers)
        return int(status)


async def erased(sender: Sender) -> set[int]:
    """The stream of somebody who is erased before it comes again."""
    body, key = GOOD + b"\n", {"Idempotency_Key": "erased"}
    assert await sender.stream(body, **key) == set()
    sender.intake.ledger.erase(next(iter(sender.intake.ledger.handles.values())))
    return await sender.stream(body, **key)


def streamed_bomb() -> bytes:
    return gzip.compress(GOOD + b"\n") + b"".join(bomb("gzip"))


async def every(*cases: Awaitable[set[int]]) -> set[int]:
    return set().union(*[await one for one in cases])


TRIED: dict[str, Case] = {
    "half a line at the end": lambda to: to.stream(GOOD + b"\n" + GOOD[:100]),
    "a line of more than": lambda to: to.between(b"x" * (LINE_BYTES + 1)),
    "a row of CSV that is longer": lambda to: every(
        to.csv(f"1,{'x' * LINE_BYTES},15-1252.00\n"), to.csv('1,"x,15-1252.00\n' + "2,x,15-1252.00\n" * LINE_BYTES)
    ),
    "a row of CSV with more": lambda to: every(
        to.csv("1,x,15-1252.00,y\n"), to.csv("1,x\n"), to.csv(b"1,\xff,15-1252.00\n"), to.csv('1,"x"y,15-1252.00\n')
    ),
    "a mapping that is none": lambda to: every(
        to.csv("", b"{"),
        to.csv("", {"columns": {"Nobody": "/external_id"}}),
        to.csv("", b" " * (MAPPING_BYTES + 1)),
        to.csv("1,x,15-1252.00\n2,x,15-", cut=20),
    ),
    "bytes that are not UTF-8": lambda to: every(
        to.single(GOOD.replace(b"staff", b"st\xff")), to.between(GOOD.replace(b"staff", b"st\xff"))
    ),
    "a number out of range": lambda to: to.between(
        *(GOOD.replace(SHARE, b'"share": ' + one) for one in (b"9" * 400, b"NaN", b"1000.0"))
    ),
    "more than a hundred faults": lambda to: to.between(MANY),
    "an object nested": lambda to: every(to.single(NESTED), to.between(NESTED)),
    "a key twice": lambda to: every(to.single(TWICE), to.between(TWICE)),
    "a content type": lambda to: every(
        to.single(GOOD, Content_Type="text/plain"), to.stream(GOOD, Content_Type="application/json")
    ),
    "a body of more than": lambda to: to.single(LARGE),
    "a body in `gzip`": lambda to: every(
        to.single(gzip.compress(GOOD), Content_Encoding="gzip"),
        to.stream(gzip.compress(GOOD), Content_Encoding="gzip"),
    ),
    "a body in another": lambda to: every(
        to.single(GOOD, Content_Encoding="br"), to.stream(GOOD, Content_Encoding="gzip, zstd")
    ),
    "a body that is not in": lambda to: every(
        to.single(GOOD, gzip.compress(GOOD)[:-8], Content_Encoding="gzip"),
        to.stream(GOOD, Content_Encoding="zstd"),
    ),
    "a bomb": lambda to: every(
        to.single(gzip.compress(LARGE), Content_Encoding="gzip"), to.stream(streamed_bomb(), Content_Encoding="gzip")
    ),
    "a stream, or an import": lambda to: every(to.stream(GOOD, Idempotency_Key=""), to.single(GOOD)),
    "a malformed `Idempotency-Key`": lambda to: every(
        to.single(GOOD, Idempotency_Key="a b"),
        to.at_once(raw(employee("same")), Idempotency_Key="same"),
        to.single(raw(employee("other")), Idempotency_Key="same"),
    ),
    "a line of somebody who was erased": erased,
}
SHOWN_BY: dict[str, Sequence[object]] = {
    "a token that expires": (
        test_slow_senders.test_a_stream_outlives_the_token_that_it_began_with,
        test_disabled.test_an_open_stream_ends_with_a_line_that_says_so_and_takes_nothing_more,
    ),
    "a sender that drips": (
        test_slow_senders.test_a_body_that_drips_is_not_waited_for,
        test_slow_senders.test_a_form_for_a_token_and_a_file_of_hand_ins_that_drip_are_not_waited_for,
        test_slow_senders.test_a_stream_that_brings_nothing_ends_with_a_line_that_says_so,
        test_slow_senders.test_a_stream_that_drips_byte_by_byte_ends_too,
    ),
    "a connection that brings no whole head": (test_server.test_a_head_that_drips_is_not_waited_for,),
    "a client that does not read": (
        test_slow_senders.test_whoever_does_not_read_is_not_read_from_and_is_gone_after_a_while,
    ),
    "a line of 10 MB": (
        test_lines.test_a_line_of_ten_megabytes_is_never_held,
        test_million_lines.test_a_million_refused_lines_are_answered_one_by_one_in_constant_memory,
    ),
}
"""What takes time, or a process of its own, is shown elsewhere."""


def table() -> list[tuple[str, set[int]]]:
    """What comes, and the statuses that are named for it, row by row."""
    _, _, section = PAGE.read_text().partition("## Bad input\n")
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")][2:]
    return [(comes, {int(one) for one in re.findall(r"\b[45][0-9]{2}\b", said)}) for comes, said in rows]


def test_each_row_is_tried_here_or_shown_by_a_test_that_is_named_here() -> None:
    found = [[start for start in (*TRIED, *SHOWN_BY) if comes.startswith(start)] for comes, _ in table()]
    assert [len(one) for one in found] == [1] * len(found)
    assert {start for (start,) in found} == {*TRIED, *SHOWN_BY}


@pytest.mark.parametrize("start", TRIED)
async def test_what_is_said_in_a_row_is_what_is_answered(intake: Intake, start: str) -> None:
    (said,) = [statuses for comes, statuses in table() if comes.startswith(start)]
    assert await TRIED[start](Sender(intake)) == said
