"""What an organisation has told as controller: its contact, its agreement, and what it has instructed."""

from alembic import op
from sqlalchemy import Boolean, Column, Text, false

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; registrations from before have given no instruction."""
    for column in (
        Column("contact", Text, nullable=False, server_default=""),
        Column("agreement", Text),
        Column("instructs", Text, nullable=False, server_default=""),
        Column("research", Boolean, nullable=False, server_default=false()),
    ):
        op.add_column("registrations", column)
