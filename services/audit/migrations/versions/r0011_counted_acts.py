"""How many acts and reviews an erasure has deleted."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add the columns; what was deleted before them nobody counted."""
    for name in ("acts", "reviews"):
        op.add_column("fence", Column(name, Integer, nullable=False, server_default="0"))
