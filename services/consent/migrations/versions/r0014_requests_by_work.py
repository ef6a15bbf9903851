"""What is due of the erasures is found by index, and so is the request of a revocation that was sent."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("requests_by_work", "requests", ["type", "state", "due_at"])
    op.create_index("requests_by_offset", "requests", ["type", "state", "revocation_offset"])
    op.create_index("requests_by_revocation", "requests", ["revocation"])
