"""Protocol §4. Voting cards and trustees' sheets: secrets, and the codes people type or scan."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NewType

from ballots.encoding import (
    frame,
    grouped,
    h512,
    parse_crockford,
    sha256,
    to_b64u,
    to_crockford,
)
from ballots.errors import Malformed
from ballots.keys import PublicKey, public_key

CardSecret = NewType("CardSecret", bytes)
TrusteeSeed = NewType("TrusteeSeed", bytes)

CARD_PREFIX: Final = "MS1"
TRUSTEE_PREFIX: Final = "MT1"


@dataclass(frozen=True, slots=True)
class _Form:
    """How one kind of secret is written: bytes, bits of its check, tag and prefix."""

    length: int
    check_bits: int
    tag: str
    prefix: str
    rule: str


_CARD: Final = _Form(16, 12, "card-check", CARD_PREFIX, "card.code")
_SHEET: Final = _Form(32, 24, "trustee-check", TRUSTEE_PREFIX, "trustee.code")


def card_seed(secret: CardSecret) -> bytes:
    """Give the signing seed of a card."""
    return h512("card-sign", secret)[:32]


def card_credential(secret: CardSecret) -> PublicKey:
    """Give a card's credential, its public key."""
    return public_key(card_seed(secret))


def card_code(secret: CardSecret) -> str:
    """Write a card's code for people, 28 characters in groups of four."""
    return grouped(_code(_CARD, secret))


def card_qr(secret: CardSecret) -> str:
    """Write a card's code for cameras."""
    return CARD_PREFIX + _code(_CARD, secret)


def parse_card_code(text: str) -> CardSecret:
    """Read a card's code as typed or scanned. Raises `Malformed("card.code")`."""
    return CardSecret(_parse(_CARD, text))


def trustee_code(seed: TrusteeSeed) -> str:
    """Write the code of a trustee's sheet, 56 characters in groups of four."""
    return grouped(_code(_SHEET, seed))


def trustee_qr(seed: TrusteeSeed) -> str:
    """Write the code of a trustee's sheet for cameras."""
    return TRUSTEE_PREFIX + _code(_SHEET, seed)


def parse_trustee_code(text: str) -> TrusteeSeed:
    """Read the code of a trustee's sheet. Raises `Malformed("trustee.code")`."""
    return TrusteeSeed(_parse(_SHEET, text))


def roll_credentials(keys: Iterable[PublicKey]) -> list[str]:
    """Give the list of a roll: all credentials in sorted order."""
    return sorted(to_b64u(key) for key in keys)


def _check(form: _Form, secret: bytes) -> bytes:
    return sha256(frame(form.tag, secret))


def _code(form: _Form, secret: bytes) -> str:
    if len(secret) != form.length:
        raise ValueError(f"{form.length} bytes are needed")
    bits = 8 * form.length + form.check_bits
    return to_crockford(secret + _check(form, secret), bits)


def _parse(form: _Form, text: str) -> bytes:
    bits = 8 * form.length + form.check_bits
    letters = "".join(text.split()).replace("-", "").upper()
    scanned = len(letters) == len(form.prefix) + bits // 5
    number = parse_crockford(letters.removeprefix(form.prefix) if scanned else letters, bits)
    if number is None:
        raise Malformed(form.rule)
    secret = (number >> form.check_bits).to_bytes(form.length, "big")
    check = int.from_bytes(_check(form, secret), "big") >> (256 - form.check_bits)
    if number & ((1 << form.check_bits) - 1) != check:
        raise Malformed(form.rule)
    return secret
