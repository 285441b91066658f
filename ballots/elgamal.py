"""Protocol §6. A ballot's blocks of multi-recipient ElGamal: keys, ciphertexts and their bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from ballots.errors import Malformed
from ballots.group import (
    POINT_LENGTH,
    Point,
    add,
    multiply,
    multiply_base,
    parse_points,
    slack_key,
)
from ballots.manifest import WIDTH, Style


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """One `C0` a block and one `C` a slot."""

    heads: tuple[Point, ...]
    slots: tuple[Point, ...]


def slot_keys(style: Style, joint: Sequence[Point]) -> tuple[Point, ...]:
    """Give the key of every slot: `Y` in turn for option slots, unknown ones for slack (§5)."""
    options = [joint[slot % WIDTH] for slot in range(style.options)]
    slack = [slack_key(number) for number in range(style.slots - style.options)]
    return tuple(options + slack)


def encrypt(
    style: Style, keys: Sequence[Point], *, randomness: Sequence[int], values: Sequence[int]
) -> Ciphertext:
    """Encrypt a value a slot with one randomness a block."""
    return Ciphertext(
        tuple(multiply_base(r) for r in randomness),
        tuple(
            add(multiply(randomness[style.block_of(slot)], key), multiply_base(value))
            for slot, (key, value) in enumerate(zip(keys, values, strict=True))
        ),
    )


def add_ciphertexts(style: Style, ciphertexts: Iterable[Ciphertext]) -> Ciphertext:
    """Add ciphertexts of one layout, slot by slot; none give the encryption of zeros."""
    heads = [Point(bytes(POINT_LENGTH))] * len(style.blocks)
    slots = [Point(bytes(POINT_LENGTH))] * style.slots
    for ciphertext in ciphertexts:
        heads = [add(*pair) for pair in zip(heads, ciphertext.heads, strict=True)]
        slots = [add(*pair) for pair in zip(slots, ciphertext.slots, strict=True)]
    return Ciphertext(tuple(heads), tuple(slots))


def ciphertext_length(style: Style) -> int:
    """Give the length of a ciphertext in bytes."""
    return POINT_LENGTH * (len(style.blocks) + style.slots)


def ciphertext_bytes(style: Style, ciphertext: Ciphertext) -> bytes:
    """Write a ciphertext block by block: its `C0`, then its slots."""
    return b"".join(
        head + b"".join(ciphertext.slots[block.start : block.stop])
        for head, block in zip(ciphertext.heads, style.blocks, strict=True)
    )


def parse_ciphertext(style: Style, data: bytes, *, rule: str) -> Ciphertext:
    """Read a ciphertext. Raises `Malformed` with `rule` for its length, or `group.point`."""
    if len(data) != ciphertext_length(style):
        raise Malformed(rule)
    return arrange_ciphertext(style, parse_points(data))


def arrange_ciphertext(style: Style, points: Sequence[Point]) -> Ciphertext:
    """Take the points of a ciphertext, in the order of its bytes, apart."""
    starts = [number + block.start for number, block in enumerate(style.blocks)]
    slots = [
        points[start + 1 : start + 1 + len(block)]
        for start, block in zip(starts, style.blocks, strict=True)
    ]
    return Ciphertext(tuple(points[start] for start in starts), tuple(chain(*slots)))
