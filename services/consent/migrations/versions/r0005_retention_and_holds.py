"""Storage times, legal holds, the cause of an erasure, and the end of an organisation's contract."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add both tables; erasures from before were asked for."""
    op.create_table(
        "retention",
        Column("tenant", Text, ForeignKey("tenants.tenant"), primary_key=True),
        Column("category", Text, primary_key=True),
        Column("days", Integer, nullable=False),
    )
    op.create_table(
        "holds",
        Column("id", Text, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
        Column("reason", Text, nullable=False),
        Column("set_at", Text, nullable=False),
        Column("lifted_at", Text),
    )
    op.create_index("holds_by_alias", "holds", ["alias"])
    op.create_index("hand_ins_by_time", "hand_ins", ["tenant", "handed_in_at", "event_id"])
    op.add_column("requests", Column("cause", Text, nullable=False, server_default="asked"))
    op.add_column("tenants", Column("ended_at", Text))
