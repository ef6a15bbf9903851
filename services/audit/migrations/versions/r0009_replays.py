"""Replays of dead letters that operators have asked for."""

from alembic import op
from sqlalchemy import BigInteger, Column, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "replays",
        Column("id", Text, primary_key=True),
        Column("topic", Text, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("asked_at", Text, nullable=False),
        Column("sent_at", Text),
    )
