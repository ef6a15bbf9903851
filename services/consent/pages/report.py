"""The report of an access request, arranged for reading: answers by their names, the rest as it is stored. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from infra.pages.visit import Visit
from schemas.points import of_hundred
from services.consent.erasure.cases import read_time
from services.consent.pages.words import acts, bases, incomes, outcomes, party, purposes, rights, states
from services.consent.settings import UNNAMED
from services.methodology.version import Version, load

Document = Mapping[str, Any]
Row = tuple[str, str]
_COUNTS = ("months_covered", "sources")


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment: what was answered, what was computed, and everything else as text."""

    id: str
    title: str
    score: str
    answers: tuple[tuple[str, tuple[Row, ...]], ...]
    whole: str


@dataclass(frozen=True, slots=True)
class Report:
    """The document, and its assessments as they are read; `names` says whose names these are, if not O*NET's.

    `holds`, `forwarded` and `reviews` have the reasons that somebody else gave.
    """

    document: Document
    made_at: str
    controller: str
    sources: tuple[str, ...]
    recipients: tuple[Row, ...]
    holds: tuple[Row, ...]
    forwarded: tuple[Row, ...]
    reviews: tuple[Row, ...]
    purposes: tuple[Row, ...]
    assessments: tuple[Assessment, ...]
    drafts: tuple[Assessment, ...]
    looked: tuple[Row, ...]
    copies_gone_by: str
    until: str
    names: str


def readable(document: Document, visit: Visit) -> Report:
    """The report in the visitor's language."""
    names, grounds = purposes(visit.says), bases(visit.says)
    retention = document["retention"]
    gone = retention["sealed_copies_in_kafka_gone_by"]
    return Report(
        document,
        visit.formats.moment(read_time(document["made_at"])),
        _controller(document["controller"], visit),
        tuple(_sources(document, visit)),
        tuple((one["organisation"], _receives(one, visit)) for one in document["recipients"]),
        tuple(_hold(one, visit) for one in document["holds"]),
        tuple(_forwarded(one, visit) for one in document["forwarded"]),
        tuple(_review(one, visit) for one in document["reviews"]),
        tuple((names[one["purpose"]], grounds[one["legal_basis"]]) for one in document["purposes"]),
        tuple(_assessment(one, visit, load()) for one in document["assessments"]),
        tuple(_draft(one, visit, load()) for one in document["drafts"]),
        tuple((visit.formats.moment(read_time(one["at"])), _looked(one, visit)) for one in document["looked"]),
        "" if gone is None else visit.formats.day(read_time(gone)),
        visit.formats.day(read_time(retention["this_report_until"])),
        load().attribution(visit.language),
    )


def _controller(controller: Document, visit: Visit) -> str:
    return party(visit.says, controller["name"] or controller.get("id") or UNNAMED)


def _sources(document: Document, visit: Visit) -> Iterator[str]:
    """Where what is held comes from (Art. 15(1)(g)), as far as it is known who gave it."""
    _, origins = visit.says, {one.get("answered_by") for one in document["assessments"]}
    if "person" in origins:
        yield _("You handed in every answer yourself.")
    if "invitation" in origins:
        yield _("You filled in the form yourself, by an invitation of your employer.")
    if "organisation" in origins:
        yield _("Your employer handed in the answers of the assessments that say so.")
    yield _("Figures about occupations come from the methodology's sources.")


def _receives(recipient: Document, visit: Visit) -> str:
    """What is handed on, and under which safeguard where it leaves the European Economic Area (Art. 15(2))."""
    _ = visit.says
    told = [_("The score with its band.")]
    for one in recipient["transfers_outside_the_eea"]:
        place, by = one["country"] or _("a country that was not named"), one["safeguard"]
        told.append(_("It goes to %(place)s.", place=place))
        told += [_("Safeguard: %(by)s.", by=by)] if by else []
    return " ".join(told)


def _hold(hold: Document, visit: Visit) -> Row:
    _, day = visit.says, visit.formats.day
    told = _("since %(day)s", day=day(read_time(hold["set_at"])))
    if hold["lifted_at"]:
        told = _("%(since)s, lifted on %(day)s", since=told, day=day(read_time(hold["lifted_at"])))
    return told, hold["reason"]


