"""Protocol §2. The log as C2SP writes it: entries, tiles, signed notes and checkpoints."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ballots.encoding import canonical, parse_b64, parse_hex, sha256, to_b64
from ballots.errors import BallotError, Invalid, Malformed
from ballots.keys import PublicKey, check_signature, parse_key, public_key, sign
from ballots.merkle import Nodes

TILE_WIDTH: Final = 256
TILE_HEIGHT: Final = 8
SIGNATURE_TYPE: Final = b"\x01"
COSIGNATURE_TYPE: Final = b"\x04"
LARGEST_NOTE: Final = 64 * 1024
_MARK: Final = "— "
_NAME: Final = re.compile(r"[!-*,-~\u00a1-\U0010fffd]{1,200}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")


def entry_bytes(object_id: str, object_type: str) -> bytes:
    """Write the log entry of an object."""
    return canonical({"object": object_id, "type": object_type})


def parse_entry(entry: bytes) -> tuple[str, str]:
    """Read an entry to an object's id and type. Raises `Malformed("log.entry")`."""
    found = re.fullmatch(rb'\{"object":"([0-9a-f]{64})","type":"([a-z-]{1,32})"\}', entry)
    if found is None:
        raise Malformed("log.entry")
    return found[1].decode("ascii"), found[2].decode("ascii")


def tile_path(level: int | None, number: int, width: int = TILE_WIDTH) -> str:
    """Give a tile's path under the log's prefix; level `None` is the level of entries."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03}")
    end = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(reversed(groups))}{end}"


def tile_paths(size: int) -> Iterator[tuple[int | None, int, int]]:
    """Give level, number and width of every tile of a log of that size, entries first."""
    for number, width in _tiles_of_level(size):
        yield None, number, width
    level = 0
    while size:
        for number, width in _tiles_of_level(size):
            yield level, number, width
        level, size = level + 1, size // TILE_WIDTH


def _tiles_of_level(hashes: int) -> Iterator[tuple[int, int]]:
    whole, rest = divmod(hashes, TILE_WIDTH)
    yield from ((number, TILE_WIDTH) for number in range(whole))
    if rest:
        yield whole, rest


def hash_tile(level: int, number: int, width: int, nodes: Nodes) -> bytes:
    """Give the hashes of one tile, 32 bytes each."""
    start = number * TILE_WIDTH
    return b"".join(nodes(level * TILE_HEIGHT, start + i) for i in range(width))


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Write the entries of one bundle, each behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_entry_bundle(data: bytes) -> list[bytes]:
    """Read a bundle of entries. Raises `Malformed("log.entry")`."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if end > len(data):
            raise Malformed("log.entry")
        entries.append(data[at + 2 : end])
        at = end
    return entries


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A C2SP `vkey`: who signs notes under which name, as a log or as a witness."""

    name: str
    key: PublicKey
    is_witness: bool = False

    @property
    def key_id(self) -> bytes:
        """Give the four bytes that name the key in a signature line."""
        kind = COSIGNATURE_TYPE if self.is_witness else SIGNATURE_TYPE
        return sha256(self.name.encode() + b"\n" + kind + self.key)[:4]

    def __str__(self) -> str:
        """Write the key as `name+id+key`."""
        kind = COSIGNATURE_TYPE if self.is_witness else SIGNATURE_TYPE
        return f"{self.name}+{self.key_id.hex()}+{to_b64(kind + self.key)}"


def make_verifier_key(name: str, seed: bytes, *, is_witness: bool = False) -> VerifierKey:
    """Give the verifier key of a 32-byte signing seed under a name without spaces or `+`."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name of 1 to 200 visible characters without '+' is needed")
    return VerifierKey(name, public_key(seed), is_witness)


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a `vkey`. Raises `Malformed("log.vkey")`."""
    try:
        name, key_id, encoded = text.split("+", 2)
        data = parse_b64(encoded)
        key = VerifierKey(name, parse_key(data[1:]), data[:1] == COSIGNATURE_TYPE)
        parse_hex(key_id, 4)
    except (ValueError, BallotError):
        raise Malformed("log.vkey") from None
    if not _NAME.fullmatch(name) or str(key) != text:
        raise Malformed("log.vkey")
    return key


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note: the signer's name, the four bytes of its key, the rest."""

    name: str
    key_id: bytes
    data: bytes

    def __str__(self) -> str:
        """Write the line as a signed note has it."""
        return f"{_MARK}{self.name} {to_b64(self.key_id + self.data)}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: origin, number of entries, root; and who signed that."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[SignatureLine, ...] = ()

    @property
    def body(self) -> bytes:
        """Give the signed text."""
        return f"{self.origin}\n{self.size}\n{to_b64(self.root)}\n".encode()

    def __str__(self) -> str:
        """Write the checkpoint as a signed note."""
        return f"{self.body.decode()}\n{''.join(map(str, self.signatures))}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint. Raises `Malformed("log.checkpoint")`; checks no signature."""
    body, _, signatures = text.partition("\n\n")
    if not signatures.endswith("\n") or len(text) > LARGEST_NOTE:
        raise Malformed("log.checkpoint")
    try:
        origin, size, root = body.split("\n")
        checkpoint = Checkpoint(
            origin,
            int(size) if _SIZE.fullmatch(size) else -1,
            parse_b64(root, 32),
            tuple(parse_signature_line(line) for line in signatures[:-1].split("\n")),
        )
    except (ValueError, Malformed):
        raise Malformed("log.checkpoint") from None
    if checkpoint.size < 0 or not _NAME.fullmatch(origin):
        raise Malformed("log.checkpoint")
    return checkpoint


