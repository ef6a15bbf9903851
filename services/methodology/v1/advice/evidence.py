"""Which specialisations and certifications a plan leads to.

A plan chooses items and no bundles: gains and hours of a bundle are the sums over its items, so the best choice of
items gains at least as much as the best choice of bundles. What it completes is told beside it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]


def _nearer(kind: str, entry: Document, parts: list[Document], reached: Mapping[str, int]) -> Document | None:
    """An entry with what the plan adds to it and what it still lacks; ``None`` where the plan adds nothing."""
    before = {part["id"] for part in parts if part["basis"] == "held"}
    after = before | {part["id"] for part in parts if reached.get(part["id"], 0) >= part["level"]}
    if after == before:
        return None
    return {
        "kind": kind,
        "id": entry["id"],
        "name": entry["name"],
        "adds": [part["id"] for part in parts if part["id"] in after - before],
        "met": len(after),
        "of": len(parts),
        "complete": len(after) == len(parts),
        "lacks": [part["id"] for part in parts if part["id"] not in after],
    }


def evidence(
    specialisations: list[Document], certifications: list[Document], reached: Mapping[str, int]
) -> list[Document]:
    """Those that the plan brings nearer, complete ones first, then in the order of the tables; ``reached`` is the
    level of each item of the plan.
    """

    def every() -> Iterator[Document | None]:
        for one in specialisations:
            yield _nearer("specialisation", one, one["items"], reached)
        for one in certifications:
            yield _nearer("certification", one, one["evidences"]["items"], reached)

    return sorted(filter(None, every()), key=lambda one: not one["complete"])
