"""Protocol §10. The receipt of a ballot: as text, in compact form, and as a link for cameras."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ballots.encoding import parse_b64, parse_b64u, parse_hex, to_b64, to_b64u
from ballots.errors import BallotError, Invalid, Malformed
from ballots.log import (
    LARGEST_NOTE,
    Checkpoint,
    SignatureLine,
    VerifierKey,
    check_checkpoint,
    entry_bytes,
    parse_checkpoint,
    parse_entry,
)
from ballots.merkle import Nodes, check_inclusion, inclusion_path, leaf_hash, root_of_path
from ballots.objects import ObjectId

HEADER: Final = "c2sp.org/tlog-proof@v1"
LONGEST_PATH: Final = 63
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_COMPACT_VERSION: Final = 1
_LARGEST_U32: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """A log entry, its place, its path to the root, and the checkpoint that signs the root."""

    index: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    def __str__(self) -> str:
        """Write the receipt as a C2SP `tlog-proof@v1`."""
        hashes = "".join(f"{to_b64(node)}\n" for node in self.path)
        extra = to_b64(self.entry)
        return f"{HEADER}\nextra {extra}\nindex {self.index}\n{hashes}\n{self.checkpoint}"


def make_receipt(index: int, entry: bytes, checkpoint: Checkpoint, nodes: Nodes) -> Receipt:
    """Make the receipt of an entry of the log that the checkpoint signs."""
    return Receipt(index, entry, tuple(inclusion_path(index, checkpoint.size, nodes)), checkpoint)


def parse_receipt(text: str) -> Receipt:
    """Read a receipt's text. Raises `Malformed("receipt.form")`."""
    proof, _, note = text.partition("\n\n")
    lines = proof.split("\n")
    if len(text) > LARGEST_NOTE or len(lines) < 3 or lines[0] != HEADER:
        raise Malformed("receipt.form")
    extra, index = lines[1].removeprefix("extra "), lines[2].removeprefix("index ")
    if extra == lines[1] or not _INDEX.fullmatch(index) or len(lines) > 3 + LONGEST_PATH:
        raise Malformed("receipt.form")
    try:
        return Receipt(
            int(index),
            parse_b64(extra),
            tuple(parse_b64(line, 32) for line in lines[3:]),
            parse_checkpoint(note),
        )
    except Malformed:
        raise Malformed("receipt.form") from None


def check_receipt(receipt: Receipt, key: VerifierKey) -> ObjectId:
    """Check a ballot's receipt offline with the log's key, and give the ballot's tracker.

    Raises `Invalid` with `log.signature`, `log.inclusion`, `receipt.entry`.
    """
    check_checkpoint(receipt.checkpoint, key)
    try:
        object_id, object_type = parse_entry(receipt.entry)
    except Malformed:
        raise Invalid("receipt.entry") from None
    if object_type != "ballot":
        raise Invalid("receipt.entry")
    check_inclusion(
        leaf_hash(receipt.entry),
        receipt.index,
        receipt.checkpoint.size,
        path=receipt.path,
        expected=receipt.checkpoint.root,
    )
    return ObjectId(object_id)


def receipt_link(host: str, tracker: str) -> str:
    """Give the link that a camera reads: the host and the tracker's sixteen shown characters."""
    link = f"HTTPS://{host.upper()}/R/{tracker.replace('-', '')}"
    if len(link) > 60:
        raise ValueError("the link is too long for a small code: take a shorter host")
    return link


def to_compact(receipt: Receipt, key: VerifierKey, witnesses: Iterable[VerifierKey] = ()) -> str:
    """Write a ballot's receipt in its compact form, with the cosignatures of known witnesses."""
    tracker, _ = parse_entry(receipt.entry)
    checkpoint = receipt.checkpoint
    if max(receipt.index, checkpoint.size) > _LARGEST_U32:
        raise ValueError("the compact form ends at 2^32 entries")
    known = {key.key_id: key for key in witnesses}
    lines = [line for line in checkpoint.signatures if line.key_id in known]
    data = bytearray([_COMPACT_VERSION])
    data += receipt.index.to_bytes(4, "big") + checkpoint.size.to_bytes(4, "big")
    data += parse_hex(tracker) + bytes([len(receipt.path)]) + b"".join(receipt.path)
    own = next(line for line in checkpoint.signatures if line.key_id == key.key_id)
    data += own.key_id + own.data + bytes([len(lines)])
    data += b"".join(line.key_id + line.data for line in lines)
    return to_b64u(bytes(data))


class _Taker:
    """Takes bytes one field after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        if self.at + length > len(self.data):
            raise Malformed("receipt.form")
        self.at += length
        return self.data[self.at - length : self.at]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")


def parse_compact(
    text: str, keys: Sequence[VerifierKey], witnesses: Iterable[VerifierKey] = ()
) -> Receipt:
    """Rebuild a receipt from its compact form; origins come from the keys with the ids in it.

    Cosignatures of unknown witnesses are left out, as a note's unknown signatures are. Raises
    `Malformed("receipt.form")`.
    """
    try:
        taker = _Taker(parse_b64u(text))
        if taker.number(1) != _COMPACT_VERSION:
            raise Malformed("receipt.form")
        index, size = taker.number(4), taker.number(4)
        entry = entry_bytes(taker.take(32).hex(), "ballot")
        path = tuple(taker.take(32) for _ in range(taker.number(1)))
        lines = [_named_line(taker, {key.key_id: key for key in keys}, 64)]
        known = {key.key_id: key for key in witnesses}
        lines += [_named_line(taker, known, 72) for _ in range(taker.number(1))]
        root = root_of_path(leaf_hash(entry), index, size, path)
    except BallotError:
        raise Malformed("receipt.form") from None
    if taker.at != len(taker.data) or lines[0] is None:
        raise Malformed("receipt.form")
    signatures = tuple(line for line in lines if line is not None)
    return Receipt(index, entry, path, Checkpoint(signatures[0].name, size, root, signatures))


def _named_line(
    taker: _Taker, known: dict[bytes, VerifierKey], length: int
) -> SignatureLine | None:
    key_id, data = taker.take(4), taker.take(length)
    return SignatureLine(known[key_id].name, key_id, data) if key_id in known else None
