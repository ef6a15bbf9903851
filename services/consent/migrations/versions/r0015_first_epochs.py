"""In which epoch of the root key a person's key was wrapped first; those of before may have been in every one."""

from alembic import op
from sqlalchemy import Column, Integer

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the column."""
    op.add_column("persons", Column("first_epoch", Integer))
    op.execute("UPDATE persons SET first_epoch = 1 WHERE epoch IS NOT NULL")
