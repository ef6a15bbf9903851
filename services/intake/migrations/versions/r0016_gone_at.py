"""Since when an erased assessment is gone, and what recognises the request that made a webhook."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the columns; of what was erased before, the time is not known."""
    op.add_column("assessments", Column("gone_at", Text))
    op.add_column("webhooks", Column("mac", LargeBinary))
