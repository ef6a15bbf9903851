"""Keys of the assessment-partner interface, and what tells an invitation's repetition from another under its key."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the table and the column; the Idempotency-Key of an invitation from before is refused for its 48 hours."""
    op.create_table(
        "partner_keys",
        Column("key_hash", LargeBinary, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("created_at", Text, nullable=False),
        Column("ends_at", Text),
    )
    op.create_index("partner_keys_by_tenant", "partner_keys", ["tenant"])
    op.add_column("invitations", Column("mac", LargeBinary))
