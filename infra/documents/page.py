"""The form that generated documents share, in Markdown. Pure."""

from collections.abc import Iterable, Sequence

FILL_IN = "**to be filled in**"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    lines = [" | ".join(head), " | ".join("---" for _ in head)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") or "–" for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def page(title: str, moment: str, *sections: tuple[str, str], source: str = "the running configuration") -> str:
    """A document with its title, its date, what it was generated from, and its sections."""
    parts = [f"# {title}\n", f"Generated from {source} on {moment}.\n"]
    parts += [f"## {heading}\n\n{text.strip()}\n" for heading, text in sections]
    return "\n".join(parts)


def party(name: str, contact: str) -> str:
    """A party with where it is reached."""
    return f"{name}, {contact or FILL_IN}"
