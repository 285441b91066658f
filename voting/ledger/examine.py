"""Reads a whole log over: every object, every hash of the tree, and what was signed last."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from ballots.errors import BallotError
from ballots.log import check_checkpoint, entry_bytes, parse_checkpoint
from ballots.merkle import EMPTY_ROOT, complete_subtrees, leaf_hash, root
from ballots.objects import parse_object
from voting.db import Tx
from voting.errors import Message, msg
from voting.ledger.keys import LogLocked, load_key, remembered
from voting.models.ledger import LogEntry, LogHead, LogNode
from voting.models.people import Congress

_BATCH = 256


def examine(tx: Tx, slug: str) -> tuple[Message, ...]:
    """Tell what is wrong with a log; nothing, where it is whole."""
    row = tx.scalar(select(LogHead).join(Congress).where(Congress.slug == slug))
    if row is None:
        return (msg("The congress has no log."),)
    leaves: list[bytes] = []
    found = [*_objects(tx, row, leaves)]
    if not found:
        found = [*_tree(tx, row, leaves), *_signed(tx, row, slug)]
    return tuple(found)


def _objects(tx: Tx, row: LogHead, leaves: list[bytes]) -> Iterator[Message]:
    """Go through the entries up to the first that does not fit, and collect their leaves."""
    query = select(LogEntry.position, LogEntry.object_id, LogEntry.kind, LogEntry.raw)
    query = query.where(LogEntry.congress_id == row.congress_id).order_by(LogEntry.position)
    for entry in tx.execute(query.execution_options(yield_per=_BATCH)):
        if entry.position != len(leaves):
            break
        try:
            stored = parse_object(entry.raw)
        except BallotError:
            stored = None
        if stored is None or (stored.id, stored.type) != (entry.object_id, entry.kind):
            yield msg("The object of entry {index} is damaged.", index=entry.position)
            return
        leaves.append(leaf_hash(entry_bytes(entry.object_id, entry.kind)))
    if len(leaves) < row.size:
        yield msg("Entry {index} of {size} is missing.", index=len(leaves), size=row.size)
    elif len(leaves) > row.size:
        yield msg("There are more entries than the log's head tells.")


def _tree(tx: Tx, row: LogHead, leaves: list[bytes]) -> Iterator[Message]:
    """Compare the hashes that are kept with those of the entries."""
    levels = complete_subtrees(leaves)
    query = select(LogNode.level, LogNode.position, LogNode.hash)
    query = query.where(LogNode.congress_id == row.congress_id)
    kept = {(level, position): found for level, position, found in tx.execute(query)}
    made = {(i, at): node for i, level in enumerate(levels) for at, node in enumerate(level)}
    if kept != made:
        wrong = sum(kept.get(place) != made.get(place) for place in kept.keys() | made.keys())
        yield msg("{number} hashes of the tree are missing or wrong.", number=wrong)
    top = root(len(leaves), lambda level, at: levels[level][at]) if leaves else EMPTY_ROOT
    if top.hex() != row.root:
        yield msg("The root in the log's head is not that of its entries.")


def _signed(tx: Tx, row: LogHead, slug: str) -> Iterator[Message]:
    """Compare the head with the signed checkpoint, the key and the note beside it."""
    try:
        key = load_key(tx.settings, slug, row.congress.origin)
        checkpoint = parse_checkpoint(row.checkpoint)
        check_checkpoint(checkpoint, key.verifier)
        if (checkpoint.size, checkpoint.root.hex()) != (row.size, row.root):
            yield msg("The signed checkpoint is not that of the log's head.")
        if str(key.verifier) != row.vkey:
            yield msg("The key of the log is not the one it was begun with.")
        if remembered(key).size > row.size:
            yield msg("The database is older than what this log has signed.")
    except LogLocked as locked:
        yield locked.what
    except BallotError:
        yield msg("The signature of the checkpoint does not hold.")
