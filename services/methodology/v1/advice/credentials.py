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
from services.methodology.v1.advice.bundle import Learner, bundle
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


def _practice(wanted: dict[str, int], person: Learner, language: str) -> list[Document]:
    """Behaviours that belong to a specialisation, as what to do, where they are more than what is done now."""
    return [
        {"id": item, "gain": option.gain, "behaviour": behaviour(item, level, language)}
        for item, level in wanted.items()
        if item in person.raisable and person.raisable[item].dimension == d.AI
        for option in person.raisable[item].options
        if option.reached == level
    ]


def specialisations(person: Learner, language: str = "en") -> list[Document]:
    """Each specialisation with the gain of its items for this person, in the order of the table."""
    return [
        {
            "id": entry["id"],
            "name": worded(f"specialisation.{entry['id']}", entry["name"], language),
            **bundle(person, entry["items"], entry.get("hours")),
            "practice": _practice(entry["practice"], person, language),
            "checked": entry["checked"],
        }
        for entry in credentials()["specialisations"]
    ]


def certifications(person: Learner, language: str = "en") -> list[Document]:
    """Each certification with what it evidences and what learning that gains; by itself it gains nothing."""
    kept = ("id", "name", "issuer", "specialisation", "source", "read_from", "date", "checked")
    return [
        {
            **{name: entry[name] for name in kept if name in entry},
            **_status(entry, language),
            "gain_by_itself": 0,
            "evidences": bundle(person, entry["items"], entry.get("hours")),
        }
        for entry in credentials()["certifications"]
    ]


def _status(entry: Document, language: str) -> Document:
    """What else is known of a certification, where something is."""
    if "status" not in entry:
        return {}
    return {"status": worded(f"certification.{entry['id']}", entry["status"], language)}
