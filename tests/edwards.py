"""Ed25519 by the page's sentence alone, in slow and simple arithmetic, and cases at its edges.

Nothing here comes from the rooms that are tested: points are pairs of coordinates on
`-x^2 + y^2 = 1 + d x^2 y^2`, and a signature holds if the encoding of `S B - k A` is `R`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, TypeAlias

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Pair: TypeAlias = tuple[int, int]
ZERO: Pair = (0, 1)


def add(one: Pair, two: Pair) -> Pair:
    """Add two points."""
    (a, b), (c, d) = one, two
    product = D * a * b * c * d % P
    x = (a * d + b * c) * pow(1 + product, -1, P) % P
    return x, (b * d + a * c) * pow(1 - product, -1, P) % P


def times(number: int, point: Pair) -> Pair:
    """Add a point to itself so many times."""
    total = ZERO
    for bit in f"{number:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def encode(point: Pair, *, y: int | None = None) -> bytes:
    """Write a point, or another number than its `y` with its sign."""
    return ((point[1] if y is None else y) | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Pair | None:
    """Read a canonical encoding."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or y >= P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else P - x), y


def found(point: Pair | None) -> Pair:
    """Take a point that is there."""
    assert point is not None
    return point


BASE = found(decode((4 * pow(5, -1, P) % P).to_bytes(32, "little")))
# A generator of the eight points of small order.
EIGHTH = found(
    decode(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"))
)
SMALL = [times(i, EIGHTH) for i in range(8)]


def challenge(R: bytes, A: bytes, message: bytes) -> int:
    """Give `k`."""
    return int.from_bytes(hashlib.sha512(R + A + message).digest(), "little") % L


def rule_of(key: bytes, message: bytes, signature: bytes) -> str | None:
    """Say which rule a signature breaks, by the page."""
    A = decode(key)
    if A is None or times(8, A) == ZERO:
        return "object.key"
    R, S = signature[:32], int.from_bytes(signature[32:], "little")
    if S >= L:
        return "object.signature"
    minus = times(8 * L - challenge(R, key, message), A)
    return None if encode(add(times(S, BASE), minus)) == R else "object.signature"


def _case(name: str, key: bytes, message: bytes, signature: bytes) -> dict[str, Any]:
    return {
        "id": name,
        "rule": rule_of(key, message, signature),
        "key": key.hex(),
        "message": message.hex(),
        "signature": signature.hex(),
    }


def _scalar(name: str) -> int:
    return int.from_bytes(hashlib.sha512(name.encode()).digest(), "little") % L


def _signed(name: str, key: bytes, R: bytes) -> tuple[bytes, bytes]:
    """Answer for a key's part of large order and a nonce's, whatever their small parts are."""
    message = name.encode()
    S = (_scalar("nonce") + challenge(R, key, message) * _scalar("key")) % L
    return message, R + S.to_bytes(32, "little")


def edge_cases() -> Iterator[dict[str, Any]]:
    """Make a case for each thing in which libraries differ."""
    A, R = times(_scalar("key"), BASE), times(_scalar("nonce"), BASE)
    for i in range(8):
        for j in range(8):
            # With luck the small parts cancel: then the signature holds without the cofactor too.
            name = f"key with small part {i}, R with small part {j}"
            key = encode(add(A, SMALL[i]))
            yield _case(name, key, *_signed(name, key, encode(add(R, SMALL[j]))))
    key = encode(A)
    message, good = _signed("S", key, encode(R))
    S = int.from_bytes(good[32:], "little")
    for name, other in (("S + l", S + L), ("S + 8 l", S + 8 * L), ("-S", -S % L), ("S = l", L)):
        yield _case(name, key, message, good[:32] + other.to_bytes(32, "little"))
    for i, small in enumerate(SMALL):
        for name, encoding in _encodings(small):
            yield _case(f"key small {i} {name}", encoding, message, encoding + bytes(32))
            yield _case(f"R small {i} {name}", key, *_with_small_nonce(name, key, encoding))
    for name, encoding in (
        ("no point", (2).to_bytes(32, "little")),
        ("y = p + 3", (P + 3).to_bytes(32, "little")),
        ("y = p + 3 and sign", (P + 3 + 2**255).to_bytes(32, "little")),
        ("all ones", b"\xff" * 32),
    ):
        yield _case(f"key {name}", encoding, message, good)
        yield _case(f"R {name}", key, message, encoding + good[32:])
    yield _case("S = 0", key, message, good[:32] + bytes(32))
    yield _case("nothing but zeros", bytes(32), message, bytes(64))


def _encodings(point: Pair) -> Iterator[tuple[str, bytes]]:
    """Write a point in every way that some decoder takes."""
    yield "canonical", encode(point)
    yield "other sign", bytes([*encode(point)[:31], encode(point)[31] ^ 0x80])
    if point[1] < 19:
        yield "y + p", encode(point, y=point[1] + P)
        other = encode(point, y=point[1] + P)
        yield "y + p and other sign", bytes([*other[:31], other[31] ^ 0x80])


def _with_small_nonce(name: str, key: bytes, R: bytes) -> tuple[bytes, bytes]:
    """Answer for an `R` of small order alone: it holds where the encoding is that of zero."""
    message = f"small {name}".encode()
    S = challenge(R, key, message) * _scalar("key") % L
    return message, R + S.to_bytes(32, "little")
