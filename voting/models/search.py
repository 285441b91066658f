"""What can be searched: one text for each thing, and the index of its three-letter pieces.

SQLite keeps the pieces in an FTS5 table beside this one, filled by triggers; PostgreSQL keeps them
in an index of `pg_trgm`. Both are made and dropped with the table, by whoever makes or drops it.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, ForeignKey, Index, Table, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from voting.models.base import Base, Key, LongText, Str32, Str200

GRAMS: Final = "search_grams"
GRAMS_INDEX: Final = "ix_search_entries_grams"

_REMOVE: Final = (
    "INSERT INTO search_grams (search_grams, rowid, text) VALUES ('delete', old.id, old.text);"
)
_ADD: Final = "INSERT INTO search_grams (rowid, text) VALUES (new.id, new.text);"
_FTS: Final = "fts5(text, content='search_entries', content_rowid='id', tokenize='trigram')"
_SQLITE: Final = (
    f"CREATE VIRTUAL TABLE {GRAMS} USING {_FTS}",
    f"CREATE TRIGGER search_added AFTER INSERT ON search_entries BEGIN {_ADD} END",
    f"CREATE TRIGGER search_removed AFTER DELETE ON search_entries BEGIN {_REMOVE} END",
    f"CREATE TRIGGER search_changed AFTER UPDATE ON search_entries BEGIN {_REMOVE} {_ADD} END",
)
# A database where the extension is missing or not allowed still searches, only more slowly.
_POSTGRESQL: Final = f"""
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX {GRAMS_INDEX} ON search_entries USING gin (text gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not there: search reads every text';
END $$
"""


class SearchEntry(Base):
    """A thing's text, folded as `services/search` folds queries; `title` is what it is called."""

    __tablename__ = "search_entries"
    __table_args__ = (
        UniqueConstraint("congress_id", "kind", "key"),
        # Likeness of titles is told from this index alone.
        Index(None, "congress_id", "kind", "title", "key"),
    )

    id: Mapped[Key]
    congress_id: Mapped[int] = mapped_column(ForeignKey("congresses.id"))
    kind: Mapped[Str32]
    key: Mapped[int]
    title: Mapped[Str200] = mapped_column(default="")
    text: Mapped[LongText]


def is_mapped(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell migrations which parts of a database are made from tables of the models."""
    if kind == "table":
        return name is not None and not name.startswith(GRAMS)
    return name != GRAMS_INDEX


@event.listens_for(Table, "after_create")
def _make_grams(table: Table, connection: Connection, **_: Any) -> None:
    # Migrations make tables of their own, so all of them are listened to, by name.
    if table.name != SearchEntry.__tablename__:
        return
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
    else:
        connection.exec_driver_sql(_POSTGRESQL)


@event.listens_for(Table, "before_drop")
def _drop_grams(table: Table, connection: Connection, **_: Any) -> None:
    if table.name == SearchEntry.__tablename__ and connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {GRAMS}")
