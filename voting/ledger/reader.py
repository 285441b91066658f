"""Reads a log back: objects, tiles, receipts, and the whole of it as the files of a record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from sqlalchemy import and_, bindparam, func, select

from ballots.encoding import parse_crockford
from ballots.log import (
    TILE_HEIGHT,
    TILE_WIDTH,
    entry_bundle,
    entry_bytes,
    hash_tile,
    parse_checkpoint,
    parse_verifier_key,
    tile_path,
    tile_paths,
)
from ballots.objects import Base, Stored, parse_object
from ballots.receipt import Receipt, make_receipt, to_compact
from voting.db import Tx
from voting.errors import NotFound
from voting.ledger.tree import fetch_nodes, with_nodes
from voting.ledger.witnesses import best_checkpoint, witness_keys
from voting.models.ledger import LogEntry, LogHead
from voting.models.people import Congress

Value = TypeVar("Value", bound=Base)
_TRACKER_BITS = 80
_TILE: Final = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<number>(?:x[0-9]{3}/){0,4}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Log:
    """A log as it stands."""

    congress_id: int
    slug: str
    vkey: str
    size: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands."""

    congress_id: int
    position: int
    object_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A receipt in its two written forms."""

    text: str
    compact: str


# Asked for every ballot, so it is put into words only once.
_SOUGHT: Final = (
    select(LogHead.congress_id, LogEntry.position, LogEntry.kind)
    .join(Congress, Congress.id == LogHead.congress_id)
    .outerjoin(
        LogEntry,
        and_(
            LogEntry.object_id == bindparam("object_id"),
            LogEntry.congress_id == LogHead.congress_id,
        ),
    )
    .where(Congress.slug == bindparam("slug"))
)


def find_log(tx: Tx, slug: str) -> Log:
    """Give the log of the congress with that address."""
    query = select(LogHead).join(Congress).where(Congress.slug == slug)
    row = tx.scalar(query)
    if row is None:
        raise _no_congress()
    return Log(row.congress_id, slug, row.vkey, row.size, row.checkpoint)


def place_of(tx: Tx, congress_id: int, object_id: str) -> Place | None:
    """Tell where an object stands in a log, if it does."""
    query = select(LogEntry.position, LogEntry.kind).where(
        LogEntry.object_id == object_id, LogEntry.congress_id == congress_id
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else Place(congress_id, row.position, object_id, row.kind)


def seek(tx: Tx, slug: str, object_id: str) -> tuple[int, Place | None]:
    """Give the congress with that address, and where an object stands in its log, if it does."""
    row = tx.execute(_SOUGHT, {"slug": slug, "object_id": object_id}).one_or_none()
    if row is None:
        raise _no_congress()
    if row.position is None:
        return row.congress_id, None
    return row.congress_id, Place(row.congress_id, row.position, object_id, row.kind)


def find_ballot(tx: Tx, code: str, congress_id: int | None = None) -> Place | None:
    """Find the ballot whose tracker begins with the sixteen characters shown to people."""
    number = parse_crockford(code, _TRACKER_BITS)
    if number is None:
        return None
    prefix = f"{number:020x}"
    query = (
        select(LogEntry.congress_id, LogEntry.position, LogEntry.object_id, LogEntry.kind)
        .where(
            LogEntry.object_id >= prefix,
            LogEntry.object_id < prefix + "g",
            LogEntry.kind == "ballot",
        )
        .order_by(LogEntry.position)
    )
    if congress_id is not None:
        query = query.where(LogEntry.congress_id == congress_id)
    row = tx.execute(query.limit(1)).one_or_none()
    return None if row is None else Place(row.congress_id, row.position, row.object_id, row.kind)


def raw_object(tx: Tx, congress_id: int, object_id: str) -> bytes:
    """Give the bytes of an object of a log."""
    raw = tx.scalar(
        select(LogEntry.raw).where(
            LogEntry.object_id == object_id, LogEntry.congress_id == congress_id
        )
    )
    if raw is None:
        raise NotFound("The log holds no such object.")
    return raw


def load(tx: Tx, congress_id: int, object_id: str, kind: type[Value]) -> tuple[Stored, Value]:
    """Give an object of a log that is known to be there, by its type."""
    stored = parse_object(raw_object(tx, congress_id, object_id))
    if not isinstance(stored.value, kind):
        raise TypeError("an object of another type")
    return stored, stored.value


def raw_at(tx: Tx, congress_id: int, positions: Sequence[int]) -> Iterator[bytes]:
    """Give the bytes of the objects at some places, in the order of the log."""
    for start in range(0, len(positions), TILE_WIDTH):
        query = select(LogEntry.raw).where(
            LogEntry.congress_id == congress_id,
            LogEntry.position.in_(positions[start : start + TILE_WIDTH]),
        )
        yield from tx.scalars(query.order_by(LogEntry.position))


def parse_tile_path(path: str) -> tuple[int | None, int, int]:
    """Read a tile's path to its level, number and width; each tile has one path only."""
    found = _TILE.fullmatch(path)
    if found is None:
        raise NotFound("The log has no such tile.")
    level = None if found["level"] == "entries" else int(found["level"])
    number = int(found["number"].replace("/", "").replace("x", ""))
    width = int(found["width"] or TILE_WIDTH)
    if tile_path(level, number, width) != path:
        raise NotFound("The log has no such tile.")
    return level, number, width


