"""Prints figures as a table, plain enough to be pasted into docs/performance.md."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---:|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def budget(measured: float, most: float, unit: str) -> str:
    """What was allowed, and whether it was kept."""
    kept = "kept" if measured < most else "NOT KEPT"
    return f"budget {most:g} {unit}, {kept}"
