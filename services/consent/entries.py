"""The audit entries that begin in the consent service, as leaves for its outbox.

An id is random and minted in the transaction that stores the entry. Who it was and which organisation never stands
in the clear: such values are salted fields under the person's trail subkey, or are left out.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from infra.crypto.salted_fields import commit, salted
from infra.version import SOFTWARE
from schemas.entry import EntryType, leaf, payload_name, role
from schemas.keys import Subkey

Actor = Literal["person", "organisation", "operator", "service:consent", "service:scoring"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry ready for the outbox."""

    entry_id: str
    entry_type: EntryType
    leaf: bytes


def entry(entry_type: EntryType, at: str, actor: Actor, tenant: str = "") -> Entry:
    """An entry that says only that it happened, to a person of this tenant where it is known."""
    minted = secrets.token_hex(16)
    return Entry(minted, entry_type, leaf(entry_type, minted, at, role(actor, tenant), SOFTWARE))


def bound_entry(entry_type: EntryType, at: str, actor: Actor, document: bytes) -> Entry:
    """An entry that binds a document about nobody, by its digest."""
    minted = secrets.token_hex(16)
    payload = payload_name(document)
    return Entry(minted, entry_type, leaf(entry_type, minted, at, actor, SOFTWARE, payload=payload))


def committed_entry(
    entry_type: EntryType, at: str, actor: Actor, trail: Subkey, fields: Sequence[tuple[str, str]], *, tenant: str
) -> Entry:
    """An entry bound to fields that can be shown one by one as long as the person's key lives."""
    minted = secrets.token_hex(16)
    commitment = commit(salted(trail, minted, [(name, value.encode()) for name, value in fields]))
    return Entry(
        minted, entry_type, leaf(entry_type, minted, at, role(actor, tenant), SOFTWARE, commitment=commitment)
    )
