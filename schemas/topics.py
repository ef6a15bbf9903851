"""The Kafka topics: who owns each, what its key is, how it is partitioned and how long it is kept.

Retention is stated so that the date on which ciphertext is gone can be stated too: a record is gone at
append time + retention + segment time + check interval + delete delay.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

RETENTION_HOURS = 7 * 24
SEGMENT_HOURS = 1
CHECK_MINUTES = 5
"""`log.retention.check.interval.ms`, the broker's default."""
DELETE_DELAY_SECONDS = 60
"""`log.segment.delete.delay.ms`, the broker's default."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `retention_hours` is None where records are never deleted; of a `tagged` one only records are taken
    that a service of ours has written (`infra.kafka.record_tag`).
    """

    name: str
    owner: str
    key: str
    partitions: int
    retention_hours: int | None = RETENTION_HOURS
    compacted: bool = False
    tagged: bool = False


SUBMITTED = Topic("assessments.submitted", "intake", "alias", 4)
SCORED = Topic("assessments.scored", "scoring", "alias", 4)
REFUSED = Topic("assessments.refused", "scoring", "alias", 4)
PRIVACY_REQUESTS = Topic("privacy.requests", "consent", "alias", 1, tagged=True)
PRIVACY_ANSWERS = Topic("privacy.answers", "consent", "alias", 1, tagged=True)
PRIVACY_NOTICES = Topic("privacy.notices", "consent", "organisation", 1, tagged=True)
KEYS_REVOKED = Topic("keys.revoked", "consent", "alias", 1, retention_hours=None, compacted=True, tagged=True)
KEYS_ACKNOWLEDGED = Topic("keys.acknowledged", "consent", "instance", 1, tagged=True)
AUDIT_ENTRIES = Topic("audit.entries", "audit", "outbox", 1, tagged=True)
DEAD_INTAKE = Topic("dead.intake", "intake", "source", 1)
DEAD_SCORING = Topic("dead.scoring", "scoring", "source", 1)
DEAD_AUDIT = Topic("dead.audit", "audit", "source", 1)
DEAD_CONSENT = Topic("dead.consent", "consent", "source", 1)

TOPICS = (
    SUBMITTED,
    SCORED,
    REFUSED,
    PRIVACY_REQUESTS,
    PRIVACY_ANSWERS,
    PRIVACY_NOTICES,
    KEYS_REVOKED,
    KEYS_ACKNOWLEDGED,
    AUDIT_ENTRIES,
    DEAD_INTAKE,
    DEAD_SCORING,
    DEAD_AUDIT,
    DEAD_CONSENT,
)
DIRECT_HOURS = 24
"""What lies in an organisation's own topics is sealed to a key that no erasure destroys: it is kept for a day."""


def inbound(tenant: str) -> Topic:
    """Hand-ins of an organisation that runs Kafka, each a JWE to intake's key."""
    return Topic(f"inbound.{tenant}", tenant, "of the platform's choice", 1, DIRECT_HOURS)


def inbound_errors(tenant: str) -> Topic:
    """What of `inbound` was not accepted and why, each a JWE to the organisation's key."""
    return Topic(f"inbound.{tenant}.errors", "intake", "event", 1, DIRECT_HOURS)


def results(tenant: str) -> Topic:
    """An organisation's ends, each a JWE to its key."""
    return Topic(f"results.{tenant}", "intake", "assessment", 1, DIRECT_HOURS)


AUDITED = (SUBMITTED, SCORED, REFUSED, AUDIT_ENTRIES, DEAD_INTAKE, DEAD_SCORING, DEAD_AUDIT, DEAD_CONSENT)

SCORING_GROUP = "scoring"
"""The consumer group of scoring: what lies below its offsets has its end."""


def partition_of(alias: str, partitions: int) -> int:
    """The partition of a person's records: an alias is 128 random bits, so its first 32 spread evenly."""
    return int(alias[:8], 16) % partitions


KEPT_AT_MOST = timedelta(hours=RETENTION_HOURS + SEGMENT_HOURS, minutes=CHECK_MINUTES, seconds=DELETE_DELAY_SECONDS)
"""How long a record stays on a broker's disk at most, by our settings and the broker's defaults."""


def gone_from_kafka(appended: datetime, kept: timedelta = KEPT_AT_MOST) -> datetime:
    """When a record appended at that time is on no broker's disk any more, at the latest."""
    return appended + kept
