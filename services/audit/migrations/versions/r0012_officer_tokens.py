"""A token of each officer's own for the interface; who did each act and what decision it is about."""

from alembic import op
from sqlalchemy import Column, LargeBinary, Text, text

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("officers", Column("token", LargeBinary))
    op.add_column("officers", Column("token_since", Text))
    op.create_index("officers_by_token", "officers", ["token"], unique=True)
    op.add_column("acts", Column("tenant", Text, nullable=False, server_default=""))
    op.execute(
        text(
            "UPDATE acts SET tenant = coalesce("
            "(SELECT min(trails.tenant) FROM trails WHERE trails.alias = acts.alias), '')"
        )
    )
    op.add_column("acts", Column("about", Text))
    op.add_column("acts", Column("officer", Text))
    _count_by_handle()


def _count_by_handle() -> None:
    """Decisions were counted by an id that ended with a removal; from now on by the hash of the name."""
    connection = op.get_bind()
    for officer, handle in connection.execute(text("SELECT id, handle FROM officers")).all():
        told = {"handle": bytes(handle).hex(), "officer": officer}
        connection.execute(text("UPDATE officer_decisions SET officer = :handle WHERE officer = :officer"), told)
        connection.execute(text("UPDATE reviews SET decided_by = :handle WHERE decided_by = :officer"), told)
