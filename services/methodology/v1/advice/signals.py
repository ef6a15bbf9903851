"""Market signals: dated statements about the labour market with their publisher and a grade of evidence.

They stand beside a score and never enter it. Publishers are named as the source names them.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from services.methodology.finding import Finding, Refused
from services.methodology.v1.text import worded

Document = dict[str, Any]

PATH = Path(__file__).with_name("signals.json")


@cache
def _table() -> Document:
    loaded: Document = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


def _findings(added: Sequence[Document]) -> Iterator[Finding]:
    """What the form of a signal cannot say."""
    published = {str(signal["id"]) for signal in _table()["signals"]}
    met: set[str] = set()
    for place, signal in enumerate(added):
        path, name = f"signals.{place}", signal["id"]
        if name in published | met:
            right = "Give the new one an id of its own; what the version publishes stays as it is."
            yield Finding(f"{path}.id", "given_twice", f"There is a signal {name} already.", right)
        if not signal["primary_checked"] and signal["grade"] != "D":
            right = "Grade it D, or read the primary source first."
            yield Finding(f"{path}.grade", "grade_unproved", f"{name} was not read at its primary source.", right)
        met.add(name)


def _published(signal: Document, language: str) -> Document:
    key = signal["id"]
    return {
        **signal,
        "statement": worded(f"signal.{key}", signal["statement"], language),
        "publisher": worded(f"publisher.{key}", signal["publisher"], language),
    }


def signals(added: Sequence[Document] = (), language: str = "en") -> Document:
    """Grades with their meaning, and the signals, the newest first, then by id.

    ``added`` are an operator's, of the form ``schemas.signal.Signal``; they are marked. Raises ``Refused`` for
    one that stands for a published one or claims more than was checked. Publishers keep their names in any
    language, and an operator's statements their words; a publisher that is only described is described.
    """
    found = list(_findings(added))
    if found:
        raise Refused(found)
    every = [_published(signal, language) for signal in _table()["signals"]]
    every += [{**signal, "added": True} for signal in added]
    every.sort(key=lambda signal: str(signal["id"]))
    every.sort(key=lambda signal: str(signal["date"]), reverse=True)
    grades = {grade: worded(f"grade.{grade}", meaning, language) for grade, meaning in _table()["grades"].items()}
    return {"grades": grades, "signals": every}
