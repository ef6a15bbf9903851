"""What the entries of views rest on: the outbox, and where each score stands in its topic."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer

from infra.db.outbox import create_outbox

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the outbox and add the columns; a view of what was scored before names no cause."""
    create_outbox(op.get_bind())
    op.add_column("assessments", Column("scored_partition", Integer))
    op.add_column("assessments", Column("scored_offset", BigInteger))
