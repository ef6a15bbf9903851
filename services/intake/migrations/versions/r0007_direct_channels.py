"""Organisations with Kafka topics of their own, and their public keys."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "direct_channels",
        Column("tenant", Text, primary_key=True),
        Column("public_key", Text, nullable=False),
        Column("registered_at", Text, nullable=False),
    )
