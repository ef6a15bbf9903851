"""What answers were brought for: to be scored, or to be kept as a draft, which has a storage time of its own."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column; everything before was brought to be scored."""
    op.add_column("hand_ins", Column("purpose", Text, nullable=False, server_default="scoring"))
