"""What a password must be, and the only place that hashes and compares one."""

from __future__ import annotations

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from voting.config import Settings
from voting.errors import FieldProblem, Message, NotValid, msg

SHORTEST: Final = 10
LONGEST: Final = 128
KINDS: Final = 3

RULES: Final[tuple[Message, ...]] = (
    msg("At least {n} characters.", n=SHORTEST),
    msg("Three of these kinds: small letters, capitals, digits, Chinese characters, signs."),
    msg("Not your sign-in name, and not one character over and over."),
)


def check_password(password: str, *, login: str) -> None:
    """Refuse a password that is easy to guess."""
    problem = _problem(password, login)
    if problem is not None:
        raise NotValid("This password is too easy to guess.").at(FieldProblem("password", problem))


def hash_password(settings: Settings, password: str) -> str:
    """Hash with Argon2id."""
    return _hasher(settings).hash(password)


def is_right(settings: Settings, password: str, password_hash: str | None) -> bool:
    """Compare; takes as long where there is no account, so that names can't be sounded out."""
    hasher = _hasher(settings)
    if password_hash is None:
        hasher.hash(password[:LONGEST])
        return False
    try:
        return hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def needs_rehash(settings: Settings, password_hash: str) -> bool:
    """Tell whether it was hashed under weaker settings than today's."""
    return _hasher(settings).check_needs_rehash(password_hash)


def _hasher(settings: Settings) -> PasswordHasher:
    return PasswordHasher(time_cost=3, memory_cost=settings.password_cost, parallelism=1)


def _problem(password: str, login: str) -> Message | None:
    if len(password) < SHORTEST:
        return RULES[0]
    if len(password) > LONGEST:
        return msg("At most {n} characters.", n=LONGEST)
    kinds = (str.islower, str.isupper, str.isdigit, _is_caseless, _is_sign)
    if sum(any(kind(letter) for letter in password) for kind in kinds) < KINDS:
        return RULES[1]
    few = len(set(password)) < SHORTEST // 2
    return RULES[2] if few or login.casefold() in password.casefold() else None


def _is_caseless(letter: str) -> bool:
    return letter.isalpha() and not (letter.islower() or letter.isupper())


def _is_sign(letter: str) -> bool:
    return not letter.isalnum()
