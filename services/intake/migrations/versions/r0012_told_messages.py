"""Whether the result of a webhook's message went out: its entry in the log is left once."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; a message that was tried before leaves its entry once more when it is tried again."""
    op.add_column("webhook_messages", Column("told", Boolean, nullable=False, server_default=false()))
