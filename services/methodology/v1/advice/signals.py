"""Market signals: dated statements about the labour market with their publisher and a grade of evidence.

They stand beside a score and never enter it. Publishers are named as the source names them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

Document = dict[str, Any]

PATH = Path(__file__).with_name("signals.json")


@cache
def _table() -> Document:
    loaded: Document = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


def signals() -> Document:
    """Grades with their meaning, and the signals, the newest first, then by id."""
    ranked = sorted(_table()["signals"], key=lambda signal: str(signal["id"]))
    ranked.sort(key=lambda signal: str(signal["date"]), reverse=True)
    return {"grades": dict(_table()["grades"]), "signals": [dict(signal) for signal in ranked]}
