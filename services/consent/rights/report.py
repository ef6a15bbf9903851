"""The report of an access request (GDPR Art. 15(1) to (3)), as one document whose members are the sections of a page.

Pure: everything that it tells was looked up before.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from infra.clock import written
from schemas.employees import Forwarded
from schemas.purposes import DRAFT_DAYS, INDIVIDUALS
from schemas.remedies import REMEDIES
from schemas.topics import KEPT_AT_MOST, gone_from_kafka
from schemas.transfers import Transfer
from services.consent.consents.given import Consent
from services.consent.controllers.codes import Code
from services.consent.erasure.cases import read_time
from services.consent.purpose_table import RULES
from services.consent.retention.holds import Hold
from services.consent.retention.terms import Category
from services.consent.rights.opened import Assessment

Document = dict[str, Any]
KIND = "careerpulse/access-report/1"
_LOGIC = (
    "Published tables and integer arithmetic turn the answers into a score with its band and reasons; the same "
    "answers under the same version always give the same result. No protected attribute is part of it, and no score "
    "is the probability of losing a job. Anybody can look up the version, and compute the result again."
)
_RIGHTS = (
    ("portability", "Art. 20"),
    ("rectification", "Art. 16"),
    ("erasure", "Art. 17"),
    ("restriction", "Art. 18"),
    ("objection", "Art. 21"),
    ("review", "Art. 22(3)"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose report it is: the tenant, its controller's name where an organisation is one, and when it is made."""

    tenant: str
    state: str
    controller: str | None
    legal_basis: str | None
    notice: str | None
    made_at: datetime
    kept_until: datetime
    methodology: str
    """Where published versions are looked up."""
    days: Mapping[Category, int]
    """How long what is kept, by category."""
    kafka_kept: timedelta | None = None
    """How long the broker keeps a record, where it says so."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is held, opened: assessments, drafts, who looked, consents, requests as shown, recipients by their id;
    legal holds, what the employer decides, codes and reviews, each with its reasons.
    """

    assessments: Sequence[Assessment]
    drafts: Sequence[Document]
    looked: Sequence[Document]
    consents: Sequence[Consent]
    requests: Sequence[dict[str, object]]
    recipients: Sequence[str]
    transfers: Sequence[Transfer] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """Who answered, by assessment: `person`, `organisation`, or by an `invitation` the person."""
    holds: Sequence[Hold] = ()
    forwarded: Sequence[Forwarded] = ()
    codes: Sequence[Code] = ()
    reviews: Sequence[Document] = ()


def access_report(subject: Subject, shown: Shown) -> Document:
    """The whole report."""
    return {
        "kind": KIND,
        "made_at": written(subject.made_at),
        "controller": _controller(subject),
        "state": subject.state,
        "source": _source(subject, set(shown.origins.values())),
        "purposes": _purposes(subject, shown.consents),
        "assessments": [_assessment(one, shown.origins.get(one.id)) for one in shown.assessments],
        "drafts": list(shown.drafts),
        "looked": list(shown.looked),
        "recipients": [_recipient(name, shown.transfers) for name in shown.recipients],
        "consents": [asdict(one) for one in shown.consents],
        "requests": list(shown.requests),
        "forwarded": msgspec.to_builtins(shown.forwarded),
        "reviews": list(shown.reviews),
        "holds": [asdict(one) for one in shown.holds],
        "codes": msgspec.to_builtins(shown.codes),
        "logic": {"description": _LOGIC, "automated": True, "versions": _versions(subject, shown.assessments)},
        "retention": _retention(subject, shown.assessments),
        "rights": [{"type": kind, "article": article} for kind, article in _RIGHTS],
        "complaint": " ".join(one.en for one in REMEDIES),
        "remedies": msgspec.to_builtins(REMEDIES),
    }


