"""Ledger, key store, requests and outbox."""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Text

from infra.db.outbox import create_outbox

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first version."""
    create_outbox(op.get_bind())
    op.create_table(
        "ledger",
        Column("id", Integer, primary_key=True),
        Column("sequence", BigInteger, nullable=False),
    )
    op.create_table(
        "tenants",
        Column("tenant", Text, primary_key=True),
        Column("epoch", Integer, nullable=False),
        Column("handle_key", LargeBinary, nullable=False),
    )
    op.create_table(
        "registrations",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, ForeignKey("tenants.tenant"), nullable=False),
        Column("controller", Text, nullable=False),
        Column("legal_basis", Text, nullable=False),
        Column("notice", Text, nullable=False),
        Column("registered_at", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
    )
    op.create_table(
        "persons",
        Column("alias", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("registration", Text, ForeignKey("registrations.id")),
        Column("epoch", Integer),
        Column("wrapped_key", LargeBinary),
        Column("key_id", Text),
    )
    op.create_table(
        "handles",
        Column("tenant", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("digest", LargeBinary, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
    )
    op.create_index("handles_by_alias", "handles", ["alias"])
    op.create_table(
        "records",
        Column("id", Text, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
        Column("purpose", Text, nullable=False),
        Column("legal_basis", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("notice", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("given_at", Text, nullable=False),
        Column("ended_at", Text),
        Column("sequence", BigInteger, nullable=False),
    )
    op.create_index("records_by_alias", "records", ["alias"])
    op.create_table(
        "hand_ins",
        Column("tenant", Text, primary_key=True),
        Column("event_id", Text, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias")),
        Column("handed_in_at", Text, nullable=False),
    )
    op.create_index("hand_ins_by_alias", "hand_ins", ["alias"])
    op.create_table(
        "requests",
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
    )
    op.create_index("requests_by_alias", "requests", ["alias"])
    op.create_index("requests_by_state", "requests", ["state"])
    op.create_table(
        "store_reports",
        Column("request", Text, ForeignKey("requests.id"), primary_key=True),
        Column("service", Text, primary_key=True),
        Column("counts", Text, nullable=False),
        Column("reported_at", Text, nullable=False),
        Column("log_index", BigInteger),
        Column("checkpoint", Text),
    )
    op.create_table(
        "receipts",
        Column("request", Text, ForeignKey("requests.id"), primary_key=True),
        Column("stage", Text, primary_key=True),
        Column("document", LargeBinary, nullable=False),
    )
    op.create_table(
        "key_clients",
        Column("service", Text, primary_key=True),
        Column("instance", Text, primary_key=True),
        Column("seen_at", Text, nullable=False),
        Column("acknowledged", BigInteger, nullable=False),
    )
    op.create_table(
        "marks",
        Column("topic", Text, primary_key=True),
        Column("next_offset", BigInteger, nullable=False),
    )
