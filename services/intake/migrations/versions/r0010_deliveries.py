"""Which organisation was told what of a person's result and when, for as long as the result is kept."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the table; of deliveries before it the log alone knows, and not whose they were."""
    op.create_table(
        "deliveries",
        Column("entry_id", Text, primary_key=True),
        Column("assessment", Text, nullable=False),
        Column("alias", Text, nullable=False),
        Column("what", Text, nullable=False),
        Column("at", Text, nullable=False),
    )
    op.create_index("deliveries_by_alias", "deliveries", ["alias"])
    op.create_index("deliveries_by_assessment", "deliveries", ["assessment"])
