"""Market signals of the operator; the sealed trail of a person's own score."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the table and the column; what was scored before stays without a trail here."""
    op.create_table(
        "market_signals",
        Column("id", Text, primary_key=True),
        Column("document", Text, nullable=False),
        Column("added_at", Text, nullable=False),
    )
    op.add_column("assessments", Column("trail", LargeBinary))
