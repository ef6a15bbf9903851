"""When a webhook of its recipient took a notice."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add the column; of notices from before no webhook told."""
    op.add_column("notices", Column("delivered_at", Text))
