"""The draft of a breach notification (GDPR Art. 33, 34): its clock, and who is affected by which keys. Pure."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO

from infra.clock import written
from infra.documents.page import FILL_IN, page, party, table
from services.consent.keys.callers import CALLERS
from services.consent.paperwork.affected import AffectedPerson, Exposure
from services.consent.paperwork.state import PrivacyState
from services.consent.purpose_table import RULES

NOTIFY_WITHIN = timedelta(hours=72)
SERVICES = tuple(caller.service for caller in CALLERS)


def breach_notification(
    state: PrivacyState,
    moment: str,
    aware_at: datetime,
    exposure: Exposure,
    people: Sequence[AffectedPerson],
    *,
    service: str | None = None,
) -> str:
    """The draft. `people` are the living whom the exposure concerns; `service` is the one whose token was exposed."""
    deadline = written(aware_at + NOTIFY_WITHIN)
    return page(
        "Notification of a personal data breach (draft)",
        moment,
        ("The clock", f"Aware since {written(aware_at)}; to the authority by **{deadline}** (72 hours, Art. 33(1))."),
        ("What happened (Art. 33(3)(a))", f"{FILL_IN}. {_exposed(exposure)} People affected: {len(people):,}."),
        ("What could be opened", _opened(service)),
        ("Who is affected, by which keys", _affected(state, people)),
        ("Contact (b)", party(state.operator.name, state.operator.contact)),
        ("Likely consequences (c)", _consequences()),
        ("Measures (d)", _measures()),
        ("Controllers to be told without undue delay (Art. 33(2))", _controllers(state, people)),
        ("The people themselves (Art. 34)", _people()),
    )


def affected_lists(people: Sequence[AffectedPerson]) -> dict[str, str]:
    """A list for each controller, as CSV by file name: each key by its id, and the assessments that they know."""
    lists: dict[str, list[AffectedPerson]] = {}
    for one in people:
        lists.setdefault(one.tenant, []).append(one)
    return {f"affected-{tenant}.csv": _csv(listed) for tenant, listed in lists.items()}


def _csv(listed: Sequence[AffectedPerson]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("key_id", "first_epoch", "last_epoch", "since", "assessments"))
    for one in listed:
        writer.writerow((one.key_id, one.first_epoch, one.last_epoch, one.since, " ".join(one.assessments)))
    return text.getvalue()


def _exposed(exposure: Exposure) -> str:
    epochs = ", ".join(map(str, exposure.epochs)) or "any"
    whose = ", ".join(exposure.tenants) or "everybody"
    until = "" if exposure.until is None else f", who came until {exposure.until}"
    return f"Epochs of the root key: {epochs}. People: {whose}{until}."


def _opened(service: str | None) -> str:
    if service is None:
        return (
            "Under the secret of an epoch, with a copy of the key store of that time: every domain of each key that "
            "was ever wrapped in it."
        )
    (caller,) = (one for one in CALLERS if one.service == service)
    rows = ((purpose, ", ".join(RULES[purpose].grant.domains)) for purpose in sorted(caller.purposes))
    return (
        f"The token of {service} gets keys on this machine's socket for these purposes, while the ledger allows "
        f"each:\n\n{table(('Purpose', 'Opens'), rows)}"
    )


def _affected(state: PrivacyState, people: Sequence[AffectedPerson]) -> str:
    began = {one.epoch: one.began_at for one in state.epochs}
    counted = Counter((epoch, one.tenant) for one in people for epoch in range(one.first_epoch, one.last_epoch + 1))
    rows = ((str(epoch), began.get(epoch, ""), tenant, f"{n:,}") for (epoch, tenant), n in sorted(counted.items()))
    lists = ", ".join(f"`{name}`" for name in affected_lists(people)) or "none"
    return (
        f"{table(('Wrapped in epoch', 'Began', 'Tenant', 'People'), rows)}\nFor each controller a list by the ids of "
        f"assessments, which it was given, and by key: {lists}. Keys of the erased are destroyed and stand in none."
    )


def _consequences() -> str:
    return (
        "Sealed data alone open nothing. They open where the secret of an epoch and a copy of the key store were "
        f"taken together: {FILL_IN} which of them were."
    )


def _measures() -> str:
    return (
        "`careerpulse keys rotate` wraps every key under a new secret: a remedy where the secret of an epoch was "
        "exposed and no copy of the key store. It is none for data keys that were opened: they stay the same, and so "
        "does all that is sealed under them. A leaked token is replaced (`SECRETS_DIR/SERVICE.token`, a restart). "
        f"Others: {FILL_IN}."
    )


def _controllers(state: PrivacyState, people: Sequence[AffectedPerson]) -> str:
    concerned = {one.tenant for one in people}
    named = [one for one in state.tenants if one.tenant in concerned and one.controller is not None]
    return "\n".join(f"- {party(one.controller or '', one.contact)}" for one in named) or "None."


def _people() -> str:
    return (
        "They are told without undue delay where the risk is high, unless the data are unintelligible to whoever has "
        "them (Art. 34(3)(a)). The operator knows no name and no address: a public communication is the way that "
        "reaches individuals (Art. 34(3)(c)); employees are reached by their employer."
    )
