"""Reads hashes of a log's tree: whatever a proof asks for is fetched in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, TypeVar

from sqlalchemy import bindparam, select, tuple_

from ballots.merkle import Nodes, root
from voting.db import Tx
from voting.models.ledger import LogNode

Coordinates: TypeAlias = tuple[int, int]
T = TypeVar("T")
_NODES: Final = select(LogNode.level, LogNode.position, LogNode.hash).where(
    LogNode.congress_id == bindparam("congress"),
    tuple_(LogNode.level, LogNode.position).in_(bindparam("places", expanding=True)),
)


def fetch_nodes(
    tx: Tx, congress_id: int, wanted: Iterable[Coordinates]
) -> dict[Coordinates, bytes]:
    """Fetch hashes of complete subtrees by level and position."""
    places = list(wanted)
    if not places:
        return {}
    rows = tx.execute(_NODES, {"congress": congress_id, "places": places})
    return {(level, position): found for level, position, found in rows}


def with_nodes(tx: Tx, congress_id: int, make: Callable[[Nodes], T]) -> T:
    """Run a maker of proofs: once to learn which hashes it asks for, once with them."""
    asked: list[Coordinates] = []

    def note(level: int, position: int) -> bytes:
        asked.append((level, position))
        return bytes(32)

    make(note)
    found = fetch_nodes(tx, congress_id, asked)
    return make(lambda level, position: found[level, position])


def root_at(tx: Tx, congress_id: int, size: int) -> bytes:
    """Give the root that the log had at an earlier size."""
    return with_nodes(tx, congress_id, lambda nodes: root(size, nodes))
