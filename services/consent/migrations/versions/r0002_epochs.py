"""Epochs of the root key: when each began and ends, and in which an erased person's key was wrapped."""

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table, and the index by which a rotation finds what is left to do."""
    op.create_table(
        "epochs",
        Column("epoch", Integer, primary_key=True),
        Column("began_at", Text, nullable=False),
        Column("ends_at", Text),
        Column("destroyed_at", Text),
    )
    op.create_index("persons_by_epoch", "persons", ["epoch"])
    op.add_column("requests", Column("epoch", Integer))
