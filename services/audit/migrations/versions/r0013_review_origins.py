"""Whether a person or a rule asked for a review."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; only people asked before."""
    op.add_column("reviews", Column("origin", Text, nullable=False, server_default="person"))
