"""Entry ids, trails, the fence."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first version."""
    op.create_table(
        "entry_ids",
        Column("id", LargeBinary, primary_key=True),
        Column("source", Text, nullable=False),
        Column("place", BigInteger, nullable=False),
        Column("log_index", BigInteger, nullable=False),
        Column("seen_on", Integer, nullable=False),
    )
    op.create_index("entry_ids_by_day", "entry_ids", ["seen_on"])
    op.create_table(
        "trails",
        Column("event_id", Text, primary_key=True),
        Column("alias", Text, nullable=False),
        Column("tenant", Text, nullable=False),
        Column("trail", LargeBinary, nullable=False),
        Column("log_index", BigInteger, nullable=False),
    )
    op.create_index("trails_by_alias", "trails", ["alias"])
    op.create_table("fence", Column("alias", Text, primary_key=True), Column("trails", Integer, nullable=False))
    op.create_table(
        "marks", Column("topic", Text, primary_key=True), Column("next_offset", BigInteger, nullable=False)
    )
