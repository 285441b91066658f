"""Copies a database while it is in use, to files of its own kind, and fills an empty one from them.

SQLite is copied in one step by `VACUUM INTO`, which leaves free pages and the order of writes
behind. PostgreSQL is read in one snapshot, table by table, each in the order of its key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url

SQLITE: Final = "voting.db"
TABLES: Final = "tables"
_REVISION: Final = "alembic_version"
_PIECE: Final = 1 << 16


def copy_out(engine: Engine, folder: Path) -> None:
    """Write a whole and consistent copy of a database into a folder."""
    if engine.dialect.name == "sqlite":
        name = make_url(str(engine.url)).database or ""
        with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True)) as file:
            file.execute("VACUUM INTO ?", (str(folder / SQLITE),))
        return
    (folder / TABLES).mkdir()
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        for table in tables(connection):
            _table_out(connection, table, folder / TABLES / f"{table}.copy")


def copy_in(engine: Engine, folder: Path) -> None:
    """Fill the tables of a PostgreSQL that stands at the copy's revision, as one transaction."""
    with engine.begin() as connection:
        for table in tables(connection):
            path = folder / TABLES / f"{table}.copy"
            if path.is_file():
                _table_in(connection, table, path)
        _set_counters(connection)


def tables(connection: Connection) -> Iterator[str]:
    """Name the tables, those that others refer to first."""
    for name, _ in inspect(connection).get_sorted_table_and_fkc_names():
        if name is not None and name != _REVISION:
            yield name


def _table_out(connection: Connection, table: str, path: Path) -> None:
    columns, key = _columns(connection, table)
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _listed(columns), sql.Identifier(table), _listed(key or columns)
    )
    with path.open("wb") as file:
        file.write(",".join(columns).encode() + b"\n")
        with _driver(connection).cursor().copy(query) as rows:
            for row in rows:
                file.write(row)


def _table_in(connection: Connection, table: str, path: Path) -> None:
    with path.open("rb") as file:
        columns = file.readline().decode().strip().split(",")
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _listed(columns))
        with _driver(connection).cursor().copy(query) as rows:
            while piece := file.read(_PIECE):
                rows.write(piece)


def _set_counters(connection: Connection) -> None:
    """Let new rows be numbered after those that came in."""
    inspector = inspect(connection)
    cursor = _driver(connection).cursor()
    for table in tables(connection):
        for column in inspector.get_columns(table):
            if not column.get("autoincrement"):
                continue
            asked = (f'"{table}"', column["name"])
            found = cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", asked).fetchone()
            if found and found[0]:
                last = sql.SQL("SELECT setval(%s, (SELECT max({}) FROM {}))").format(
                    sql.Identifier(column["name"]), sql.Identifier(table)
                )
                cursor.execute(last, (found[0],))


def _columns(connection: Connection, table: str) -> tuple[list[str], list[str]]:
    inspector = inspect(connection)
    # What the database works out by itself is not copied.
    columns = [c["name"] for c in inspector.get_columns(table) if not c.get("computed")]
    return columns, inspector.get_pk_constraint(table)["constrained_columns"]


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)
