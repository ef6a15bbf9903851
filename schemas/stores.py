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
        "the state of each assessment, sealed results and reasons, the sealed answers of those who filled the form "
        "in themselves (individuals and invited employees), sealed drafts of individuals, the employer's own name "
        "for its employee, sealed (before there is an assessment in its invitation), and when which deliveries were "
        "made",
        "AES-256-GCM under subkeys of the person's data key, released for one purpose at a time; the name in an "
        "invitation under the invitation's code, which is not kept",
        "id, organisation, state and time of the assessment",
    ),
    Store(
        "audit",
        "the log of decisions, sealed trails of how each score was computed, sealed acts of officers (who looked for "
        "or opened what, and why), reviews of results with what was said on both sides, sealed, and sealed counts of "
        "each organisation's days, in groups",
        "entries name nobody; their fields are bound by salts from the person's key; trails, acts about a person and "
        "reviews are sealed under that key, counts of days under one of the organisation",
        "the entries, which can tell nothing more about anybody, and the counts, in which nobody has a row",
    ),
)
