"""Notices are told by every channel: their number in the feed, and what a forwarded request asks for."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Text, false

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the columns; notices from before have no number and are told by the list alone."""
    op.add_column("notices", Column("request", Text))
    op.add_column("notices", Column("sequence", BigInteger))
    op.add_column("notices", Column("delivered_at", Text))
    op.add_column("notices", Column("reported", Boolean, nullable=False, server_default=false()))
    op.create_index("notices_by_sequence", "notices", ["tenant", "sequence"], unique=True)
    op.create_index("notices_unreported", "notices", ["reported", "delivered_at"])
