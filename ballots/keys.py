"""Protocol §1 and §3. Ed25519 with one verdict wherever libraries differ; sealed shares."""

import functools
from typing import Final, NewType

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballots.errors import Invalid, Malformed

PublicKey = NewType("PublicKey", bytes)

FIELD: Final = 2**255 - 19
GROUP_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
CURVE_D: Final = -121665 * pow(121666, -1, FIELD) % FIELD
_SIGN_BIT: Final = 1 << 255
# The y coordinates of the eight points of small order: 1, -1, 0 and the two of order eight.
_ORDER_EIGHT_Y: Final = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
)
_SMALL_ORDER_Y: Final = frozenset({0, 1, FIELD - 1, _ORDER_EIGHT_Y, FIELD - _ORDER_EIGHT_Y})


def public_key(seed: bytes) -> PublicKey:
    """Give the public key of a 32-byte signing seed."""
    return PublicKey(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def sign(seed: bytes, message: bytes) -> bytes:
    """Sign with a 32-byte seed (RFC 8032)."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


@functools.lru_cache(maxsize=16384)
def parse_key(data: bytes) -> PublicKey:
    """Take 32 bytes as a key. Raises `Malformed("object.key")`.

    A key is canonical, on the curve and not of small order.
    """
    if len(data) != 32:
        raise Malformed("object.key")
    y = int.from_bytes(data, "little") & ~_SIGN_BIT
    if y >= FIELD or y in _SMALL_ORDER_Y or not _is_on_curve(y):
        raise Malformed("object.key")
    return PublicKey(data)


def _is_on_curve(y: int) -> bool:
    """Tell whether x^2 = (y^2 - 1) / (d y^2 + 1) has a root."""
    y2 = y * y % FIELD
    square = (y2 - 1) * (CURVE_D * y2 + 1) % FIELD
    return pow(square, (FIELD - 1) // 2, FIELD) == 1


def check_signature(key: PublicKey, message: bytes, signature: bytes) -> None:
    """Check that `S B - k A` encodes to `R`. Raises `Invalid("object.signature")`.

    OpenSSL compares encodings without the cofactor and refuses `S >= l`, as the page asks.
    """
    try:
        _loaded(key).verify(signature, message)
    except InvalidSignature:
        raise Invalid("object.signature") from None


@functools.lru_cache(maxsize=16384)
def _loaded(key: PublicKey) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)


def seal(key: bytes, message: bytes) -> bytes:
    """Seal one message under a key that seals no other (RFC 8439, nonce of zeros)."""
    return ChaCha20Poly1305(key).encrypt(bytes(12), message, None)


def unseal(key: bytes, sealed: bytes) -> bytes:
    """Open a sealed message. Raises `Invalid("ceremony.share")`."""
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), sealed, None)
    except InvalidTag:
        raise Invalid("ceremony.share") from None