def _controller(subject: Subject) -> Document:
    if subject.tenant == INDIVIDUALS:
        return {"role": "operator", "name": None}
    return {"role": "organisation", "id": subject.tenant, "name": subject.controller}


def _recipient(name: str, transfers: Sequence[Transfer]) -> Document:
    abroad = [{"country": one.country, "safeguard": one.safeguard} for one in transfers]
    return {"organisation": name, "receives": ["result"], "transfers_outside_the_eea": abroad}


def _source(subject: Subject, origins: Set[str]) -> str:
    """Where the data come from (Art. 15(1)(g)), as far as it is known who gave them."""
    organisation = subject.controller or subject.tenant
    told = []
    if "person" in origins:
        told.append("You handed in every answer yourself.")
    if "invitation" in origins:
        told.append(f"You filled in the form yourself, by an invitation of the organisation {organisation}.")
    if "organisation" in origins:
        told.append(f"The organisation {organisation} handed in the answers of the assessments that say so.")
    return " ".join([*told, "Figures about occupations come from the methodology's sources."])


def _purposes(subject: Subject, consents: Sequence[Consent]) -> list[Document]:
    """Each purpose with the legal basis on which it rests; an own record governs before a registration."""
    found: dict[str, Document] = {}
    if subject.legal_basis is not None:
        for purpose in ("scoring", "delivery"):
            found[purpose] = {"purpose": purpose, "legal_basis": subject.legal_basis, "notice": subject.notice}
    for record in consents:
        if record.state == "given" and record.purpose in RULES:
            basis = {"purpose": record.purpose, "legal_basis": record.legal_basis, "notice": record.notice}
            found[record.purpose] = basis
    return list(found.values())


def _assessment(one: Assessment, origin: str | None) -> Document:
    shown: Document = {"id": one.id, "answered_by": origin}
    if (told := one.told) is not None:
        shown |= {
            "status": told.state,
            "submitted_at": told.submitted_at,
            "ended_at": told.ended_at,
            "reason": told.reason,
            "superseded_by": told.superseded_by,
        }
    shown |= {"reference": one.reference, "answers": one.answers, "result": one.result, "log_index": one.index}
    if one.trail is not None:
        shown |= {name: one.trail[name] for name in ("occupations", "explanations", "marks", "quality", "figures")}
    elif one.detail is not None:
        shown |= {name: one.detail[name] for name in ("occupations", "marks")}
        shown["explanations"] = [one.detail["explanation"]]
    return shown


def _versions(subject: Subject, assessments: Sequence[Assessment]) -> list[Document]:
    used: dict[str, Document] = {}
    for one in assessments:
        for document in (one.result, one.trail):
            if document is not None:
                version = document["methodology"]
                place = f"{subject.methodology}/{version['version']}"
                used[version["hash"]] = {"version": version["version"], "hash": version["hash"], "link": place}
    return list(used.values())


def _retention(subject: Subject, assessments: Sequence[Assessment]) -> Document:
    times = [one.told.ended_at or one.told.submitted_at for one in assessments if one.told is not None]
    last, kept = max(times, default=None), subject.kafka_kept or KEPT_AT_MOST
    days = subject.days["assessments"]
    return {
        "assessments": f"until you have them erased, or {days} days after the last one was handed in",
        "days": dict(subject.days),
        "drafts": f"{DRAFT_DAYS} days after they were last saved, or until they are handed in or withdrawn",
        "sealed_copies_in_kafka_gone_by": None if last is None else written(gone_from_kafka(read_time(last), kept)),
        "kafka_settings": "assumed" if subject.kafka_kept is None else "read",
        "this_report_until": written(subject.kept_until),
        "log": "Entries of the log stay for six months at least; they hold no answer and no name, and once your key "
        "is destroyed nobody can relate them to you.",
    }


def kept_until(completed_at: datetime | None, kept: timedelta, moment: datetime) -> datetime:
    """Until when a report can be fetched."""
    return (completed_at or moment) + kept
