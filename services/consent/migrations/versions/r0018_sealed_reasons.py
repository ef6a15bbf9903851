"""The reasons for which employers refuse lie sealed under their person's key."""

from alembic import op
from sqlalchemy import Column, LargeBinary

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Add the column; what lies in the clear is sealed as soon as the keys are there (`Instructions.open`)."""
    op.add_column("instructions", Column("sealed_reason", LargeBinary))
