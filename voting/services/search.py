"""Finds things by words in any script: whole words, parts of words, single characters.

Whoever keeps things that people look for says `index` when they change and `forget` when they must
not be found any more. Chinese has no spaces, so texts are found by pieces of three characters (FTS5
or `pg_trgm`); shorter words are looked for in every text, which is still quick.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite

from voting.db import Tx
from voting.models.search import GRAMS, SearchEntry

_PIECE: Final = 3
_LONGEST_QUERY: Final = 100
_MOST_WORDS: Final = 6
_LONGEST_TITLE: Final = 200
_SPACES: Final = re.compile(r"\s+")
_MARKS: Final = re.compile(r"[\W_]+")
_LONGEST_COMPARED: Final = 40
_LEAST_SHARED: Final = 2
_ENOUGH_SHARED: Final = 3
_LEAST_PART: Final = 0.3


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing to be found: its key among things of one kind, its name and its text."""

    key: int
    text: str
    title: str = ""


def index(tx: Tx, congress_id: int, kind: str, key: int, *, text: str, title: str = "") -> None:
    """Let a thing be found by its text, and by titles like its title; in place of what was kept."""
    index_all(tx, congress_id, kind, [Entry(key, text, title)])


def index_all(tx: Tx, congress_id: int, kind: str, entries: Iterable[Entry]) -> None:
    """Do the same for many things at once."""
    rows = [
        {
            "congress_id": congress_id,
            "kind": kind,
            "key": entry.key,
            "title": fold(entry.title)[:_LONGEST_TITLE],
            "text": fold(f"{entry.title} {entry.text}"),
        }
        for entry in entries
    ]
    if not rows:
        return
    maker: Any = sqlite.insert if tx.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = maker(SearchEntry)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["congress_id", "kind", "key"],
            set_={"title": statement.excluded.title, "text": statement.excluded.text},
        ),
        rows,
    )


def forget(tx: Tx, congress_id: int, kind: str, key: int) -> None:
    """Let a thing be found no more."""
    tx.execute(
        delete(SearchEntry).where(
            SearchEntry.congress_id == congress_id,
            SearchEntry.kind == kind,
            SearchEntry.key == key,
        )
    )


def find(tx: Tx, congress_id: int, kind: str, query: str, *, limit: int = 50) -> tuple[int, ...]:
    """Give the keys of things that hold every word of the query, the newest first."""
    if not _words(query):
        return ()
    keys = matching(tx, congress_id, kind, query)
    return tuple(tx.scalars(keys.order_by(SearchEntry.key.desc()).limit(limit)))


def matching(tx: Tx, congress_id: int, kind: str, query: str) -> Select[int]:
    """Give the same keys as a part of a greater question: `Thing.id.in_(search.matching(...))`.

    A query without words fits everything.
    """
    keys = select(SearchEntry.key).where(
        SearchEntry.congress_id == congress_id, SearchEntry.kind == kind
    )
    words = _words(query)
    long = [word for word in words if len(word) >= _PIECE]
    is_sqlite = tx.get_bind().dialect.name == "sqlite"
    if long and is_sqlite:
        phrases = " ".join(f'"{word}"' for word in long)
        grams: Select[int] = select(literal_column("rowid")).select_from(table(GRAMS))
        found = grams.where(literal_column(GRAMS).op("MATCH")(phrases))
        keys = keys.where(SearchEntry.id.in_(found))
        words = [word for word in words if len(word) < _PIECE]
    for word in words:
        keys = keys.where(SearchEntry.text.contains(word, autoescape=True))
    return keys


def similar(tx: Tx, congress_id: int, kind: str, title: str, *, limit: int = 5) -> tuple[int, ...]:
    """Give the keys of things whose titles share most pairs of characters with this one."""
    pairs = _pairs(fold(title))
    if not pairs:
        return ()
    shared: ColumnElement[int] = literal(0)
    for pair in pairs:
        shared += case((SearchEntry.title.contains(pair), 1), else_=0)
    alike = select(SearchEntry.key, shared.label("shared")).where(
        SearchEntry.congress_id == congress_id, SearchEntry.kind == kind
    )
    rows = alike.subquery()
    part = max(min(_LEAST_SHARED, len(pairs)), math.ceil(_LEAST_PART * len(pairs)))
    least = min(part, _ENOUGH_SHARED)
    best = select(rows.c.key).where(rows.c.shared >= least)
    return tuple(tx.scalars(best.order_by(rows.c.shared.desc(), rows.c.key.desc()).limit(limit)))


def fold(text: str) -> str:
    """Bring a text into the form in which texts and queries are compared."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def _words(query: str) -> list[str]:
    # A quotation mark would end a phrase early; it is never what somebody looks for.
    folded = fold(query[:_LONGEST_QUERY].replace("\0", " ")).replace('"', " ")
    return list(dict.fromkeys(folded.split()))[:_MOST_WORDS]


def _pairs(title: str) -> list[str]:
    runs = _MARKS.split(title[:_LONGEST_COMPARED])
    pairs = (run[at : at + 2] for run in runs for at in range(len(run) - 1))
    return list(dict.fromkeys(pairs))
