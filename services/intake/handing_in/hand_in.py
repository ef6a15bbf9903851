"""One hand-in, from its bytes to the record that carries it. Pure.

What is checked: the form (schemas), the meaning (the methodology), and on whose word the answers may be used.
"""

import hmac
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from infra.crypto.salted_fields import commit, entry_id, salted
from infra.crypto.sealed import Context, seal
from infra.kafka.producer import Outgoing
from infra.version import SOFTWARE
from schemas.ages import age_of_consent
from schemas.decoding import Decoder
from schemas.entry import leaf, payload_name, role
from schemas.envelope import headers
from schemas.events import HAND_IN_SCHEMA, REFERENCE_SCHEMA, SUBMITTED_TYPE, Submitted
from schemas.faults import Fault, Faulty
from schemas.keys import CreatedKey, NewPerson, RecordDraft
from schemas.privacy_notice import unshown
from schemas.purposes import INDIVIDUALS
from schemas.statistics import STATISTICS_SCHEMA, Counted
from schemas.submission import UNKEPT, EmployeeHandIn, PersonHandIn
from schemas.topics import SUBMITTED
from services.intake.handing_in.counted import counted
from services.intake.organisations.callers import Caller
from services.methodology.finding import Finding
from services.methodology.version import ENGLISH, Version

_EMPLOYEE: Decoder[Any] = Decoder(EmployeeHandIn)
_PERSON: Decoder[Any] = Decoder(PersonHandIn)


@dataclass(frozen=True, slots=True)
class HandIn:
    """A hand-in that fits: its canonical bytes, and the person that consent is asked for.

    `supersedes` is the assessment that it corrects, if it corrects one. `counted` is for statistics, where they were
    consented to, and no part of the body: the first hand-in of an event is the one that counts.
    """

    event_id: str
    body: bytes
    person: NewPerson
    supersedes: str | None = None
    counted: Counted | None = None

    def correcting(self, assessment: str, alias: str) -> "HandIn":
        """As a correction of an assessment of this person, who has proved to be the caller's."""
        return replace(self, supersedes=assessment, person=msgspec.structs.replace(self.person, alias=alias))


@dataclass(frozen=True, slots=True)
class Parts:
    """A hand-in as it is sealed; `reference` is the platform's name for the person, where it gave one, `statistics`
    what is counted, where the ledger lets it be.
    """

    answers: bytes
    reference: bytes | None = None
    statistics: bytes | None = None


def read(raw: bytes, caller: Caller, event_id: str, version: Version, language: str = ENGLISH) -> HandIn:
    """The hand-in in one document. Raises Faulty with everything that does not fit, what the methodology finds in
    `language`.
    """
    document = (_PERSON if caller.is_person else _EMPLOYEE).decode(raw)
    faults = list(_consent_faults(document) if caller.is_person else _employer_faults(document))
    answers = msgspec.to_builtins(document.assessment)
    faults += [fault_of(finding) for finding in version.validate(answers, language)]
    if faults:
        raise Faulty(faults)
    told = _told(document, caller)
    return HandIn(
        event_id,
        _body(document, caller),
        _person(document, caller, event_id),
        counted=None if told is None else counted(answers, told),
    )


def mac(hand_in: HandIn, key: CreatedKey) -> bytes:
    """Recognises the same hand-in again, and tells nothing once the person's key is gone: 16 bytes.

    The same body as a correction, or as one of something else, is another hand-in.
    """
    label = b"careerpulse/hand-in-mac/v1"
    if hand_in.supersedes is not None:
        label += b" corrects " + hand_in.supersedes.encode()
    answers = key.subkeys["answers"].key
    return hmac.digest(hmac.digest(answers, label, "sha256"), hand_in.body, "sha256")[:16]


def sealed_parts(hand_in: HandIn, key: CreatedKey, tenant: str) -> Parts:
    """The hand-in for whoever may open this person's answers, its reference for whoever may get the result, and what
    is counted for whoever counts.
    """
    place = Context(tenant, key.alias, SUBMITTED.name, HAND_IN_SCHEMA, hand_in.event_id, key.key_id)
    parts = Parts(seal(key.subkeys["answers"], hand_in.body, place))
    if hand_in.person.external_id is not None:
        name, at = hand_in.person.external_id.encode(), replace(place, schema=REFERENCE_SCHEMA)
        parts = replace(parts, reference=seal(key.subkeys["reference"], name, at))
    if hand_in.counted is not None and "statistics" in key.subkeys:
        told, at = msgspec.msgpack.encode(hand_in.counted), replace(place, schema=STATISTICS_SCHEMA)
        parts = replace(parts, statistics=seal(key.subkeys["statistics"], told, at))
    return parts


