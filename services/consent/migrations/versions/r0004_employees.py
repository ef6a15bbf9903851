"""Employees: codes by which they become known, and requests that are their employer's to decide."""

from alembic import op
from sqlalchemy import Column, ForeignKey, LargeBinary, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "invitations",
        Column("digest", LargeBinary, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
        Column("expires_at", Text, nullable=False),
    )
    op.create_index("invitations_by_alias", "invitations", ["alias"])
    op.create_table(
        "instructions",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, ForeignKey("tenants.tenant"), nullable=False),
        Column("alias", Text, ForeignKey("persons.alias")),
        Column("type", Text, nullable=False),
        Column("purpose", Text),
        Column("asked_by", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("opened_at", Text, nullable=False),
        Column("handed_over_at", Text),
        Column("decided_at", Text),
        Column("reason", Text),
        Column("request", Text),
    )
    op.create_index("instructions_by_tenant", "instructions", ["tenant", "state"])
    op.create_index("instructions_by_alias", "instructions", ["alias"])
