"""What each service keeps, in plain words: the stores of the record of processing and of the impact assessment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Store:
    """One store: what it holds, how that is protected, and what an erasure leaves there."""

    service: str
    holds: str
    protected_by: str
    after_erasure: str


STORES = (
    Store(
        "consent",
        "aliases, wrapped data keys, consent records, requests and receipts, keyed hashes of names and claim codes",
        "data keys wrapped under a tenant key of an epoch whose secret is in no database",
        "the alias alone, to which nothing leads, and the receipt, which names nobody",
    ),
    Store(
        "intake",
        "the state of each assessment, sealed results and reasons, and for individuals the sealed answers and drafts",
        "AES-256-GCM under subkeys of the person's data key, released for one purpose at a time",
        "id, organisation, state and time of the assessment",
    ),
    Store(
        "audit",
        "the log of decisions, and sealed trails of how each score was computed",
        "entries name nobody; their fields are bound by salts from the person's key; trails are sealed",
        "the entries, which can tell nothing more about anybody",
    ),
)
