"""What supersedes what, and the notices of each organisation."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the columns and the table; nothing before was corrected."""
    op.add_column("assessments", Column("supersedes", Text))
    op.add_column("assessments", Column("superseded_by", Text))
    op.create_table(
        "notices",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("assessments", Text, nullable=False),
        Column("replaced_by", Text),
        Column("issued_at", Text, nullable=False),
        Column("acknowledged_at", Text),
    )
    op.create_index("notices_by_tenant", "notices", ["tenant"])
