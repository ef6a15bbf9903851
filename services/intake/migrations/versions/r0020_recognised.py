"""The hand-ins whose body is still recognised, by their age: each minute those are looked for that are too old."""

from alembic import op
from sqlalchemy import text

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add the index. It holds the hand-ins of the last days only, once those from before have been aged."""
    recognised = text("length(mac) > 0")
    op.create_index(
        "assessments_recognised",
        "assessments",
        ["submitted_at"],
        sqlite_where=recognised,
        postgresql_where=recognised,
    )
