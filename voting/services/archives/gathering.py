"""Gives a year of a congress as plain values, without contacts and telephone numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeAlias

from sqlalchemy import extract, select

from voting.db import Tx
from voting.i18n import iso
from voting.models.journal import JournalEntry, JournalHead
from voting.models.ratings import Rating
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import Role
from voting.services.archives.datasets import DATASETS
from voting.services.archives.scope import Scope
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.ratings import reading

# Mobile numbers, and fixed ones with their area code, as people write them into texts.
_MOBILE: Final = r"(?:(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2})"
_FIXED: Final = r"(?:0\d{2,3}[- ]?\d{7,8})"
_TELEPHONES: Final = re.compile(rf"(?<![0-9A-Za-z])(?:{_MOBILE}|{_FIXED})(?![0-9A-Za-z])")
REMOVED: Final = "＊＊＊"

Cell: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an archive."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class JournalDigest:
    """What the journal was at that moment: its length and last digest, acts of this congress."""

    length: int
    digest: str
    acts: tuple[tuple[int, str, str, str], ...]
    """Of each act of this congress in the year: place in the chain, time, kind, digest."""


@dataclass(frozen=True, slots=True)
class YearData:
    """All values of an archive, and what its forms are printed from."""

    congress: CongressCard
    year: int
    tables: tuple[Table, ...]
    elections: tuple[str, ...]
    ratings: tuple[Rating, ...]
    journal: JournalDigest


def gather(tx: Tx, actor: Actor, slug: str, year: int) -> YearData:
    """Gather a year for whoever may export data."""
    congress = congresses.find_congress(tx, slug)
    access.check(actor, Action.EXPORT_DATA, congress.id)
    scope = Scope(congress.id, year)
    tables = tuple(_table(tx, dataset.name, dataset.statement(scope)) for dataset in DATASETS)
    votes = next(table for table in tables if table.name == "votes")
    place, state = votes.columns.index("election"), votes.columns.index("state")
    return YearData(
        congress=congress,
        year=year,
        tables=tables,
        elections=tuple(str(row[place]) for row in votes.rows if row[state] == "decided"),
        ratings=tuple(
            row for row in reading.published_ratings(tx, congress.id) if row.year == year
        ),
        journal=_journal(tx, congress.id, year),
    )


def clerk(congress: CongressCard) -> Actor:
    """Give the actor as whom the machine's own command reads what an office may read."""
    return Actor(None, "voting archive", frozenset({(congress.id, Role.SECRETARIAT)}))


def without_telephones(text: str) -> str:
    """Take telephone numbers out of a text."""
    return _TELEPHONES.sub(REMOVED, text)


def _table(tx: Tx, name: str, statement: Any) -> Table:
    found = tx.execute(statement)
    columns = tuple(found.keys())
    return Table(name, columns, tuple(tuple(_plain(cell) for cell in row) for row in found))


def _plain(value: Any) -> Cell:
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return str(value.value)
        case datetime() | date():
            return iso(value)
        case list():
            return without_telephones("；".join(map(str, value)))
        case _:
            return without_telephones(str(value))


def _journal(tx: Tx, congress_id: int, year: int) -> JournalDigest:
    head = tx.scalar(select(JournalHead))
    query = (
        select(JournalEntry.position, JournalEntry.at, JournalEntry.kind, JournalEntry.digest)
        .where(JournalEntry.congress_id == congress_id)
        .where(extract("year", JournalEntry.at).in_((year - 1, year, year + 1)))
        .order_by(JournalEntry.position)
    )
    acts = tuple((row.position, iso(row.at), row.kind, row.digest) for row in tx.execute(query))
    return JournalDigest(head.length if head else 0, head.digest if head else "", acts)
