"""Transfers to third countries, as organisations declare them."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the table; of webhooks from before nothing was declared to consent."""
    op.create_table(
        "transfers",
        Column("webhook", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("country", Text),
        Column("safeguard", Text),
        Column("declared_at", Text, nullable=False),
    )
    op.create_index("transfers_by_tenant", "transfers", ["tenant"])
