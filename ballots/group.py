"""Protocol §1. The group ristretto255: the one room that calls the curve library.

Scalars are whole numbers mod `l`; a `Point` is 32 bytes that were found canonical.
"""

import contextlib
import ctypes
import functools
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NewType

import rbcl

from ballots.encoding import h512, u32
from ballots.errors import Malformed

Point = NewType("Point", bytes)

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
IDENTITY: Final = Point(bytes(32))
POINT_LENGTH: Final = 32
SCALAR_LENGTH: Final = 32

_sodium: Any = importlib.import_module("rbcl._sodium")
# The library unpacks itself into the temporary folder at import; once loaded, the file is rubbish.
with contextlib.suppress(OSError):
    Path(_sodium.lib_path).unlink()
# Its own functions are called, because rbcl's around them pass over what they answer.
_library: Any = _sodium._sodium  # noqa: SLF001
_Answer = ctypes.c_char * POINT_LENGTH


def parse_point(data: bytes) -> Point:
    """Take 32 canonical bytes as a point. Raises `Malformed("group.point")`."""
    _check_top_bit(data)
    if not rbcl.crypto_core_ristretto255_is_valid_point(data):
        raise Malformed("group.point")
    return Point(data)


def _check_top_bit(data: bytes) -> None:
    """Refuse the bit above the field, and any other length: the library passes over that bit."""
    if len(data) != POINT_LENGTH or data[-1] & 0x80:
        raise Malformed("group.point")


def parse_points(data: bytes) -> tuple[Point, ...]:
    """Take bytes as points one behind the other. Raises `Malformed("group.point")`."""
    return tuple(parse_point(data[i : i + POINT_LENGTH]) for i in range(0, len(data), POINT_LENGTH))


def parse_scalar(data: bytes) -> int:
    """Take 32 bytes, little-endian and below `l`. Raises `Malformed("group.scalar")`."""
    number = int.from_bytes(data, "little")
    if len(data) != SCALAR_LENGTH or number >= ORDER:
        raise Malformed("group.scalar")
    return number


def parse_scalars(data: bytes) -> tuple[int, ...]:
    """Take bytes as scalars one behind the other. Raises `Malformed("group.scalar")`."""
    scalars = tuple(
        int.from_bytes(data[i : i + SCALAR_LENGTH], "little")
        for i in range(0, len(data), SCALAR_LENGTH)
    )
    if len(data) % SCALAR_LENGTH or max(scalars, default=0) >= ORDER:
        raise Malformed("group.scalar")
    return scalars


def scalar_bytes(*scalars: int) -> bytes:
    """Write scalars, each reduced mod `l`, one behind the other."""
    return b"".join((scalar % ORDER).to_bytes(SCALAR_LENGTH, "little") for scalar in scalars)


def hash_to_scalar(tag: str, *parts: bytes) -> int:
    """Hash a frame to a scalar (`Hs`)."""
    return int.from_bytes(h512(tag, *parts), "little") % ORDER


def hash_to_point(tag: str, *parts: bytes) -> Point:
    """Hash a frame to a point of which nobody knows the logarithm (RFC 9496 one-way map)."""
    return Point(rbcl.crypto_core_ristretto255_from_hash(h512(tag, *parts)))


def multiply(scalar: int, point: Point) -> Point:
    """Give `scalar * point`. Raises `Malformed("group.point")` for bytes that are no point.

    The library answers the identity as an error, so it is met here.
    """
    scalar %= ORDER
    if scalar == 0 or point == IDENTITY:
        parse_point(point)
        return IDENTITY
    _check_top_bit(point)
    answer = _Answer()
    if _library.crypto_scalarmult_ristretto255(answer, scalar.to_bytes(32, "little"), point):
        raise Malformed("group.point")
    return Point(answer.raw)


def multiply_base(scalar: int) -> Point:
    """Give `scalar * B`."""
    scalar %= ORDER
    if scalar == 0:
        return IDENTITY
    answer = _Answer()
    _library.crypto_scalarmult_ristretto255_base(answer, scalar.to_bytes(32, "little"))
    return Point(answer.raw)


def add(left: Point, right: Point) -> Point:
    """Add two points."""
    return _combine(_library.crypto_core_ristretto255_add, left, right)


def subtract(left: Point, right: Point) -> Point:
    """Subtract the second point from the first."""
    return _combine(_library.crypto_core_ristretto255_sub, left, right)


def _combine(operation: Callable[..., int], left: Point, right: Point) -> Point:
    answer = _Answer()
    if len(left) != POINT_LENGTH or len(right) != POINT_LENGTH or operation(answer, left, right):
        raise ValueError("what was found to be a point is none")
    return Point(answer.raw)


def sum_points(points: Iterable[Point]) -> Point:
    """Add any number of points; none give the identity."""
    return functools.reduce(add, points, IDENTITY)


def evaluate(coefficients: Sequence[Point], at: int) -> Point:
    """Give `sum at^m coefficients[m]`, a polynomial in the exponent."""
    value = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        value = add(multiply(at, value), coefficient)
    return value


def lagrange_at_zero(indexes: Sequence[int]) -> Mapping[int, int]:
    """Give the coefficient of each of distinct indexes that interpolates a polynomial at 0."""
    coefficients: dict[int, int] = {}
    for i in indexes:
        above = below = 1
        for j in indexes:
            if j != i:
                above, below = above * j % ORDER, below * (j - i) % ORDER
        coefficients[i] = above * pow(below, -1, ORDER) % ORDER
    return coefficients


def find_exponents(points: Sequence[Point], limit: int) -> list[int | None]:
    """Find each point's `v` with `point = v B` and `0 <= v <= limit`, `None` where none is."""
    wanted = set(points)
    found: dict[Point, int] = {}
    value = IDENTITY
    for exponent in range(limit + 1):
        if value in wanted:
            found[value] = exponent
            if len(found) == len(wanted):
                break
        value = add(value, BASE)
    return [found.get(point) for point in points]


@functools.cache
def slack_key(number: int) -> Point:
    """Give the key of the slack slot of that number, to which nobody knows a secret (§5)."""
    return hash_to_point("slack", u32(number))


BASE: Final = multiply_base(1)
PEDERSEN_H: Final = hash_to_point("pedersen-h")
