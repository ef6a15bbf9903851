"""A single-use code is recognised after it was used, so that who comes with it second is told when that was."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the column; of codes that were used before no digest was kept."""
    op.add_column("codes", Column("digest", LargeBinary))
    op.create_index("codes_by_digest", "codes", ["digest"])
