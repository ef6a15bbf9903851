"""Organisations, day secrets, assessments, the fence."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the first version."""
    op.create_table(
        "organisations",
        Column("tenant", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("secret_hash", LargeBinary, nullable=False),
        Column("created_at", Text, nullable=False),
    )
    op.create_table(
        "day_secrets", Column("day", Text, primary_key=True), Column("secret", LargeBinary, nullable=False)
    )
    op.create_table(
        "idempotency_keys",
        Column("digest", LargeBinary, primary_key=True),
        Column("day", Text, nullable=False),
    )
    op.create_index("idempotency_keys_by_day", "idempotency_keys", ["day"])
    op.create_table(
        "assessments",
        Column("id", Text, primary_key=True),
        Column("tenant", Text, nullable=False),
        Column("alias", Text),
        Column("state", Text, nullable=False),
        Column("mac", LargeBinary),
        Column("reason", Text),
        Column("submitted_at", Text, nullable=False),
        Column("ended_at", Text),
        Column("result", LargeBinary),
        Column("detail", LargeBinary),
    )
    op.create_index("assessments_by_alias", "assessments", ["alias"])
    op.create_index("assessments_by_state", "assessments", ["state", "submitted_at"])
    op.create_table("fence", Column("alias", Text, primary_key=True), Column("assessments", Integer, nullable=False))
    op.create_table(
        "marks", Column("topic", Text, primary_key=True), Column("next_offset", BigInteger, nullable=False)
    )
