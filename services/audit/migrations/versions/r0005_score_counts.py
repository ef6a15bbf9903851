"""Sealed counts of displayed scores by organisation and day, and whose scores were said to drift."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "score_counts",
        Column("tenant", Text, primary_key=True),
        Column("day", Text, primary_key=True),
        Column("sealed", LargeBinary, nullable=False),
    )
    op.create_table("drifting", Column("tenant", Text, primary_key=True))
