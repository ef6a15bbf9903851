"""Entries in plain words: what each type says, and who acted."""

from collections.abc import Mapping
from typing import Any

from infra.pages.visit import Visit
from schemas.entry import is_made_up


def said(visit: Visit, entry: Mapping[str, Any]) -> str:
    """What happened, in a few words; a type without words of its own is named."""
    kind = str(entry["type"])
    return types(visit).get(kind, kind)


def actor(visit: Visit, entry: Mapping[str, Any]) -> str:
    """Who acted, by role."""
    _ = visit.says
    role = str(entry["actor"])
    if is_made_up(role):
        return _("%(role)s (sandbox)", role=actor(visit, {"actor": role.partition(":")[2]}))
    words = {
        "person": _("the person"),
        "organisation": _("the organisation"),
        "operator": _("the operator"),
        "auditor": _("an auditor"),
        "overseer": _("an overseer"),
        "officer": _("an officer"),
    }
    if role.startswith("service:"):
        return _("the service %(name)s", name=role.removeprefix("service:"))
    return words.get(role, role)


def field(visit: Visit, name: str) -> str:
    """What a sealed field of an act is called; one without words of its own is named."""
    _ = visit.says
    said = {
        "purpose": _("Purpose"),
        "officer": _("Officer"),
        "query": _("Searched for"),
        "key": _("Key released for"),
        "event": _("Assessment"),
        "request": _("Review"),
        "tenant": _("Organisation"),
        "organisation": _("Organisation"),
        "decision": _("Decision"),
        "reason": _("Reason"),
        "entries": _("Entries"),
        "selection": _("What was chosen"),
        "role": _("Role"),
        "name": _("Name"),
        "setting": _("Setting"),
        "attempts": _("Attempts"),
        "since": _("Within the hour from"),
        "change": _("Change"),
        "kind": _("Kind"),
        "aware_at": _("Known since"),
        "what": _("What happened"),
        "topic": _("Topic"),
        "first": _("First offset"),
        "begin": _("Goes on at offset"),
        "incident": _("Incident"),
        "to": _("Reported to"),
        "witness": _("Witness"),
        "of": _("Of what"),
        "verdict": _("What that means"),
    }
    return said.get(name, name)


def types(visit: Visit) -> dict[str, str]:
    """Every type with what it says, in the order of a life."""
    _ = visit.says
    return {
        "received": _("An assessment was received"),
        "scored": _("An assessment was scored"),
        "refused": _("An assessment was refused"),
        "dead-lettered": _("A record was set aside as unreadable"),
        "dead-letter-replayed": _("A record that was set aside was sent again"),
        "removed-unread": _("Records were removed before they were read"),
        "delivered": _("A result was delivered to its organisation"),
        "viewed": _("A result was shown"),
        "expired": _("The storage time of something was over"),
        "superseded": _("A result was superseded by a corrected one"),
        "consent-given": _("Consent was given"),
        "consent-withdrawn": _("Consent was withdrawn"),
        "code-issued": _("A code for an employee was issued"),
        "code-taken": _("A code for an employee was taken"),
        "request-opened": _("A request about somebody's data was opened"),
        "request-forwarded": _("A request was forwarded to the organisation"),
        "request-handed-over": _("A forwarded request reached the organisation"),
        "request-extended": _("The time for a request was extended"),
        "request-refused": _("A right was refused, because it does not hold"),
        "request-closed": _("A request was closed"),
        "reviewed": _("A human reviewed a result and confirmed it"),
        "oversight-note": _("A human put a note beside a result"),
        "override": _("A human overruled a result"),
        "lift-announced": _("The end of a restriction was announced"),
        "lift-told": _("An employee was told that a restriction is to end"),
        "request-told": _("An employee was told what the organisation had asked for on their behalf"),
        "hold-set": _("A legal hold was set"),
        "hold-lifted": _("A legal hold was lifted"),
        "notice-delivered": _("A notice reached the organisation"),
        "notice-acknowledged": _("A notice was acknowledged"),
        "erased": _("A person's key was destroyed"),
        "restored": _("After a restore, what was taken back was taken back again"),
        "officer-logged-in": _("An officer logged in"),
        "officer-refused": _("Somebody was not let in as an officer"),
        "search": _("The log was searched"),
        "key-released-to-a-human": _("A decision was opened for a human"),
        "act-opened": _("What an officer did was opened"),
        "exported": _("A pack of evidence was made"),
        "self-test": _("The service tested itself"),
        "drift": _("Scores or answers began or ceased to drift"),
        "incident": _("An incident was noted"),
        "incident-reported": _("An incident was reported to an authority"),
        "configuration-changed": _("The configuration was changed"),
        "signal-changed": _("A market signal was changed"),
        "witness-changed": _("A witness was added, removed, failed or answered again"),
        "epoch-rotated": _("The root key was rotated"),
        "epoch-destroyed": _("An epoch of the root key was destroyed"),
        "log-key-changed": _("The log went on under a new key"),
        "methodology-published": _("A version of the methodology was published"),
    }
