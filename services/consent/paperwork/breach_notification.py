"""The draft of a breach notification (GDPR Art. 33, 34): its clock, and who is affected by which keys. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from infra.clock import written
from infra.documents.page import FILL_IN, page, party, table
from services.consent.paperwork.state import PrivacyState

NOTIFY_WITHIN = timedelta(hours=72)


def breach_notification(
    state: PrivacyState, moment: str, aware_at: datetime, affected: Mapping[int, Mapping[str, int]]
) -> str:
    """The draft. `affected`: people by tenant, for each epoch of the root key whose keys were exposed."""
    deadline = written(aware_at + NOTIFY_WITHIN)
    people = sum(count for by_tenant in affected.values() for count in by_tenant.values())
    return page(
        "Notification of a personal data breach (draft)",
        moment,
        ("The clock", f"Aware since {written(aware_at)}; to the authority by **{deadline}** (72 hours, Art. 33(1))."),
        ("What happened (Art. 33(3)(a))", f"{FILL_IN}. People affected: {people:,}."),
        ("Who is affected, by which keys", _affected(state, affected)),
        ("Contact (b)", party(state.operator.name, state.operator.contact)),
        ("Likely consequences (c)", _consequences()),
        ("Measures (d)", f"`careerpulse keys rotate` wraps every key anew. Others: {FILL_IN}."),
        ("Controllers to be told without undue delay (Art. 33(2))", _controllers(state, affected)),
        ("The people themselves (Art. 34)", _people()),
    )


def _affected(state: PrivacyState, affected: Mapping[int, Mapping[str, int]]) -> str:
    began = {one.epoch: one.began_at for one in state.epochs}
    rows = (
        (str(epoch), began.get(epoch, ""), tenant, f"{count:,}")
        for epoch, by_tenant in sorted(affected.items())
        for tenant, count in sorted(by_tenant.items())
    )
    lists = ", ".join(f"`affected-{epoch}.csv`" for epoch in sorted(affected))
    head = ("Epoch", "Began", "Tenant", "People")
    return f"{table(head, rows)}\nEach key by its id, with its tenant: {lists}. Keys of the erased are destroyed."


def _consequences() -> str:
    return (
        "Sealed data alone open nothing. They open where the secret of an epoch and a copy of the key store were "
        f"taken together: {FILL_IN} which of them were."
    )


def _controllers(state: PrivacyState, affected: Mapping[int, Mapping[str, int]]) -> str:
    concerned = {tenant for by_tenant in affected.values() for tenant in by_tenant}
    named = [one for one in state.tenants if one.tenant in concerned and one.controller is not None]
    return "\n".join(f"- {party(one.controller or '', one.contact)}" for one in named) or "None."


def _people() -> str:
    return (
        "They are told without undue delay where the risk is high, unless the data are unintelligible to whoever has "
        "them (Art. 34(3)(a)). The operator knows no name and no address: a public communication is the way that "
        "reaches individuals (Art. 34(3)(c)); employees are reached by their employer."
    )
