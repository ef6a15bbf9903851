"""What the last entry told of the settings."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "configurations",
        Column("number", Integer, primary_key=True),
        Column("entry_id", Text, nullable=False),
        Column("document", LargeBinary, nullable=False),
    )
