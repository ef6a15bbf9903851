"""The newest published checkpoint of the log, and what it has said of its witnesses."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "heads",
        Column("log", Integer, primary_key=True, autoincrement=False),
        Column("size", BigInteger, nullable=False),
        Column("root", LargeBinary, nullable=False),
    )
    op.create_table("witnesses", Column("vkey", Text, primary_key=True), Column("failing", Boolean, nullable=False))
