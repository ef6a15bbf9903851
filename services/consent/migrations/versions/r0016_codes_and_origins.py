"""Who filled in what was handed in, and the codes that lead to an employee: when each was issued, and when taken."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column and the table. What organisations handed in counts as their own; of codes nothing was kept."""
    op.add_column("hand_ins", Column("origin", Text, nullable=False, server_default="organisation"))
    op.execute("UPDATE hand_ins SET origin = 'person' WHERE tenant = 'individuals'")
    op.create_table(
        "codes",
        Column("id", Text, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
        Column("issued_by", Text, nullable=False),
        Column("issued_at", Text, nullable=False),
        Column("taken_at", Text),
        Column("event_id", Text),
    )
    op.create_index("codes_by_alias", "codes", ["alias"])
