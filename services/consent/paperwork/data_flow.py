"""The real flow of the data: what crosses which topic, what lies in which store, for how long, behind what. Pure."""

from collections.abc import Iterator

from infra.documents.page import table
from schemas.purposes import DRAFT_DAYS
from schemas.stores import STORES
from schemas.topics import CHECK_MINUTES, SEGMENT_HOURS, TOPICS
from services.consent.paperwork.state import PrivacyState
from services.consent.retention.terms import EXPIRING


def topics_table() -> str:
    """Each Kafka topic."""
    rows = ((one.name, one.owner, one.key, _kept(one.retention_hours)) for one in TOPICS)
    return table(("Topic", "Written by", "Key", "Kept"), rows)


def stores_table() -> str:
    """Each service's store."""
    rows = ((one.service, one.holds, one.protected_by, one.after_erasure) for one in STORES)
    return table(("Store", "Holds", "Protected by", "What an erasure leaves"), rows)


def kept_rows(state: PrivacyState) -> Iterator[tuple[str, str, str]]:
    """The storage times that are set, and those of what outlives an erasure."""
    for one in state.tenants:
        whose = one.controller or "individuals"
        days = "erased: the contract has ended" if one.ended else f"{one.kept_days['assessments']} days"
        yield f"people of {whose}", days, "the last hand-in"
        if not one.ended:
            for purpose, count in ((name, kept) for name, kept in one.kept_days.items() if name in EXPIRING):
                yield f"records of {purpose} of {whose}", f"{count} days", "their being given"
            yield f"earlier assessments of {whose}", f"{one.kept_days['earlier-assessments']} days", "each hand-in"
        yield f"ended requests of {whose}", f"{one.kept_days['requests']} days", "their end"
    yield "all of who restricted the processing, or is held", "until that is over, then as said above", "as above"
    yield "drafts of individuals", f"{DRAFT_DAYS} days", "their last saving"
    yield "ciphertext in Kafka", f"7 days, {SEGMENT_HOURS} h and {CHECK_MINUTES} min at most", "its writing"
    yield "backups of the key store", f"{state.backup_window_days} days", "their making"
    gone = "until a rotation by command" if state.keys_gone_days is None else f"{state.keys_gone_days} days at most"
    yield "the keys of the erased in backups", gone, "the erasure"


def measures(state: PrivacyState) -> str:
    """The technical measures that are in force."""
    current = max((one.epoch for one in state.epochs), default=1)
    return f"""\
- Every person has a data key of their own; it is wrapped in epoch {current} of the root key, which is in no database.
- Services get subkeys for one purpose each, only while the ledger allows it (docs/purposes.md).
- Everything personal is sealed with AES-256-GCM before it is stored or sent; names are kept as keyed hashes only.
- An erasure destroys the key; it can be cancelled for {state.erasure_window_seconds // 3600} h and is proved by a
  signed receipt.
- Every change that touches a person stands in a Merkle log that an outsider can verify.
- {_epochs(state)}
- Backups are kept {state.backup_window_days} days; a restore brings nobody erased back."""


def _epochs(state: PrivacyState) -> str:
    if state.keys_gone_days is None:
        return "The root key is rotated by command; with the secret of an epoch every backup of its keys dies."
    ends = [f"epoch {one.epoch} ends {one.ends_at}" for one in state.epochs if one.ends_at and not one.destroyed_at]
    return (
        f"The root key is rotated by itself: {state.keys_gone_days} days after an erasure at the latest the secret "
        "is destroyed under which its key was wrapped, and with it every copy of that key in a backup"
        + (f" ({', '.join(ends)})." if ends else ".")
    )


def _kept(hours: int | None) -> str:
    return "for ever (compacted)" if hours is None else f"{hours // 24} days"
