"""Reviews by humans, and when and what an act was: so that its person can be told who looked."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table and add the columns; earlier acts tell their fields only."""
    op.add_column("acts", Column("entry_type", Text))
    op.add_column("acts", Column("done_at", Text))
    op.create_table(
        "reviews",
        Column("request", Text, primary_key=True),
        Column("alias", Text, nullable=False),
        Column("tenant", Text, nullable=False),
        Column("assessment", Text, nullable=False),
        Column("opened_at", Text, nullable=False),
        Column("answer_by", Text, nullable=False),
        Column("statement", LargeBinary),
        Column("decision", Text),
        Column("reason", LargeBinary),
        Column("decided_at", Text),
        Column("told", Integer, nullable=False, server_default="0"),
    )
    op.create_index("reviews_by_alias", "reviews", ["alias"])
