"""What an organisation is told of: the sealed name of its employee, and the order in which its results came."""

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns; what ended before is in no feed, and is still read by its id."""
    op.create_table("feeds", Column("tenant", Text, primary_key=True), Column("last", BigInteger, nullable=False))
    op.add_column("assessments", Column("reference", LargeBinary))
    op.add_column("assessments", Column("sequence", BigInteger))
    op.create_index("assessments_by_sequence", "assessments", ["tenant", "sequence"], unique=True)
