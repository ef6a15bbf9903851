"""What the log has said once of each: versions of the methodology, and changes of its key."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table("announced", Column("what", Text, primary_key=True), Column("at", Text, nullable=False))
