"""Records are only ever added to: what ends one is a row of its own, and the database refuses to change either."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

revision = "0011"
down_revision = "0010"
_TABLES = ("records", "record_ends")
_REFUSAL = "the consent ledger is only ever added to"


def upgrade() -> None:
    """Move the ends into a table of their own."""
    op.create_table(
        "record_ends",
        Column("record", Text, ForeignKey("records.id"), primary_key=True),
        Column("state", Text, nullable=False),
        Column("ended_at", Text, nullable=False),
    )
    op.execute(
        "INSERT INTO record_ends (record, state, ended_at) "
        "SELECT id, state, COALESCE(ended_at, given_at) FROM records WHERE state <> 'given'"
    )
    for column in ("state", "ended_at"):
        op.drop_column("records", column)
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for table in _TABLES
    ]


def _postgresql() -> list[str]:
    refuse = (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    triggers = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in _TABLES
    ]
    return [refuse, *triggers]
