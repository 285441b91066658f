"""A log's signing key and the last head it signed: two small files, never in the database.

The key is made once by a command. The head beside it is what a restored database is measured
against: a database that does not contain what this server has signed must not sign anything more.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ballots.encoding import parse_hex
from ballots.errors import Malformed
from ballots.log import VerifierKey, make_verifier_key
from ballots.merkle import EMPTY_ROOT
from voting.config import Settings
from voting.errors import Refused, msg

_log = logging.getLogger(__name__)
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
# A fixed length below a disk's sector: overwritten in place, it is the old head or the new one.
_HEAD_LENGTH: Final = 128


class LogLocked(Refused):
    """The log can't be written until an operator has looked; nothing repairs itself."""

    status = 503
    title = msg("The ballot box is locked")


@dataclass(frozen=True, slots=True)
class Head:
    """Size and root of a log at one moment."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class LogKey:
    """What signs a log, with the path of the head it signed last."""

    origin: str
    seed: bytes
    head_path: Path

    @property
    def verifier(self) -> VerifierKey:
        """The public half, under the log's origin."""
        return make_verifier_key(self.origin, self.seed)


def create_key(settings: Settings, slug: str, origin: str) -> VerifierKey:
    """Make the key of a new log. Raises `FileExistsError` rather than replace one."""
    if not _SLUG.fullmatch(slug):
        raise ValueError("a slug has small letters, digits and hyphens")
    settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = os.urandom(32)
    key = make_verifier_key(origin, seed)
    _write_new(_head_path(settings, slug), _head_bytes(Head(0, EMPTY_ROOT)))
    _write_new(_key_path(settings, slug), f"{seed.hex()}\n".encode())
    return key


def load_key(settings: Settings, slug: str, origin: str) -> LogKey:
    """Read a log's key; a file that others may read is refused like a missing one."""
    path = _key_path(settings, slug)
    try:
        if path.stat().st_mode & 0o077:
            raise LogLocked("The key of the log can be read by others on this machine.").now(
                "Take the rights away with chmod 600 and find out who has read it."
            )
        seed = parse_hex(path.read_text(encoding="ascii").removesuffix("\n"))
    except (OSError, ValueError, Malformed):
        raise LogLocked("The key of the log is missing or damaged.").now(
            "Bring the key file back from its safe copy."
        ) from None
    return LogKey(origin, seed, _head_path(settings, slug))


def remembered(key: LogKey) -> Head:
    """Give the last head signed here and committed; it may lag behind, never run ahead."""
    try:
        size, root = key.head_path.read_bytes().decode("ascii").split()
        return Head(int(size), parse_hex(root))
    except (OSError, ValueError, Malformed):
        raise LogLocked("The memory of what the log has signed is missing or damaged.").now(
            "Compare the log with its witnesses, then accept its head by command."
        ) from None


def remember(key: LogKey, head: Head) -> None:
    """Note a committed head, unless a later one is noted already.

    A failure is told but undoes nothing: the head is committed, and the note may lag.
    """
    try:
        with key.head_path.open("r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if int(file.read(_HEAD_LENGTH).split()[0]) < head.size:
                file.seek(0)
                file.write(_head_bytes(head))
    except (OSError, ValueError, IndexError):
        _log.exception("the signed head could not be noted")


def replace_remembered(key: LogKey, head: Head) -> None:
    """Note a head whatever was noted: the operator's decision, never the program's."""
    key.head_path.unlink(missing_ok=True)
    _write_new(key.head_path, _head_bytes(head))


def _head_bytes(head: Head) -> bytes:
    return f"{head.size} {head.root.hex()}".encode().ljust(_HEAD_LENGTH - 1) + b"\n"


def _key_path(settings: Settings, slug: str) -> Path:
    return settings.keys_dir / f"{slug}.log.key"


def _head_path(settings: Settings, slug: str) -> Path:
    return settings.keys_dir / f"{slug}.log.head"


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
