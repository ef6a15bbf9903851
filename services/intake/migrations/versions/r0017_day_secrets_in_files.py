"""The secrets of days lie in files from now on, so that no log and no backup of the database keeps one."""

from alembic import op
from sqlalchemy import delete, table

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Drop the table and what was seen under its secrets: a key from before means nothing after."""
    op.execute(delete(table("idempotency_keys")))
    op.drop_table("day_secrets")
