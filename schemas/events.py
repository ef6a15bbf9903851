"""What stands in a record's value, topic by topic. Values are MessagePack; attributes are CloudEvents headers.

Nothing here is readable personal data: `sealed` parts are AES-256-GCM under a subkey of the person, and the
alias that is the record's key is random. The event id stands in the header `ce_id`.
"""

from typing import Annotated, Literal

import msgspec

from schemas.purposes import Purpose

CONTENT_TYPE = "application/msgpack"

Tenant = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}\Z")]
Reason = Annotated[str, msgspec.Meta(max_length=1_000, pattern=r"^[^\x00]*\Z")]
"""Why, in words of ours; PostgreSQL stores no NUL."""


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record that caused an event."""

    topic: str
    partition: int
    offset: int


class Submitted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`assessments.submitted`: the sealed hand-in, its audit entry, and the MAC that recognises a repetition.

    `reference` is the platform's `external_id`, sealed for those who may get the result. A correction `supersedes`
    an earlier assessment of the same person. `statistics` is a `schemas.statistics.Counted`, sealed, of whoever
    consented to statistics. `limits` are those of the organisation's boundaries as `schemas.boundary.packed`, where
    it has set any.
    """

    tenant: Tenant
    sealed: bytes
    mac: bytes
    leaf: bytes
    reference: bytes | None = None
    supersedes: str | None = None
    statistics: bytes | None = None
    limits: bytes | None = None


class Scored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`assessments.scored`: result, reasons and trail, each sealed for its own domain, and the audit entry.

    `statistics` is passed on as it was submitted: scoring has no key to open it. `oversight` is sealed for `result`:
    the limits that the band crosses, where the organisation has set any.
    """

    tenant: Tenant
    cause: Cause
    result: bytes
    detail: bytes
    trail: bytes
    leaf: bytes
    statistics: bytes | None = None
    oversight: bytes | None = None


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`assessments.refused`: the ledger said no; `reason` is the purpose table's word for why."""

    tenant: Tenant
    cause: Cause
    reason: Reason
    leaf: bytes


class DeadLettered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`dead.*`: a record that its consumer could not use, as it came, with the reason and the audit entry."""

    consumer: str
    cause: Cause
    reason: Reason
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    leaf: bytes


Change = Literal["withdrawn", "objected", "restricted", "erasure-pending", "erasure-cancelled", "erased"]
"""What voids released keys: every narrowing, and a cancellation, so that the last record of an alias holds."""


class PendingErasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An erasure within its window: the request's id and its two times, `2026-11-23T18:00:00Z`."""

    request: str
    opened_at: str
    due_at: str


class Revoked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`keys.revoked`, keyed by alias: from ledger sequence `sequence` on, keys released before it are void.

    The topic is compacted, so each record says all that a ledger restored from a backup must know of its person:
    `withdrawn` are all purposes withdrawn by then, `pending` is the erasure whose window is open.
    """

    sequence: int
    kind: Change
    withdrawn: tuple[Purpose, ...] = ()
    pending: PendingErasure | None = None


class ErasureOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="erasure"):
    """`privacy.requests`, keyed by alias: every store deletes what it holds for the alias and reports its counts.

    `entry` is the id of the audit entry `erased`, which audit has appended before it reports.
    """

    request: str
    entry: str


class Acknowledged(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="acknowledged"):
    """`keys.acknowledged`: this instance lives and holds no key revoked at or below `offset` of `partition`."""

    service: str
    instance: str
    partition: int
    offset: int


class StoreReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="report"):
    """`keys.acknowledged`: a store has carried out an erasure order.

    `counts` names rows deleted by table. Audit adds the log index of the entry `erased` and the checkpoint
    (a signed note) that covers it.
    """

    service: str
    request: str
    counts: dict[str, int]
    index: int | None = None
    checkpoint: str | None = None


class OutboxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`audit.entries`: the entry at `sequence` of the outbox named `source`; sequences have no holes."""

    source: str
    sequence: int
    leaf: bytes


Acknowledgement = Acknowledged | StoreReport

SUBMITTED_TYPE = "careerpulse.assessment.submitted.v1"
SCORED_TYPE = "careerpulse.assessment.scored.v1"
REFUSED_TYPE = "careerpulse.assessment.refused.v1"
DEAD_LETTERED_TYPE = "careerpulse.record.dead-lettered.v1"
REVOKED_TYPE = "careerpulse.keys.revoked.v1"
ERASURE_ORDERED_TYPE = "careerpulse.erasure.ordered.v1"
OUTBOX_ENTRY_TYPE = "careerpulse.audit.entry.v1"

HAND_IN_SCHEMA = "hand-in/1"
RESULT_SCHEMA = "result/1"
DETAIL_SCHEMA = "detail/1"
TRAIL_SCHEMA = "trail/1"
REFERENCE_SCHEMA = "reference/1"
