"""Inserts that say what happens to a row that is there already, in the words of either database."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from infra.db.engine import Database


def inserting(database: Database, table: Table) -> Any:
    """An insert that can be told what to do on a conflict."""
    return sqlite.insert(table) if database.is_sqlite else postgresql.insert(table)


def upsert(database: Database, table: Table, row: dict[str, Any], keys: int = 1) -> Any:
    """The statement that keeps a row in place of the one with the same first column, or the same first `keys`."""
    names = list(row)
    statement = inserting(database, table).values(**row)
    return statement.on_conflict_do_update(
        index_elements=names[:keys], set_={name: row[name] for name in names[keys:]}
    )
