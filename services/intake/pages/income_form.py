"""The sources and contracts of an income as a form lists them, and the document that they make. Pure.

A row's fields carry its number: `label:1`, `kind:1`, `monthly:1`, `ends:1`, `notice:1`, `renewal:1`. A row
without an amount is none, unless another field of it was filled in. Mistakes are keys of `mistakes.said`.
"""

import re
from collections.abc import Iterator
from typing import Any

from infra.pages.form import Form
from schemas.income import KINDS, RENEWALS
from services.intake.pages.amounts import minor_units, written
from services.intake.pages.filled import currency

Document = dict[str, Any]
ROWS, MOST_ROWS = 3, 12
NO_SOURCE = "monthly:1"
_WRITTEN = ("label", "ends", "notice")
"""What a row holds besides its amount only where somebody wrote it; kind and renewal are always chosen."""
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_NOTICE = re.compile(r"1?[0-9]|2[0-4]")


def rows(form: Form) -> int:
    """How many rows are shown: as many as were there, and one more when asked for."""
    given = form.get("rows")
    there = int(given) if given.isascii() and given.isdecimal() and len(given) < 3 else ROWS
    return max(1, min(MOST_ROWS, there + form.has("go", "row")))


def document(form: Form, as_of: str) -> tuple[Document, dict[str, str]]:
    """The document of the form `schemas.income.Income`, and the mistakes by field; it holds where there are none."""
    found: dict[str, str] = {}
    told: Document = {"as_of": as_of, "currency": currency(form, "currency"), "sources": []}
    for name, least in (("expenses", 1), ("reserve", 0)):
        amount = minor_units(form.get(name), told["currency"])
        if amount is None or amount < least:
            found[name] = "needed-amount"
        told[name] = amount
    for row in range(1, rows(form) + 1):
        amount = minor_units(form.get(f"monthly:{row}"), told["currency"])
        if amount is None:
            found[f"monthly:{row}"] = "amount"
        elif amount >= 0:
            told["sources"].append(_source(form, row, amount, found))
        elif any(form.get(f"{name}:{row}") for name in _WRITTEN):
            found[f"monthly:{row}"] = "source-amount"
    if not told["sources"] and not any(name.startswith("monthly:") for name in found):
        found[NO_SOURCE] = "no-source"
    return told, found


def prefilled(answers: Document) -> Form:
    """The form as the few figures of an assessment fill it; empty where none were given."""
    income = answers.get("income", {})
    if not income:
        return Form({})
    named = income["currency"]
    values = {"currency": named}
    values |= {name: written(income[name], named) for name in ("expenses", "reserve") if name in income}
    if largest := income.get("largest_source"):
        values |= {"monthly:1": written(largest, named), "kind:1": KINDS[0]}
        if (rest := income.get("sources_total", 0) - largest) > 0:
            values |= {"monthly:2": written(rest, named), "kind:2": KINDS[0]}
    return Form({name: [value] for name, value in values.items()})


def label(form: Form, source: str) -> str:
    """What the person calls a source of the document; empty where they gave it no name."""
    return " ".join(form.get(f"label:{source.removeprefix('source-')}").split())[:100]


def _source(form: Form, row: int, amount: int, found: dict[str, str]) -> Document:
    kind = form.get(f"kind:{row}")
    source: Document = {
        "id": f"source-{row}",
        "kind": kind if kind in KINDS else KINDS[0],
        "monthly": amount,
    }
    if name := label(form, source["id"]):
        source["label"] = name
    if contract := dict(_contract(form, row, found)):
        source["contract"] = contract
    return source


def _contract(form: Form, row: int, found: dict[str, str]) -> Iterator[tuple[str, Any]]:
    ends, notice, renewal = (form.get(f"{name}:{row}") for name in ("ends", "notice", "renewal"))
    if _MONTH.fullmatch(ends):
        yield "ends", ends
    elif ends:
        found[f"ends:{row}"] = "month"
    if _NOTICE.fullmatch(notice):
        yield "notice_months", int(notice)
    elif notice:
        found[f"notice:{row}"] = "notice"
    if renewal in RENEWALS and ends:
        yield "renewal", renewal
