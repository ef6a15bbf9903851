"""What a person's own advice and replay are computed from: the sealed hand-in, and the log leaf of its score."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; what was handed in before stays without."""
    op.add_column("assessments", Column("hand_in", LargeBinary))
    op.add_column("assessments", Column("leaf", LargeBinary))
