"""The tables of the consent service. Times are text, `2026-11-23T18:00:00Z`; sequences are the ledger's.

`persons` keeps the alias of an erased person as a tombstone: 128 random bits that nothing maps to any more.
`statement` and `answer` of a request, `held` of a part and `sealed_reason` of an instruction or a hold are sealed
under their person's subkeys, and go with them. `reason` is what an earlier release left in the clear, until the
stores are open.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)

from infra.db.configuration import configurations_table
from infra.db.outbox import outbox_tables

metadata = MetaData()
outbox_marks, outbox = outbox_tables(metadata)
configurations = configurations_table(metadata)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
tenants = Table(
    "tenants",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("handle_key", LargeBinary, nullable=False),
    Column("ended_at", Text),
)
registrations = Table(
    "registrations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, ForeignKey("tenants.tenant"), nullable=False),
    Column("controller", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("registered_at", Text, nullable=False),
    Column("contact", Text, nullable=False, server_default=""),
    Column("agreement", Text),
    Column("instructs", Text, nullable=False, server_default=""),
    Column("research", Boolean, nullable=False, server_default=false()),
    Column("sequence", BigInteger, nullable=False),
)
persons = Table(
    "persons",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("registration", Text, ForeignKey("registrations.id")),
    Column("epoch", Integer),
    Column("wrapped_key", LargeBinary),
    Column("key_id", Text),
    Column("first_epoch", Integer),
    Index("persons_by_epoch", "epoch"),
)
epochs = Table(
    "epochs",
    metadata,
    Column("epoch", Integer, primary_key=True),
    Column("began_at", Text, nullable=False),
    Column("ends_at", Text),
    Column("destroyed_at", Text),
)
handles = Table(
    "handles",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Index("handles_by_alias", "alias"),
)
records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("notice", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("given_at", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Index("records_by_alias", "alias"),
)
record_ends = Table(
    "record_ends",
    metadata,
    Column("record", Text, ForeignKey("records.id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("ended_at", Text, nullable=False),
)
hand_ins = Table(
    "hand_ins",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias")),
    Column("handed_in_at", Text, nullable=False),
    Column("purpose", Text, nullable=False, server_default="scoring"),
    Column("origin", Text, nullable=False, server_default="organisation"),
    Index("hand_ins_by_alias", "alias"),
    Index("hand_ins_by_time", "tenant", "handed_in_at", "event_id"),
)
requests = Table(
    "requests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("alias", Text, ForeignKey("persons.alias")),
    Column("state", Text, nullable=False),
    Column("prior_state", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("cancelled_at", Text),
    Column("erased_at", Text),
    Column("acknowledged_at", Text),
    Column("completed_at", Text),
    Column("entry", Text),
    Column("revocation", BigInteger),
    Column("revocation_offset", BigInteger),
    Column("revoked_at", Text),
    Column("epoch", Integer),
    Column("cause", Text, nullable=False, server_default="asked"),
    Column("assessment", Text),
    Column("statement", LargeBinary),
    Column("outcome", Text),
    Column("answer", LargeBinary),
    Column("extended_at", Text),
    Column("extension", Text),
    Column("tenant", Text),
    Index("requests_by_alias", "alias"),
    Index("requests_by_state", "state"),
    Index("requests_by_work", "type", "state", "due_at"),
    Index("requests_by_offset", "type", "state", "revocation_offset"),
    Index("requests_by_revocation", "revocation"),
)
retention = Table(
    "retention",
    metadata,
    Column("tenant", Text, ForeignKey("tenants.tenant"), primary_key=True),
    Column("category", Text, primary_key=True),
    Column("days", Integer, nullable=False),
)
holds = Table(
    "holds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Column("reason", Text),
    Column("set_at", Text, nullable=False),
    Column("lifted_at", Text),
    Column("sealed_reason", LargeBinary),
    Index("holds_by_alias", "alias"),
)
expiries = Table(
    "expiries",
    metadata,
    Column("assessment", Text, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Column("request", Text, nullable=False),
    Column("expired_at", Text, nullable=False),
    Index("expiries_by_alias", "alias"),
)
invitations = Table(
    "invitations",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Column("expires_at", Text, nullable=False),
    Index("invitations_by_alias", "alias"),
)
codes = Table(
    "codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("taken_at", Text),
    Column("event_id", Text),
    Column("digest", LargeBinary),
    Index("codes_by_alias", "alias"),
    Index("codes_by_digest", "digest"),
)
instructions = Table(
    "instructions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, ForeignKey("tenants.tenant"), nullable=False),
    Column("alias", Text, ForeignKey("persons.alias")),
    Column("type", Text, nullable=False),
    Column("purpose", Text),
    Column("asked_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("handed_over_at", Text),
    Column("decided_at", Text),
    Column("reason", Text),
    Column("request", Text),
    Column("assessment", Text),
    Column("told_at", Text),
    Column("told_by", Text),
    Column("sealed_reason", LargeBinary),
    Index("instructions_by_tenant", "tenant", "state"),
    Index("instructions_by_alias", "alias"),
)
parts = Table(
    "parts",
    metadata,
    Column("request", Text, ForeignKey("requests.id"), primary_key=True),
    Column("service", Text, primary_key=True),
    Column("gathering", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("total", Integer, nullable=False),
    Column("held", LargeBinary),
)
notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("request", Text, ForeignKey("requests.id"), nullable=False),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("delivered_at", Text),
    Column("acknowledged_at", Text),
    Index("notices_by_request", "request"),
)
transfers = Table(
    "transfers",
    metadata,
    Column("webhook", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("country", Text),
    Column("safeguard", Text),
    Column("declared_at", Text, nullable=False),
    Index("transfers_by_tenant", "tenant"),
)
store_reports = Table(
    "store_reports",
    metadata,
    Column("request", Text, ForeignKey("requests.id"), primary_key=True),
    Column("service", Text, primary_key=True),
    Column("counts", Text, nullable=False),
    Column("reported_at", Text, nullable=False),
    Column("log_index", BigInteger),
    Column("checkpoint", Text),
)
receipts = Table(
    "receipts",
    metadata,
    Column("request", Text, ForeignKey("requests.id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),
)
key_clients = Table(
    "key_clients",
    metadata,
    Column("service", Text, primary_key=True),
    Column("instance", Text, primary_key=True),
    Column("seen_at", Text, nullable=False),
    Column("acknowledged", BigInteger, nullable=False),
)
self_tests = Table(
    "self_tests",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("outcome", Text, nullable=False),
)
marks = Table(
    "marks",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