def submitted(
    hand_in: HandIn, key: CreatedKey, parts: Parts, *, tenant: str, time: str, limits: bytes | None = None
) -> Outgoing:
    """The record of an accepted hand-in: sealed, with its audit entry `received` and its organisation's limits."""
    actor = role("person" if tenant == INDIVIDUALS or hand_in.person.invited else "organisation", tenant)
    trail = key.subkeys["trail"]
    values = [("tenant", tenant.encode()), ("hand-in", hand_in.body)]
    if hand_in.supersedes is not None:
        values.append(("supersedes", hand_in.supersedes.encode()))
    fields = salted(trail, hand_in.event_id, values)
    entry = leaf(
        "received",
        entry_id(trail, hand_in.event_id, "received"),
        time,
        actor,
        SOFTWARE,
        commitment=commit(fields),
        payload=payload_name(parts.answers),
    )
    value = Submitted(
        tenant,
        parts.answers,
        mac(hand_in, key),
        entry,
        parts.reference,
        hand_in.supersedes,
        parts.statistics,
        limits,
    )
    return Outgoing(
        SUBMITTED,
        key.alias,
        msgspec.msgpack.encode(value),
        headers(hand_in.event_id, SUBMITTED_TYPE, "intake"),
    )


def _body(document: Any, caller: Caller) -> bytes:
    """The canonical bytes to be sealed: without what is asked at the door only, and what is told for statistics."""
    if not caller.is_person and document.statistics is msgspec.UNSET:
        return msgspec.json.encode(document)
    kept = msgspec.to_builtins(document)
    kept.pop("statistics", None)
    if not caller.is_person:
        return msgspec.json.encode(kept)
    kept["consent"] = {name: value for name, value in kept["consent"].items() if name not in UNKEPT}
    return msgspec.json.encode(kept)


def _person(document: Any, caller: Caller, event_id: str) -> NewPerson:
    if not caller.is_person:
        external_id = None if document.external_id is msgspec.UNSET else document.external_id
        code = caller.claim_code if caller.invited else None
        records = _employee_records(document)
        return NewPerson(event_id, records, external_id=external_id, claim_code=code, invited=caller.invited)
    given = document.consent
    records = tuple(
        RecordDraft(purpose, "consent", given.notice, given.language) for purpose in dict.fromkeys(given.purposes)
    )
    return NewPerson(event_id, records, claim_code=caller.claim_code)


def _employee_records(document: Any) -> tuple[RecordDraft, ...]:
    """An employee's own consent to statistics; for all else the organisation's registration stands."""
    told = document.statistics
    return () if told is msgspec.UNSET else (RecordDraft("statistics", "consent", told.notice, told.language),)


def _told(document: Any, caller: Caller) -> dict[str, Any] | None:
    """What is told for statistics, at least that they were consented to; None where they were not."""
    if document.statistics is not msgspec.UNSET:
        told: dict[str, Any] = msgspec.to_builtins(document.statistics)
        return told
    return {} if caller.is_person and "statistics" in document.consent.purposes else None


def _consent_faults(document: Any) -> list[Fault]:
    shown = unshown(document.consent.notice, document.consent.language, individuals=True)
    faults = [Fault(f"/consent{one.pointer}", one.detail) for one in shown]
    if document.statistics is not msgspec.UNSET and "statistics" not in document.consent.purposes:
        faults.append(
            Fault("/statistics", "Must be left out: it is taken only where /consent/purposes names statistics.")
        )
    if "scoring" not in document.consent.purposes:
        faults.append(Fault("/consent/purposes", "Must contain scoring: without it there is no result."))
    if not document.consent.of_age:
        country = None if document.consent.country is msgspec.UNSET else document.consent.country
        age = age_of_consent(country)
        faults.append(
            Fault("/consent/of_age", f"Must be true: whoever is under {age} cannot consent alone (GDPR Art. 8).")
        )
    return faults


def _employer_faults(document: Any) -> list[Fault]:
    faults = []
    if document.assessment.profile != "core":
        faults.append(Fault("/assessment/profile", "Must be core: an employer never gets income in a score."))
    if document.assessment.income is not msgspec.UNSET:
        faults.append(Fault("/assessment/income", "Must be left out: an employer hands in no income figures."))
    return faults


def fault_of(finding: Finding, below: str = "/assessment") -> Fault:
    """A finding of the methodology on the document at the pointer `below`."""
    pointer = f"{below}/{finding.path.replace('.', '/')}" if finding.path else below
    # The finding's message quotes the answer; who reads the error has it before them, and logs of it should not.
    title = finding.title or finding.code.replace("_", " ").capitalize()
    return Fault(pointer, f"{title}. {finding.suggestion}".strip())