def _forwarded(request: Document, visit: Visit) -> Row:
    asked = rights(visit.says).get(request["type"], request["type"])
    said = states(visit.says)[f"forwarded:{request['state']}"]
    when = visit.formats.day(read_time(request["decided_at"] or request["opened_at"]))
    return asked, " · ".join(one for one in (said, when, request["reason"]) if one)


def _review(review: Document, visit: Visit) -> Row:
    _ = visit.says
    decided = outcomes(visit.says).get(review["decision"] or "", _("No person has decided yet."))
    said = _("Your statement: %(said)s", said=review["statement"]) if review.get("statement") else ""
    return _("Review by a person"), " ".join(one for one in (said, decided, review["reason"]) if one)


def _assessment(one: Document, visit: Visit, version: Version) -> Assessment:
    submitted = one.get("submitted_at")
    title = visit.formats.moment(read_time(submitted)) if submitted else one["id"]
    answers = one.get("answers") or {}
    return Assessment(
        one["id"],
        title,
        _score(one, visit),
        (*_dimensions(one, visit, version), *_answers(answers, visit, version)),
        orjson.dumps(one, option=orjson.OPT_INDENT_2).decode(),
    )


def _draft(one: Document, visit: Visit, version: Version) -> Assessment:
    _, day = visit.says, visit.formats.day(read_time(one["ends_at"]))
    return Assessment(
        one["id"],
        _("A draft, saved on %(moment)s and kept until %(day)s", moment=_saved(one, visit), day=day),
        "",
        tuple(_answers(one["answers"], visit, version)),
        orjson.dumps(one, option=orjson.OPT_INDENT_2).decode(),
    )


def _saved(one: Document, visit: Visit) -> str:
    return visit.formats.moment(read_time(one["saved_at"]))


def _looked(act: Document, visit: Visit) -> str:
    said = acts(visit.says).get(act["did"], act["did"])
    return f"{said} {act['purpose']}" if act.get("purpose") else said


def _dimensions(one: Document, visit: Visit, version: Version) -> Iterator[tuple[str, tuple[Row, ...]]]:
    _, result = visit.says, one.get("result")
    if result is not None:
        rows = tuple(
            (version.text(f"dimension.{part['id']}", visit.language), _of_hundred(part["value"], visit))
            for part in result["dimensions"]
        )
        yield _("What the score is made of"), rows


def _of_hundred(value: Document, visit: Visit) -> str:
    low, high = (visit.formats.number(of_hundred(value[end])) for end in ("low", "high"))
    shown = low if low == high else visit.says("%(low)s to %(high)s", low=low, high=high)
    return visit.says("%(value)s of 100", value=shown)


def _income(income: Document, visit: Visit) -> Iterator[Row]:
    for figure, name in incomes(visit.says).items():
        if (given := income.get(figure)) is not None:
            is_count = figure in _COUNTS
            yield name, visit.formats.number(given) if is_count else visit.formats.money(given, income["currency"])


def _score(one: Document, visit: Visit) -> str:
    result = one.get("result")
    if result is None:
        return ""
    points = result["points"]
    low, high = points["low"], points["high"]
    _ = visit.says
    shown = str(low) if low == high else _("%(low)s to %(high)s", low=low, high=high)
    return _(
        "%(score)s of 100 points, band %(low)s to %(high)s",
        score=shown,
        low=points["band_low"],
        high=points["band_high"],
    )


def _answers(answers: Document, visit: Visit, version: Version) -> Iterator[tuple[str, tuple[Row, ...]]]:
    _, language = visit.says, visit.language

    def name(item: Document) -> str:
        return version.name(item.get("id") or item["code"], language)

    def level(item: Document) -> str:
        said = _("level %(level)s", level=item["level"])
        if item.get("months") is not None and item["level"]:
            said += ", " + _("refreshed %(months)s months ago", months=item["months"])
        return said + (f" ({item['technology']})" if item.get("technology") else "")

    parts = (
        ("occupations", _("Occupations"), lambda one: visit.formats.percent(one["share"])),
        ("activities", _("Work that differs from typical"), lambda one: visit.formats.percent(one["factor"])),
        ("skills", _("Skills"), level),
        ("knowledge", _("Knowledge"), level),
        ("behaviours", _("Habits"), level),
    )
    for key, title, said in parts:
        if rows := tuple((name(one), said(one)) for one in answers.get(key) or ()):
            yield title, rows
    if rows := tuple(_income(answers.get("income") or {}, visit)):
        yield _("Income"), rows
