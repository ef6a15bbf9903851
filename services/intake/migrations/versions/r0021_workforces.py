"""What an organisation was told of its workforce is kept for the month, sealed."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "workforces",
        Column("tenant", Text, primary_key=True),
        Column("before", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
