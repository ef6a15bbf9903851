"""What each run of the canary found."""

from alembic import op
from sqlalchemy import Boolean, Column, Text

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "self_tests",
        Column("id", Text, primary_key=True),
        Column("at", Text, nullable=False),
        Column("passed", Boolean, nullable=False),
        Column("outcome", Text, nullable=False),
    )
