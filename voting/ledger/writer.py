"""Appends to a log: entries, objects, tree and signed checkpoint in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.orm import joinedload

from ballots.errors import Invalid
from ballots.log import entry_bytes, make_checkpoint
from ballots.merkle import EMPTY_ROOT, leaf_hash, node_hash, root
from ballots.objects import Stored
from voting.db import Tx
from voting.errors import Conflict
from voting.ledger.keys import (
    Head,
    LogKey,
    LogLocked,
    load_key,
    remember,
    remembered,
    replace_remembered,
)
from voting.ledger.tree import Coordinates, fetch_nodes, root_at
from voting.models.ledger import LogEntry, LogHead, LogNode
from voting.models.people import Congress

# What every ballot asks is put into words only once.
_LOCKED: Final = (
    select(LogHead)
    .where(LogHead.congress_id == bindparam("congress"))
    .options(joinedload(LogHead.congress, innerjoin=True))
    .with_for_update(of=LogHead)
    .execution_options(populate_existing=True)
)
_KNOWN: Final = (
    select(LogEntry.object_id)
    .where(
        LogEntry.object_id.in_(bindparam("ids", expanding=True)),
        LogEntry.congress_id == bindparam("congress"),
    )
    .limit(1)
)
# Compare and swap: whatever the lock was worth, the head moves only from where it was read.
_SWAP: Final = (
    update(LogHead)
    .where(
        LogHead.congress_id == bindparam("congress"),
        LogHead.size == bindparam("size_before"),
        LogHead.root == bindparam("root_before"),
    )
    .values(
        size=bindparam("size_after"),
        root=bindparam("root_after"),
        checkpoint=bindparam("checkpoint_after"),
    )
    .returning(LogHead.size)
    .execution_options(synchronize_session=False)
)


def start(tx: Tx, congress: Congress) -> str:
    """Begin a congress's log with a signed checkpoint of nothing, and give its verifier key."""
    if tx.get(LogHead, congress.id) is not None:
        raise Conflict("This congress has a log already.")
    key = load_key(tx.settings, congress.slug, congress.origin)
    checkpoint = make_checkpoint(key.origin, 0, EMPTY_ROOT, seed=key.seed)
    tx.add(
        LogHead(
            congress_id=congress.id,
            vkey=str(key.verifier),
            size=0,
            root=EMPTY_ROOT.hex(),
            checkpoint=str(checkpoint),
        )
    )
    tx.flush()
    return str(key.verifier)


def lock(tx: Tx, congress_id: int) -> LogHead:
    """Keep all other writers of this log waiting until the transaction ends."""
    locked: set[int] = tx.info.setdefault("locked logs", set())
    if congress_id in locked:
        return tx.get_one(LogHead, congress_id)
    head: LogHead | None = tx.scalar(_LOCKED, {"congress": congress_id})
    if head is None:
        raise LogLocked("This congress has no log yet.")
    locked.add(congress_id)
    return head


def append(tx: Tx, congress_id: int, *objects: Stored) -> int:
    """Put objects at the end of a log and sign it; gives the place of the first.

    Raises `Invalid("order.repeated")` for an object that stands in the log, `LogLocked` where the
    database does not contain what this server has signed before.
    """
    row = lock(tx, congress_id)
    key = load_key(tx.settings, row.congress.slug, row.congress.origin)
    before = Head(row.size, bytes.fromhex(row.root))
    _check_history(tx, row, key)
    _check_new(tx, congress_id, objects)
    nodes = _grow(tx, row, objects)
    size = before.size + len(objects)
    after = Head(size, root(size, lambda level, position: nodes[level, position]))
    checkpoint = make_checkpoint(key.origin, after.size, after.root, seed=key.seed)
    moved = {
        "congress": congress_id,
        "size_before": before.size,
        "root_before": before.root.hex(),
        "size_after": after.size,
        "root_after": after.root.hex(),
        "checkpoint_after": str(checkpoint),
    }
    swapped = tx.execute(_SWAP, moved).all()
    if len(swapped) != 1:
        raise Conflict("The log was changed by another writer at the same moment.")
    tx.expire(row)
    _remember_after_commit(tx, key, after)
    return before.size


def heads(tx: Tx, slug: str) -> tuple[Head, Head | None]:
    """Give the head in the database and the one noted beside the key, if it can be read."""
    row = tx.scalars(select(LogHead).join(Congress).where(Congress.slug == slug)).one_or_none()
    if row is None:
        raise LogLocked("This congress has no log yet.")
    key = load_key(tx.settings, slug, row.congress.origin)
    try:
        noted: Head | None = remembered(key)
    except LogLocked:
        noted = None
    return Head(row.size, bytes.fromhex(row.root)), noted


def accept_head(tx: Tx, slug: str, compared: Head) -> None:
    """Let a log go on from where the database stands, which the operator has compared by hand."""
    head, _ = heads(tx, slug)
    if compared != head:
        raise Conflict("The database stands at another head than the one compared.")
    origin = tx.scalars(select(Congress.origin).where(Congress.slug == slug)).one()
    replace_remembered(load_key(tx.settings, slug, origin), head)


def _check_history(tx: Tx, row: LogHead, key: LogKey) -> None:
    """Refuse to sign on a database that lost or changed what was signed (a restored copy)."""
    if str(key.verifier) != row.vkey:
        raise LogLocked("The key of the log is not the one it was begun with.")
    signed = remembered(key)
    if signed.size == row.size and signed.root.hex() == row.root:
        return
    if signed.size > row.size or root_at(tx, row.congress_id, signed.size) != signed.root:
        raise LogLocked("The database is older than what this log has signed.").now(
            "Nothing is lost yet: stop, and bring back the latest copy of the database."
        )


def _check_new(tx: Tx, congress_id: int, objects: Sequence[Stored]) -> None:
    ids = [stored.id for stored in objects]
    known = tx.scalar(_KNOWN, {"ids": ids, "congress": congress_id})
    if len(set(ids)) < len(ids) or known is not None:
        raise Invalid("order.repeated")


def _grow(tx: Tx, row: LogHead, objects: Sequence[Stored]) -> dict[Coordinates, bytes]:
    """Write entries and the subtrees that they complete."""
    nodes = fetch_nodes(tx, row.congress_id, _peaks(row.size))
    fresh: list[Coordinates] = []
    entries: list[dict[str, object]] = []
    for number, stored in enumerate(objects):
        level, at = 0, row.size + number
        node = leaf_hash(entry_bytes(stored.id, stored.type))
        entries.append(
            {
                "congress_id": row.congress_id,
                "position": at,
                "object_id": stored.id,
                "kind": stored.type,
                "raw": stored.raw,
            }
        )
        while True:
            nodes[level, at] = node
            fresh.append((level, at))
            if not at & 1:
                break
            node = node_hash(nodes[level, at - 1], node)
            level, at = level + 1, at >> 1
    tx.execute(insert(LogEntry), entries)
    tx.execute(
        insert(LogNode),
        [
            {
                "congress_id": row.congress_id,
                "level": level,
                "position": at,
                "hash": nodes[level, at],
            }
            for level, at in fresh
        ],
    )
    return nodes


def _peaks(size: int) -> list[Coordinates]:
    """Name the complete subtrees that a tree of that size is made of."""
    return [(bit, (size >> bit) - 1) for bit in range(size.bit_length()) if size >> bit & 1]


def _remember_after_commit(tx: Tx, key: LogKey, head: Head) -> None:
    """Note the head once it is durable: noted before, a crash would leave it ahead of the truth."""
    event.listen(tx, "after_commit", lambda _session: remember(key, head), once=True)
