"""What auditors do: the outbox of its entries, its sealed fields, and the way from an entry to its trail."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text

from infra.db.outbox import create_outbox

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables and the indices."""
    create_outbox(op.get_bind())
    op.create_table(
        "acts",
        Column("entry_id", Text, primary_key=True),
        Column("alias", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )
    op.create_index("acts_by_alias", "acts", ["alias"])
    op.create_index("trails_by_log_index", "trails", ["log_index"])
