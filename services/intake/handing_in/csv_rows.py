"""Rows of a CSV file (RFC 4180) as they arrive, in bounded memory.

A row ends at the first line feed that is in no quoted cell. Where one does not end within `LINE_BYTES` a quotation
mark may be missing, so that nobody knows where the next begins: it is answered, and is the last.
"""

import csv

from infra.http.problems import Problem, invalid
from schemas.faults import Fault
from services.intake.handing_in.lines import LINE_BYTES, Line

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class RowSplitter:
    """Splits pieces of a file into rows, numbered from 1, the header's number. Empty ones are passed over."""

    def __init__(self) -> None:
        self._number = 0
        self._row = bytearray()
        self._rest = b""
        self._quoted = False
        self._endless: Problem | None = None

    def feed(self, piece: bytes) -> list[Line]:
        """The rows that this piece completes. Raises Problem (413) after one that does not end."""
        if self._endless is not None:
            raise self._endless
        *complete, self._rest = (self._rest + piece).split(b"\n")
        rows: list[Line] = []
        for line in complete:
            rows += self._ended(line + b"\n")
            if len(self._row) > LINE_BYTES:
                break
        if len(self._row) + len(self._rest) > LINE_BYTES:
            self._endless = _too_long()
        return rows

    def finish(self) -> list[Line]:
        """The last row, where the file did not end with a line feed. Raises Problem (413)."""
        if self._endless is not None:
            raise self._endless
        self._row += self._rest
        return self._row_of(bytes(self._row)) if self._row else []

    def broken(self, problem: Problem) -> Line:
        """The row that will never be complete."""
        return self._number + 1, problem

    def _ended(self, line: bytes) -> list[Line]:
        self._row += line
        self._quoted ^= line.count(b'"') % 2 == 1
        if self._quoted or len(self._row) > LINE_BYTES:
            return []
        row = bytes(self._row)
        self._row.clear()
        return self._row_of(row)

    def _row_of(self, row: bytes) -> list[Line]:
        self._number += 1
        if self._number == 1:
            row = row.removeprefix(_BYTE_ORDER_MARK)
        return [(self._number, row)] if row.strip() else []


def cells(row: bytes, delimiter: str) -> list[str]:
    """The cells of a row. Raises Problem (422)."""
    try:
        (found,) = csv.reader([row.decode()], delimiter=delimiter, strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise invalid([Fault("", "Must be one row of CSV (RFC 4180) in UTF-8.")]) from None
    return found


def _too_long() -> Problem:
    detail = f"A row has at most {LINE_BYTES} bytes; a quotation mark may be missing. Nothing more is read."
    return Problem(413, "row-too-long", "A row does not end", detail)
