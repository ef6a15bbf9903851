"""What rights need that others help to answer: the subject of a request, its parts, and notices to recipients."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Text

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and tables; earlier requests stay without."""
    op.add_column("instructions", Column("assessment", Text))
    for name in ("assessment", "outcome", "extended_at", "extension"):
        op.add_column("requests", Column(name, Text))
    for name in ("statement", "answer"):
        op.add_column("requests", Column(name, LargeBinary))
    op.create_table(
        "parts",
        Column("request", Text, ForeignKey("requests.id"), primary_key=True),
        Column("service", Text, primary_key=True),
        Column("gathering", Text, primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("total", Integer, nullable=False),
        Column("held", LargeBinary),
    )
    op.create_table(
        "notices",
        Column("id", Text, primary_key=True),
        Column("request", Text, ForeignKey("requests.id"), nullable=False),
        Column("tenant", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("issued_at", Text, nullable=False),
        Column("acknowledged_at", Text),
    )
    op.create_index("notices_by_request", "notices", ["request"])