def tile(tx: Tx, log: Log, level: int | None, *, number: int, width: int) -> bytes:
    """Give a tile of hashes, or of entries for level `None`, as C2SP writes it."""
    below = 0 if level is None else level * TILE_HEIGHT
    if width > TILE_WIDTH or (number * TILE_WIDTH + width) << below > log.size:
        raise NotFound("The log has no such tile yet.")
    start = number * TILE_WIDTH
    if level is None:
        return entry_bundle(_entries(tx, log.congress_id, start, start + width))
    found = fetch_nodes(tx, log.congress_id, ((below, start + i) for i in range(width)))
    return hash_tile(level, number, width, lambda height, position: found[height, position])


def receipt(tx: Tx, place: Place) -> Proof:
    """Give the receipt of a ballot under the best checkpoint that covers it."""
    checkpoint, vkey = best_checkpoint(tx, place.congress_id, place.position)
    covering = parse_checkpoint(checkpoint)
    entry = entry_bytes(place.object_id, place.kind)
    made: Receipt = with_nodes(
        tx,
        place.congress_id,
        lambda nodes: make_receipt(place.position, entry, covering, nodes),
    )
    witnesses = witness_keys(tx, place.congress_id)
    return Proof(str(made), to_compact(made, parse_verifier_key(vkey), witnesses))


def record_tiles(log: Log) -> Iterator[tuple[str, tuple[int | None, int, int]]]:
    """Name every tile of a log: its path, and its level, number and width."""
    for level, number, width in tile_paths(log.size):
        yield tile_path(level, number, width), (level, number, width)


def objects_between(tx: Tx, log: Log, start: int, end: int) -> list[tuple[str, bytes]]:
    """Give ids and bytes of the objects from one place to before another."""
    query = select(LogEntry.object_id, LogEntry.raw).where(
        LogEntry.congress_id == log.congress_id,
        LogEntry.position >= start,
        LogEntry.position < end,
    )
    rows = tx.execute(query.order_by(LogEntry.position))
    return [(row.object_id, row.raw) for row in rows]


def count_kinds(tx: Tx, log: Log) -> dict[str, int]:
    """Count the objects of each type that a log holds, in the order of their first ones."""
    query = (
        select(LogEntry.kind, func.count().label("number"))
        .where(LogEntry.congress_id == log.congress_id)
        .group_by(LogEntry.kind)
        .order_by(func.min(LogEntry.position))
    )
    return {row.kind: row.number for row in tx.execute(query)}


def newest_of_kind(tx: Tx, log: Log, kind: str, *, skip: int, most: int) -> list[int]:
    """Give the places of objects of one type, the newest first."""
    query = (
        select(LogEntry.position)
        .where(LogEntry.congress_id == log.congress_id, LogEntry.kind == kind)
        .order_by(LogEntry.position.desc())
    )
    return list(tx.scalars(query.offset(skip).limit(most)))


def _no_congress() -> NotFound:
    return NotFound("There is no congress under this address.")


def _entries(tx: Tx, congress_id: int, start: int, end: int) -> list[bytes]:
    query = (
        select(LogEntry.object_id, LogEntry.kind)
        .where(
            LogEntry.congress_id == congress_id,
            LogEntry.position >= start,
            LogEntry.position < end,
        )
        .order_by(LogEntry.position)
    )
    return [entry_bytes(row.object_id, row.kind) for row in tx.execute(query)]
