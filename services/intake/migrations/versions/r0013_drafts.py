"""Unfinished questionnaires of those who asked to keep them, and how many of them an erasure destroyed."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the table and the column; nobody had a draft before."""
    op.create_table(
        "drafts",
        Column("alias", Text, primary_key=True),
        Column("id", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("saved_at", Text, nullable=False),
        Column("ends_at", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
    )
    op.create_index("drafts_by_time", "drafts", ["ends_at"])
    op.add_column("fence", Column("drafts", Integer, nullable=False, server_default="0"))
