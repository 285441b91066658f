"""Logs as their server could forge them: any objects in any order, signed with a key of its own.

What is wrong with a forged log is never its root or its signature, so it must be refused by the
rule that its objects break.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from ballots.ballot import Paper
from ballots.encoding import canonical, sha256
from ballots.log import (
    TILE_WIDTH,
    entry_bundle,
    entry_bytes,
    hash_tile,
    make_checkpoint,
    make_verifier_key,
    tile_path,
    tile_paths,
)
from ballots.merkle import leaf_hash, nodes_of, root
from ballots.objects import Stored
from ballots.record import CHECKPOINT, VKEY, FilesReader, object_path
from ballots.replay import Verdict
from ballots.verify import Report, check_record, judge_ballots

LOG_NAME = "vote.example/forged"
LOG_SEED = sha256(b"the forger's log key")
LOG_KEY = make_verifier_key(LOG_NAME, LOG_SEED)


class Leaf(NamedTuple):
    """One entry's object: its type as the entry names it, and any bytes."""

    type: str
    raw: bytes

    @property
    def id(self) -> str:
        """Give the id that the bytes have."""
        return sha256(self.raw).hex()

    @property
    def tree(self) -> dict[str, Any]:
        """Give the object as JSON to change."""
        tree: dict[str, Any] = json.loads(self.raw)
        return tree


def leaf(tree: dict[str, Any]) -> Leaf:
    """Take JSON as an object, whether it is one or not."""
    return Leaf(str(tree.get("type")), canonical(tree))


def leaves(log: Iterable[Stored]) -> list[Leaf]:
    """Take a log's objects."""
    return [Leaf(stored.type, stored.raw) for stored in log]


def changed(tree: Leaf, **members: Any) -> Leaf:
    """Give an object with other members and no new signature."""
    return leaf(tree.tree | members)


def forge(log: Sequence[Leaf], entries: Sequence[bytes] | None = None) -> dict[str, bytes]:
    """Lay a log out as the files of a record and sign it; entries follow from the objects."""
    if entries is None:
        entries = [entry_bytes(item.id, item.type) for item in log]
    nodes = nodes_of([leaf_hash(entry) for entry in entries])
    checkpoint = make_checkpoint(LOG_NAME, len(entries), root(len(entries), nodes), seed=LOG_SEED)
    files = {CHECKPOINT: str(checkpoint).encode(), VKEY: f"{LOG_KEY}\n".encode()}
    files |= {object_path(item.id): item.raw for item in log}
    for level, number, width in tile_paths(len(entries)):
        start = number * TILE_WIDTH
        if level is None:
            tile = entry_bundle(entries[start : start + width])
        else:
            tile = hash_tile(level, number, width, nodes)
        files[tile_path(level, number, width)] = tile
    return files


def packed(files: Mapping[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    """Pack files."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", method) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


class Remembering(Executor):
    """Checks a ballot of an election once, however often a test shows it."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._known: dict[tuple[str, bytes], Verdict] = {}

    def submit(  # type: ignore[override]  # serves the one task that a check of a record hands out
        self, task: Callable[..., Any], paper: Paper, raws: Sequence[bytes]
    ) -> Future[list[Verdict]]:
        """Check those that were not seen before."""
        assert task is judge_ballots
        new = [raw for raw in raws if (paper.election, raw) not in self._known]
        for raw, verdict in zip(new, judge_ballots(paper, new), strict=True):
            self._known[paper.election, raw] = verdict
        future: Future[list[Verdict]] = Future()
        future.set_result([self._known[paper.election, raw] for raw in raws])
        return future


_executor = Remembering()


def check(log: Sequence[Leaf], entries: Sequence[bytes] | None = None) -> Report:
    """Check a forged log."""
    return check_record(FilesReader(forge(log, entries)), LOG_KEY, executor=_executor)


def first_finding(log: Sequence[Leaf]) -> tuple[int | None, str]:
    """Give the entry and the rule of the first finding in a forged log, which must have one."""
    finding = min(check(log).findings, key=lambda found: -1 if found.entry is None else found.entry)
    return finding.entry, finding.rule
