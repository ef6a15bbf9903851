"""Invitations, and the terms of an organisation that whoever is invited must be shown."""

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, Text

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table and the columns; the terms of earlier organisations are known to the ledger alone."""
    for name in ("legal_basis", "notice", "contact"):
        op.add_column("organisations", Column(name, Text))
    op.create_table(
        "invitations",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("digest", LargeBinary, nullable=False),
        Column("external_id", LargeBinary),
        Column("call_back", LargeBinary),
        Column("created_at", Text, nullable=False),
        Column("expires_at", Text, nullable=False),
        Column("tries", Integer, nullable=False),
        Column("due_at", Text),
    )
    op.create_index("invitations_by_digest", "invitations", ["digest"], unique=True)
    op.create_index("invitations_due", "invitations", ["due_at"])
