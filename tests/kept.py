"""Keeps what a costly preparation left in a throw-away installation, to lay it into the next."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from voting.config import Settings
from voting.db import db, reading
from voting.models.people import Congress, User


@dataclass(frozen=True, slots=True)
class Kept:
    """A database of SQLite and the files of its keys."""

    database: bytes
    keys: dict[str, bytes]


_EMPTY: list[Kept] = []


def make_tables(settings: Settings) -> None:
    """Make all tables in a database without any; for SQLite worked out once in a process."""
    if db.engine.dialect.name != "sqlite":
        db.create_all()
        return
    if _EMPTY:
        lay(_EMPTY[0], settings)
        return
    db.create_all()
    _EMPTY.append(Kept(keep(settings).database, {}))


def is_fresh() -> bool:
    """Tell whether the installation can be laid over: on SQLite, with nothing in it yet."""
    if db.engine.dialect.name != "sqlite":
        return False
    with reading() as tx:
        return tx.scalar(select(Congress.id)) is None and tx.scalar(select(User.id)) is None


def keep(settings: Settings) -> Kept:
    """Copy database and keys."""
    with closing(db.engine.raw_connection()) as connection:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        database = bytearray(driver.serialize())
    # Bytes 18 and 19 ask for a write-ahead log, which a database in memory can't have.
    database[18:20] = b"\x01\x01"
    return Kept(bytes(database), {path.name: path.read_bytes() for path in _files(settings)})


def lay(kept: Kept, settings: Settings) -> None:
    """Put database and keys into a fresh installation."""
    with (
        closing(sqlite3.connect(":memory:")) as source,
        closing(db.engine.raw_connection()) as connection,
    ):
        source.deserialize(kept.database)
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        source.backup(driver)
    for name, content in kept.keys.items():
        settings.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = settings.keys_dir / name
        path.touch(mode=0o600)
        path.write_bytes(content)


def _files(settings: Settings) -> list[Path]:
    folder = settings.keys_dir
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
