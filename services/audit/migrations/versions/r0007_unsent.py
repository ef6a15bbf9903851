"""An index of what the outbox has still to send."""

from alembic import op

from infra.db.outbox import index_outbox

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add it."""
    index_outbox(op.get_bind())
