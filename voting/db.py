"""The engine and the one way to change or read the database.

`with transaction() as tx:` is the only commit; what was told by `tx.tell` is handed to the bus
after it. `with reading() as tx:` sees one consistent state and never commits. A `Tx` is a typed
SQLAlchemy session: `tx.get(Model, key)`, `tx.scalars(select(...))`, `tx.add(row)`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from voting.config import Settings
from voting.errors import Refused
from voting.events import Bus, Event
from voting.models.base import Base
from voting.turns import Turns

db = SQLAlchemy(model_class=Base, disable_autonaming=True)

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    # What was erased or written over leaves no trace in free space.
    "secure_delete=ON",
)
MOST_CONNECTIONS: Final = 80
"""So many connections a worker process opens at most."""
_KEPT_OPEN: Final = 20
# An execution option of a connection: its transaction will write.
_WRITES = "voting_writes"


class Tx(Session):
    """A running transaction, with the events told in it and the installation's settings."""

    def __init__(self, bind: Engine, settings: Settings) -> None:
        """Rows stay readable after the end, so that pages can show them."""
        super().__init__(bind, expire_on_commit=False, autoflush=True)
        self.settings = settings
        self.told: list[Event] = []

    def tell(self, event: Event) -> None:
        """Have an event handed on if, and after, the transaction commits."""
        self.told.append(event)


def init_db(app: Flask) -> None:
    """Bind the database of the settings to an app and teach SQLite its manners."""
    db.init_app(app)
    app.extensions["bus"] = Bus()
    app.extensions["turns"] = None
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["turns"] = Turns(_beside(db.engine.url.database))
            event.listen(db.engine, "connect", _on_sqlite_connect)
            event.listen(db.engine, "begin", _on_sqlite_begin)


def engine_options(address: str) -> dict[str, Any]:
    """Give what the driver needs: room for all threads, and explicit BEGIN on SQLite."""
    options: dict[str, Any] = {
        "pool_pre_ping": True,
        "pool_size": _KEPT_OPEN,
        "max_overflow": MOST_CONNECTIONS - _KEPT_OPEN,
        # What was sent stays out of the texts of exceptions.
        "hide_parameters": True,
    }
    if address.startswith("sqlite"):
        options["connect_args"] = {"isolation_level": None, "timeout": 30}
    return options


def writing_engine() -> Engine:
    """Give the engine whose transactions queue up before they write."""
    return db.engine.execution_options(**{_WRITES: True})


@contextmanager
def transaction() -> Iterator[Tx]:
    """One unit of work: committed when the block ends, undone when it raises.

    A refusal that was `.recorded()` is the exception: what it noted is kept, then it is raised.
    """
    tx = Tx(writing_engine(), _settings())
    refusal: Refused | None = None
    with _turn():
        try:
            try:
                yield tx
            except Refused as raised:
                if not raised.keeps_changes:
                    raise
                refusal = raised
            _commit(tx)
        finally:
            tx.close()
    bus().publish(tx.told)
    if refusal is not None:
        raise refusal


def _turn() -> AbstractContextManager[None]:
    turns: Turns | None = current_app.extensions["turns"]
    return nullcontext() if turns is None else turns.one()


def _commit(tx: Tx) -> None:
    """Commit; a connection on which that failed may still be in the transaction, so it goes."""
    try:
        tx.commit()
    except BaseException:
        tx.invalidate()
        raise


@contextmanager
def reading() -> Iterator[Tx]:
    """Open a consistent view that takes no lock; whatever was changed in it is thrown away."""
    tx = Tx(_reading_engine(), _settings())
    try:
        yield tx
    finally:
        tx.close()


def _reading_engine() -> Engine:
    """Give the engine whose transactions see one moment; SQLite's do so by themselves."""
    if db.engine.dialect.name == "postgresql":
        return db.engine.execution_options(isolation_level="REPEATABLE READ")
    return db.engine


def bus() -> Bus:
    """Tell where committed events go in this app."""
    return cast("Bus", current_app.extensions["bus"])


def _beside(database: str | None) -> Path | None:
    """Name the file that stands for a SQLite database's queue; one in memory needs none."""
    in_memory = not database or database == ":memory:" or database.startswith("file:")
    return None if in_memory else Path(f"{database}-turn")


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["settings"])


def _on_sqlite_connect(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: Connection) -> None:
    # A deferred BEGIN that writes later loses against other writers; so writers queue up front.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
