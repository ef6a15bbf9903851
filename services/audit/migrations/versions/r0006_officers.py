"""Officers with their sessions, who decided a review, and how often each of them confirms."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables; reviews decided before were decided by nobody that is known here."""
    op.create_table(
        "officers",
        Column("id", Text, primary_key=True),
        Column("handle", LargeBinary, nullable=False, unique=True),
        Column("role", Text, nullable=False),
        Column("name", LargeBinary, nullable=False),
        Column("password", Text, nullable=False),
        Column("one_time", Boolean, nullable=False),
        Column("totp", LargeBinary, nullable=False),
        Column("last_step", BigInteger, nullable=False),
        Column("since", Text, nullable=False),
    )
    op.create_table(
        "officer_sessions",
        Column("id", LargeBinary, primary_key=True),
        Column("officer", Text, nullable=False),
        Column("ends_at", Text, nullable=False),
    )
    op.create_table(
        "officer_decisions",
        Column("officer", Text, primary_key=True),
        Column("decision", Text, primary_key=True),
        Column("taken", Integer, nullable=False),
    )
    op.add_column("reviews", Column("decided_by", Text))
