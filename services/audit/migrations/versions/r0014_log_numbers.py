"""In which log an entry stands; until now there was one."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the columns, and find trails by log and index."""
    for table in ("entry_ids", "trails"):
        op.add_column(table, Column("log", Integer, nullable=False, server_default="0"))
