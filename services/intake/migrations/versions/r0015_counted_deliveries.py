"""How many deliveries an erasure has deleted."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column; what was deleted before it nobody counted."""
    op.add_column("fence", Column("deliveries", Integer, nullable=False, server_default="0"))
