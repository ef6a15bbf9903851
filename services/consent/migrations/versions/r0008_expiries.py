"""Single assessments that expire while their person stays, and whose a request was, once it has ended."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the table; of a request whose person is gone nobody can tell any more which tenant's it was."""
    op.create_table(
        "expiries",
        Column("assessment", Text, primary_key=True),
        Column("alias", Text, ForeignKey("persons.alias"), nullable=False),
        Column("request", Text, nullable=False),
        Column("expired_at", Text, nullable=False),
    )
    op.create_index("expiries_by_alias", "expiries", ["alias"])
    op.add_column("requests", Column("tenant", Text))
    op.execute(
        "UPDATE requests SET tenant = (SELECT tenant FROM persons WHERE persons.alias = requests.alias) "
        "WHERE alias IS NOT NULL"
    )
