"""Protocol §1. How bytes, hashes, base64url, canonical JSON and Crockford's codes are written."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import rfc8785

from ballots.errors import Malformed

VERSION: Final = b"minsheng-ballot/v1"
LARGEST_NUMBER: Final = 2**53 - 1
LARGEST_OBJECT: Final = 4 * 1024 * 1024
DEEPEST_OBJECT: Final = 12
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_CROCKFORD_READER: Final = {
    **{letter: value for value, letter in enumerate(CROCKFORD)},
    **{letter.lower(): value for value, letter in enumerate(CROCKFORD)},
    **dict.fromkeys("OoIiLl", 0),
    **dict.fromkeys("IiLl", 1),
}
# The letters of base64url for those of base64; what base64url has not becomes no letter at all.
_FROM_URL: Final = bytes.maketrans(b"-_+/=", b"+/\0\0\0")
_LAST: Final = ("", "AEIMQUYcgkosw048", "AQgw", "")
_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")


def u32(number: int) -> bytes:
    """Write a number as four bytes, big-endian."""
    return number.to_bytes(4, "big")


def frame(tag: str, *parts: bytes) -> bytes:
    """Join parts so that no two lists of parts give the same bytes."""
    framed = [VERSION, b"\0", tag.encode("ascii"), b"\0"]
    for part in parts:
        framed += (u32(len(part)), part)
    return b"".join(framed)


def h512(tag: str, *parts: bytes) -> bytes:
    """Hash a frame with SHA-512."""
    return hashlib.sha512(frame(tag, *parts)).digest()


def sha256(data: bytes) -> bytes:
    """Hash bytes with SHA-256."""
    return hashlib.sha256(data).digest()


def to_b64u(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def parse_b64u(text: str, length: int | None = None) -> bytes:
    """Read canonical base64url without padding, of `length` bytes where given.

    Raises `Malformed("encoding.base64")`.
    """
    padding = -len(text) % 4
    try:
        standard = text.encode("ascii").translate(_FROM_URL) + b"=" * padding
        data = binascii.a2b_base64(standard, strict_mode=True)
    except ValueError:
        raise Malformed("encoding.base64") from None
    # The bits behind the last byte are zero, which the decoder does not ask for.
    if (padding and text[-1] not in _LAST[padding]) or length not in (None, len(data)):
        raise Malformed("encoding.base64")
    return data


def parse_b64(text: str, length: int | None = None) -> bytes:
    """Read canonical standard base64 with padding, as the C2SP formats use it.

    Raises `Malformed("encoding.base64")`.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Malformed("encoding.base64") from None
    if (length is not None and len(data) != length) or to_b64(data) != text:
        raise Malformed("encoding.base64")
    return data


def to_b64(data: bytes) -> str:
    """Write bytes as standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def parse_hex(text: str, length: int = 32) -> bytes:
    """Read lowercase hex of `length` bytes. Raises `Malformed("encoding.hex")`."""
    if len(text) != 2 * length or not _HEX.fullmatch(text):
        raise Malformed("encoding.hex")
    return bytes.fromhex(text)


def canonical(value: object) -> bytes:
    """Write JSON in its RFC 8785 form; numbers are whole and from 0 to 2^53 - 1.

    Raises `Malformed("encoding.json")` for anything that is no such JSON.
    """
    _check_json(value, 0)
    try:
        return rfc8785.dumps(value)  # type: ignore[arg-type]  # its type lacks our narrower tree
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        # A name that is no string, or half of a pair of surrogates.
        raise Malformed("encoding.json") from None


def _check_json(value: object, depth: int) -> None:
    if depth > DEEPEST_OBJECT:
        raise Malformed("encoding.json")
    match value:
        case str() | bool():
            return
        case int() if 0 <= value <= LARGEST_NUMBER:
            return
        case list() | tuple():
            items: Iterable[object] = value
        case dict():
            items = value.values()
        case _:
            raise Malformed("encoding.json")
    for item in items:
        if type(item) is not str or depth == DEEPEST_OBJECT:
            _check_json(item, depth + 1)


def parse_json(data: bytes) -> dict[str, Any]:
    """Read a JSON object that stands in its canonical form.

    Raises `Malformed` with `encoding.json` (not such JSON) or `encoding.canonical`; a member
    written twice is lost in reading and so shows as not canonical.
    """
    if len(data) > LARGEST_OBJECT:
        raise Malformed("encoding.json")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("encoding.json") from None
    if not isinstance(value, dict):
        raise Malformed("encoding.json")
    _check_json(value, 0)
    if not _is_plain(value, data) and canonical(value) != data:
        raise Malformed("encoding.canonical")
    return value


def _is_plain(value: object, data: bytes) -> bool:
    """Tell quickly that JSON is canonical: in ASCII without escapes only its order can differ."""
    return (
        data.isascii() and b"\\" not in data and msgspec.json.encode(value, order="sorted") == data
    )


def to_crockford(data: bytes, bits: int) -> str:
    """Write the first `bits` bits of the data in Crockford's base 32; zero bits fill the end."""
    letters = -(-bits // 5)
    number = int.from_bytes(data, "big") >> (8 * len(data) - bits) << (5 * letters - bits)
    return "".join(CROCKFORD[number >> 5 * i & 31] for i in reversed(range(letters)))


def parse_crockford(text: str, bits: int) -> int | None:
    """Read a code as people type it, to a number of `bits` bits; `None` where it is none.

    Hyphens and white space are passed over, lower case, I, L and O are taken as meant.
    """
    letters = [letter for letter in text if letter != "-" and not letter.isspace()]
    if len(letters) * 5 != bits or any(letter not in _CROCKFORD_READER for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _CROCKFORD_READER[letter]
    return number


def grouped(code: str) -> str:
    """Show a code in groups of four joined by hyphens."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
