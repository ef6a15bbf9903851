"""Histograms of each day under the tenants' own keys, in place of counts under audit's; and what drifts."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables. Counts under audit's key have no groups and are begun anew, from all that the broker has."""
    op.drop_table("score_counts")
    op.drop_table("drifting")
    op.execute("DELETE FROM marks WHERE topic LIKE 'statistics/%'")
    op.create_table(
        "day_counts",
        Column("tenant", Text, primary_key=True),
        Column("day", Text, primary_key=True),
        Column("sealed", LargeBinary, nullable=False),
    )
    op.create_table(
        "drifting",
        Column("tenant", Text, primary_key=True),
        Column("histogram", Text, primary_key=True),
    )
