"""Webhooks: subscriptions, messages, tries."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "webhooks",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("url", LargeBinary, nullable=False),
        Column("secret", LargeBinary, nullable=False),
        Column("former_secret", LargeBinary),
        Column("former_until", Text),
        Column("state", Text, nullable=False),
        Column("reason", Text),
        Column("created_at", Text, nullable=False),
        Column("told", BigInteger, nullable=False),
    )
    op.create_index("webhooks_by_tenant", "webhooks", ["tenant"])
    op.create_table(
        "webhook_messages",
        Column("webhook", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("assessment", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("due_at", Text),
    )
    op.create_index("webhook_messages_due", "webhook_messages", ["state", "due_at"])
    op.create_table(
        "webhook_tries",
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("webhook", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("number", Integer, nullable=False),
        Column("at", Text, nullable=False),
        Column("status", Integer),
        Column("error", Text),
    )
    op.create_index("webhook_tries_by_message", "webhook_tries", ["webhook", "sequence"])
