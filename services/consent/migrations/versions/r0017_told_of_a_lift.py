"""When an employee was told that their employer is about to end a restriction, and by what (GDPR Art. 18(3))."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns; what employers ended before was not announced."""
    op.add_column("instructions", Column("told_at", Text))
    op.add_column("instructions", Column("told_by", Text))
