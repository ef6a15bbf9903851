"""Reminders of contracts as an iCalendar file (RFC 5545): what has to be done before an end, and the end.

A contract that renews itself has a last day to give notice in each of its periods. One that ends by itself needs no
notice: there the day matters on which to begin to talk about what follows. All times come from the document:
``DTSTAMP`` is the first of its month, so the same document gives the same bytes. Lines are folded at 75 octets.
"""

import hashlib
from calendar import monthrange
from collections.abc import Iterator
from typing import Any

from services.methodology.v1.advice.cash import MONTHS, TALKS_MONTHS
from services.methodology.v1.advice.month import later
from services.methodology.v1.text import texts

Document = dict[str, Any]

ALARM = "-P14D"
OCTETS = 75


def _day(month: str) -> str:
    year, of_year = int(month[:4]), int(month[5:])
    return f"{year:04d}{of_year:02d}{monthrange(year, of_year)[1]:02d}"


def escaped(text: str) -> str:
    """Text as RFC 5545, section 3.3.11, wants it."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """A content line in parts of at most 75 octets, never cut inside a character (section 3.1)."""
    if len(line.encode()) <= OCTETS:
        return line
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > OCTETS:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]).decode()


def _event(stamp: str, source: str, what: str, day: str, summary: str) -> list[str]:
    uid = hashlib.sha256(f"{source}\0{what}\0{day}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@careerpulse",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day}",
        f"SUMMARY:{escaped(summary)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{escaped(summary)}",
        f"TRIGGER:{ALARM}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _periods(contract: Document, as_of: str) -> Iterator[str]:
    """The last month of each period of a contract that renews itself: the first, and those that end, or have to be
    ended, within the twelve months.
    """
    ends, horizon = contract["ends"], later(as_of, MONTHS)
    yield ends
    while length := contract.get("renews_for_months"):
        ends = later(ends, length)
        if later(ends, -contract.get("notice_months", 0)) > horizon:
            return
        yield ends


def _of_contract(told: Document, as_of: str, stamp: str, words: dict[str, str]) -> Iterator[str]:
    contract, name = told["contract"], told.get("label", told["id"])
    if contract.get("renewal") != "automatic":
        ends = contract["ends"]
        talks = max(as_of, later(ends, -TALKS_MONTHS))
        about = words["reminder.talks"].format(month=ends)
        yield from _event(stamp, told["id"], "talks", _day(talks), f"{name}: {about}")
        yield from _event(stamp, told["id"], "end", _day(ends), f"{name}: {words['reminder.ends']}")
        return
    for ends in _periods(contract, as_of):
        last = later(ends, -contract.get("notice_months", 0))
        if last >= as_of:
            renewed = "renews_for_months" in contract
            after = words["reminder.else_renews"].format(months=contract["renews_for_months"]) if renewed else ""
            yield from _event(stamp, told["id"], "notice", _day(last), f"{name}: {words['reminder.notice']}{after}")
        yield from _event(stamp, told["id"], "end", _day(ends), f"{name}: {words['reminder.renews']}")


def reminders(document: Document, language: str = "en") -> str:
    """The calendar of all contracts that have an end, by source id; an empty calendar where none has."""
    as_of = document["as_of"]
    stamp = as_of.replace("-", "") + "01T000000Z"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//CareerPulse//Income architecture 1//{language.upper()}"]
    for told in sorted(document["sources"], key=lambda one: str(one["id"])):
        if "ends" in told.get("contract", {}):
            lines += _of_contract(told, as_of, stamp, texts(language))
    return "\r\n".join(map(folded, [*lines, "END:VCALENDAR"])) + "\r\n"
