"""The only writer of the log, and the only reader of its tables: `ledger.append`, `ledger.load`."""

from ballots.log import TILE_WIDTH
from voting.ledger.examine import examine
from voting.ledger.keys import Head, LogLocked, create_key
from voting.ledger.reader import (
    Log,
    Place,
    Proof,
    count_kinds,
    find_ballot,
    find_log,
    load,
    newest_of_kind,
    objects_between,
    parse_tile_path,
    place_of,
    raw_at,
    raw_object,
    receipt,
    record_tiles,
    seek,
    tile,
)
from voting.ledger.witnesses import add_witness, cosign, cosigned
from voting.ledger.writer import accept_head, append, heads, lock, start

__all__ = [
    "TILE_WIDTH",
    "Head",
    "Log",
    "LogLocked",
    "Place",
    "Proof",
    "accept_head",
    "add_witness",
    "append",
    "cosign",
    "cosigned",
    "count_kinds",
    "create_key",
    "examine",
    "find_ballot",
    "find_log",
    "heads",
    "load",
    "lock",
    "newest_of_kind",
    "objects_between",
    "parse_tile_path",
    "place_of",
    "raw_at",
    "raw_object",
    "receipt",
    "record_tiles",
    "seek",
    "start",
    "tile",
]
