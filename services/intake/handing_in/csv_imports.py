"""`POST /v1/assessments/csv`: a CSV file and a column mapping up, an answer for each row down, at once and in order.

The mapping stands first in the form, so that each row is a hand-in as soon as it has arrived. From there on it is the
stream of `stream.py`: the same pace, memory and `Idempotency-Key`. `…/csv:validate` says the same of each row, and
hands in none.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import partial

import msgspec
from aiohttp import web

from infra.http.at_once import AtOnce
from infra.http.body import expect, in_time
from infra.http.codings import decoded
from infra.http.form import FORM, Form, Part
from infra.http.operation import Answer, operation
from infra.http.problems import Problem, invalid
from schemas.assessment import RowChecked, StreamLine
from schemas.column_mapping import SHAPE, ColumnMapping, NotAMapping, NotARow, Table, read_mapping
from schemas.distinct_keys import repeated
from schemas.faults import Fault
from services.intake.contract import STREAM_KEY, WRITER
from services.intake.handing_in.acceptance import Acceptance
from services.intake.handing_in.csv_rows import RowSplitter, cells
from services.intake.handing_in.idempotency import IdempotencyKeys, demanded
from services.intake.handing_in.lines import CHUNK_LINES, Line, chunks
from services.intake.handing_in.stream import NDJSON, Take, Told, allowed, stream
from services.intake.handing_in.suggestions import name_occupation, suggested
from services.intake.organisations.callers import Caller, Callers
from services.methodology.version import ENGLISH

MAPPING_BYTES = 32 * 1024
"""What a row may grow by, so that a chunk of the shortest rows is bounded as well."""
IMPORTS_AT_ONCE = 8
SUGGESTED = 100
"""Rows of a dry run of which it is looked for what was meant."""
_TAKES = {
    FORM: {
        "type": "object",
        "description": "The mapping, and behind it the file: a header and one row for each hand-in, in UTF-8.",
        "required": ["mapping", "file"],
        "properties": {"mapping": SHAPE, "file": {"type": "string", "format": "binary"}},
        "additionalProperties": False,
    }
}
_ROWS = "One line for each row, in order; `line` is the row's number in the file, whose header is row 1."


class CsvImports:
    """The handlers."""

    def __init__(self, callers: Callers, keys: IdempotencyKeys, acceptance: Acceptance) -> None:
        self._callers = callers
        self._idempotency_keys = keys
        self._acceptance = acceptance
        self._imports = AtOnce(IMPORTS_AT_ONCE, "imports")

    def table(self) -> Sequence[web.RouteDef]:
        """All routes."""
        return [
            web.post("/v1/assessments/csv", self.import_csv),
            web.post("/v1/assessments/csv:validate", self.validate_csv),
        ]

    @operation(
        proofs=(WRITER,),
        headers=(STREAM_KEY,),
        takes=_TAKES,
        answers={200: Answer({NDJSON: StreamLine}, _ROWS)},
        problems=(400, 401, 403, 408, 413, 415, 422, 429, 503),
    )
    async def import_csv(self, request: web.Request) -> web.StreamResponse:
        """A CSV file, row by row, by a column mapping.

        Sent again under the same key after a break, the rows that were accepted are answered again and change
        nothing.
        """
        caller = self._caller(request)
        self._acceptance.admission.open()
        key = demanded(request.headers.get("Idempotency-Key"), caller.tenant)
        # A stream of lines under the same key is another request: no key of HTTP holds a space.
        events = await self._idempotency_keys.events(caller.tenant, f"csv {key}")
        return await self._answered(request, caller, partial(self._acceptance.take, caller, events))

    @operation(
        proofs=(WRITER,),
        takes=_TAKES,
        answers={200: Answer({NDJSON: RowChecked}, _ROWS)},
        problems=(400, 401, 403, 408, 413, 415, 422, 429),
    )
    async def validate_csv(self, request: web.Request) -> web.StreamResponse:
        """Which rows of a CSV file would be taken: 200, or 422 with every fault; nothing of them is kept.

        The first hundred occupations that are named by a title are told with the nearest codes. The ledger is not
        asked, so a person who has withdrawn may still be refused at the hand-in.
        """
        caller = self._caller(request)
        return await self._answered(request, caller, partial(self._tried, caller, iter(range(SUGGESTED))))

    async def _tried(self, caller: Caller, left: Iterator[int], lines: Sequence[Line]) -> Sequence[Told]:
        seen = await self._acceptance.tried(caller, lines)
        for (_, row), one in zip(lines, seen, strict=True):
            if isinstance(row, Problem) or not isinstance(one, Problem) or not name_occupation(one.faults):
                continue
            if next(left, None) is not None:
                one.faults = await suggested(one.faults, row, self._acceptance.version, ENGLISH)
        return seen

    def _caller(self, request: web.Request) -> Caller:
        caller = self._callers.organisation(request)
        expect(request, FORM)
        return caller

    async def _answered(self, request: web.Request, caller: Caller, take: Take) -> web.StreamResponse:
        with self._imports.one(request, caller.tenant):
            form = Form(request)
            mapping = _mapping(await in_time(_whole(form)))
            file = await in_time(form.part("file"))
            header, rows = await in_time(_begun(self._rows(file, caller)))
            table = _below(header, mapping)

            async def mapped(lines: Sequence[Line]) -> Sequence[Told]:
                made = await self._acceptance.slices.done(caller.tenant, lines, partial(_hand_in, table))
                return await take(made)

            return await stream(request, rows, mapped)

    def _rows(self, file: Part, caller: Caller) -> AsyncIterator[Sequence[Line]]:
        pieces = allowed(decoded(file), partial(self._callers.still, caller.tenant))
        largest: Callable[[], int] = partial(self._acceptance.admission.largest, caller.tenant, CHUNK_LINES)
        return chunks(pieces, largest, RowSplitter())


async def _whole(form: Form) -> bytes:
    return await (await form.part("mapping")).whole(MAPPING_BYTES)


def _mapping(raw: bytes) -> ColumnMapping:
    """Raises Problem (422)."""
    try:
        document = msgspec.json.decode(raw)
        if twice := [Fault(f"/mapping{one.pointer}", one.detail) for one in repeated(raw)]:
            raise invalid(twice)
        return read_mapping(document)
    except NotAMapping as error:
        raise invalid([Fault("/mapping", str(error))]) from None
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise invalid([Fault("/mapping", "Must be JSON in UTF-8.")]) from None


async def _begun(rows: AsyncIterator[Sequence[Line]]) -> tuple[bytes, AsyncIterator[Sequence[Line]]]:
    """The header, and what is below it. Raises Problem where there is none."""
    async for (_, header), *first in rows:
        if isinstance(header, Problem):
            raise header
        return header, _after(first, rows)
    raise invalid([Fault("/file", "Must begin with a header.")])


async def _after(first: Sequence[Line], rows: AsyncIterator[Sequence[Line]]) -> AsyncIterator[Sequence[Line]]:
    if first:
        yield first
    async for one in rows:
        yield one


def _below(header: bytes, mapping: ColumnMapping) -> Table:
    """Raises Problem (422)."""
    try:
        return mapping.below(cells(header, mapping.delimiter))
    except NotAMapping as error:
        raise invalid([Fault("/mapping/columns", str(error))]) from None


def _hand_in(table: Table, line: Line) -> Line:
    """A row as the document that it stands for, or why it is none."""
    number, row = line
    if isinstance(row, Problem):
        return line
    try:
        return number, msgspec.json.encode(table.hand_in(cells(row, table.mapping.delimiter)))
    except Problem as problem:
        return number, problem
    except NotARow as error:
        return number, invalid([Fault("", str(error))])
