"""Boundaries that organisations set, uses that the operator has allowed, and what holds a result back."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables; no earlier result was scored under a boundary."""
    op.create_table(
        "boundaries",
        Column("tenant", Text, primary_key=True),
        Column("use", Text, primary_key=True),
        Column("limit", Integer, nullable=False),
        Column("human_step", Text, nullable=False),
        Column("set_at", Text, nullable=False),
        Column("bound", Text, nullable=False),
    )
    op.create_table(
        "allowed_uses",
        Column("tenant", Text, primary_key=True),
        Column("use", Text, primary_key=True),
        Column("reason", Text, nullable=False),
        Column("allowed_at", Text, nullable=False),
    )
    op.add_column("assessments", Column("oversight", LargeBinary))
    op.add_column("assessments", Column("decision", Text))
