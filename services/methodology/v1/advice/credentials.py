"""AI specialisations and certifications: tables of what they consist of, and what that gains for one person.

A certification is evidence of what somebody knows. It adds no point by itself: the gain told is that of the
items it evidences, once they are learned. Hours stand only where the issuer states them.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from services.methodology.v1 import definition as d
from services.methodology.v1.advice.behaviours import behaviour
from services.methodology.v1.advice.changes import Changeable
from services.methodology.v1.advice.effort import hours, spread
from services.methodology.v1.text import worded

Document = dict[str, Any]

PATH = Path(__file__).with_name("credentials.json")


@cache
def credentials() -> dict[str, list[Document]]:
    """The tables ``specialisations`` and ``certifications``, each entry with the day it was last checked."""
    return {table: _loaded()[table] for table in ("specialisations", "certifications")}


def note() -> str:
    """What holds of both tables: whose judgement they are, and why no hours of an issuer stand in them."""
    words: str = _loaded()["note"]
    return words


@cache
def _loaded() -> Document:
    loaded: Document = json.loads(PATH.read_text(encoding="utf-8"))
    return loaded


def _reached(item: Changeable, level: int) -> tuple[int, int]:
    """Gain and hours of bringing an item to a level at least, with nothing faded."""
    reached = max(level, item.now)
    gains = [option.gain for option in item.options if option.reached <= reached]
    needed = reached > item.now or bool(item.months)
    return (gains[-1] if gains else 0), (hours(item.now, reached) if needed else 0)


def _gained(wanted: dict[str, int], by_id: dict[str, Changeable]) -> Document:
    """What the wanted items give this person; those that nobody asked or that are held already give nothing."""
    met = {item: _reached(by_id[item], level) for item, level in wanted.items() if item in by_id}
    gain, middle = sum(one for one, _ in met.values()), sum(one for _, one in met.values())
    told: Document = {
        "items": [{"id": item, "level": level, "gain": met.get(item, (0, 0))[0]} for item, level in wanted.items()],
        "gain": gain,
        "effort": spread(middle),
    }
    if middle:
        told["gain_per_hour"] = gain // middle
    return told


def _practice(wanted: dict[str, int], by_id: dict[str, Changeable], language: str) -> list[Document]:
    """Behaviours that belong to a specialisation, as what to do, where they are more than what is done now."""
    return [
        {"id": item, "gain": option.gain, "behaviour": behaviour(item, level, language)}
        for item, level in wanted.items()
        if item in by_id and by_id[item].dimension == d.AI
        for option in by_id[item].options
        if option.reached == level
    ]


def specialisations(items: tuple[Changeable, ...], language: str = "en") -> list[Document]:
    """Each specialisation with the gain of its items for this person, in the order of the table."""
    by_id = {item.id: item for item in items}
    return [
        {
            "id": entry["id"],
            "name": worded(f"specialisation.{entry['id']}", entry["name"], language),
            **_gained(entry["items"], by_id),
            "practice": _practice(entry["practice"], by_id, language),
            "checked": entry["checked"],
        }
        for entry in credentials()["specialisations"]
    ]


def certifications(items: tuple[Changeable, ...], language: str = "en") -> list[Document]:
    """Each certification with what it evidences and what learning that gains; by itself it gains nothing."""
    by_id = {item.id: item for item in items}
    kept = ("id", "name", "issuer", "specialisation", "hours", "source", "read_from", "date", "checked")
    return [
        {
            **{name: entry[name] for name in kept if name in entry},
            **_status(entry, language),
            "gain_by_itself": 0,
            "evidences": _gained(entry["items"], by_id),
        }
        for entry in credentials()["certifications"]
    ]


def _status(entry: Document, language: str) -> Document:
    """What else is known of a certification, where something is."""
    if "status" not in entry:
        return {}
    return {"status": worded(f"certification.{entry['id']}", entry["status"], language)}
