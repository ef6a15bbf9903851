"""The reasons of legal holds lie sealed under their person's key."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Add the column; what lies in the clear is sealed as soon as the keys are there (`Holds.open`)."""
    with op.batch_alter_table("holds") as holds:
        holds.alter_column("reason", existing_type=Text(), nullable=True)
        holds.add_column(Column("sealed_reason", LargeBinary))