def parse_signature_line(line: str) -> SignatureLine:
    """Read a line below a note. Raises `Malformed("log.checkpoint")` or `ValueError`."""
    mark, name, encoded = line.split(" ")
    data = parse_b64(encoded)
    if mark != _MARK.strip() or not _NAME.fullmatch(name) or len(data) < 5:
        raise Malformed("log.checkpoint")
    return SignatureLine(name, data[:4], data[4:])


def make_checkpoint(origin: str, size: int, root: bytes, *, seed: bytes) -> Checkpoint:
    """Sign a checkpoint with the log's 32-byte seed."""
    key = make_verifier_key(origin, seed)
    body = Checkpoint(origin, size, root).body
    return Checkpoint(origin, size, root, (SignatureLine(origin, key.key_id, sign(seed, body)),))


def check_checkpoint(checkpoint: Checkpoint, key: VerifierKey) -> None:
    """Check that the log's key signed the checkpoint. Raises `Invalid("log.signature")`."""
    if checkpoint.origin != key.name or key.is_witness:
        raise Invalid("log.signature")
    line = _line_of(checkpoint, key)
    try:
        check_signature(key.key, checkpoint.body, line.data)
    except Invalid:
        raise Invalid("log.signature") from None


def cosign(checkpoint: Checkpoint, name: str, seed: bytes, *, time: int) -> SignatureLine:
    """Cosign a checkpoint as a witness at a Unix time in seconds (C2SP `cosignature/v1`)."""
    key = make_verifier_key(name, seed, is_witness=True)
    data = time.to_bytes(8, "big") + sign(seed, _cosigned(checkpoint, time))
    return SignatureLine(name, key.key_id, data)


def check_cosignature(checkpoint: Checkpoint, key: VerifierKey) -> int:
    """Check a witness's cosignature and give its Unix time. Raises `Invalid("log.signature")`."""
    line = _line_of(checkpoint, key)
    if not key.is_witness or len(line.data) != 72:
        raise Invalid("log.signature")
    time = int.from_bytes(line.data[:8], "big")
    try:
        check_signature(key.key, _cosigned(checkpoint, time), line.data[8:])
    except Invalid:
        raise Invalid("log.signature") from None
    return time


def _cosigned(checkpoint: Checkpoint, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n".encode() + checkpoint.body


def _line_of(checkpoint: Checkpoint, key: VerifierKey) -> SignatureLine:
    for line in checkpoint.signatures:
        if line.name == key.name and line.key_id == key.key_id:
            return line
    raise Invalid("log.signature")
