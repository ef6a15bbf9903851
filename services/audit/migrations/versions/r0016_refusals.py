"""Log-ins that failed, by the hour, until one entry tells how many there were beyond the first."""

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "refusals",
        Column("hour", Text, primary_key=True),
        Column("officer", Text, primary_key=True),
        Column("told", Integer, nullable=False),
        Column("more", Integer, nullable=False),
    )
