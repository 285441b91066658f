"""Keys for several purposes from the application's one secret: to seal, to hash, to make codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from voting.config import Settings

# Without the letters and digits that are read for one another.
_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_NONCE: Final = 12


def derive(settings: Settings, purpose: str) -> bytes:
    """Make the 32-byte key of one purpose."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"voting/" + purpose.encode())
    return kdf.derive(settings.secret)


def seal(settings: Settings, purpose: str, content: bytes) -> bytes:
    """Encrypt; the purpose, which names the owner, is bound to it."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(derive(settings, "seal")).encrypt(nonce, content, purpose.encode())
    return nonce + sealed


def unseal(settings: Settings, purpose: str, sealed: bytes) -> bytes:
    """Decrypt what was sealed for the same purpose."""
    key = AESGCM(derive(settings, "seal"))
    return key.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())


def digest(settings: Settings, purpose: str, code: str) -> str:
    """Hash a code or token under the secret, so that a stolen table opens nothing."""
    key = derive(settings, purpose)
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    """Make a token for a cookie."""
    return secrets.token_urlsafe(32)


def new_code(groups: int) -> str:
    """Make a code for people to type, in groups of four."""
    letters = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups)]
    return "-".join(letters)


def tidy_code(typed: str) -> str:
    """Bring a typed code into the form it was made in."""
    letters = [letter for letter in typed.upper() if letter.isalnum()]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, len(letters), 4))
