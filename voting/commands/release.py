"""`voting release`: signs what a release gives to browsers, and checks a server against it.

A note is text in lines, `TITLE VERSION` and then `sha256  path` as `sha256sum` writes them, signed
as C2SP signed notes are (Ed25519). Whoever has the key's public half can compare any server.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import secrets
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from ballots.encoding import parse_hex
from ballots.errors import BallotError, Invalid
from ballots.keys import check_signature, sign
from ballots.log import (
    SignatureLine,
    VerifierKey,
    make_verifier_key,
    parse_signature_line,
    parse_verifier_key,
)
from voting.i18n import LANGUAGES, speaking, t

TITLE: Final = "minsheng-vote"
DONE: Final = 0
FAILED: Final = 1
MISUSE: Final = 2
_PATIENCE: Final = 30
_LARGEST_FILE: Final = 64 * 1024 * 1024
_LINE: Final = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>static/dist/[A-Za-z0-9./_-]+)")


@dataclass(frozen=True, slots=True)
class Release:
    """What a version gives to browsers: the SHA-256 of each file, by its path on a server."""

    version: str
    digests: dict[str, str]

    @property
    def body(self) -> bytes:
        """Write the signed text."""
        lines = [f"{digest}  {path}\n" for path, digest in self.digests.items()]
        return f"{TITLE} {self.version}\n{''.join(lines)}".encode()


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("release", help="sign what browsers run, or check a server")
    acts = command.add_subparsers(metavar="ACT", required=True)
    key = acts.add_parser("key", help="make the key that signs, and print its public half")
    key.add_argument("file", type=Path, metavar="KEY", help="a new file")
    key.add_argument("name", metavar="NAME", help="who signs, as releases.example.cn")
    key.set_defaults(run=_speaking(_make_key))
    signing = acts.add_parser("sign", help="sign a list that `make release` wrote")
    signing.add_argument("list", type=Path, metavar="LIST", help="dist/BUNDLE.sha256")
    signing.add_argument("--key", type=Path, required=True, metavar="KEY")
    signing.set_defaults(run=_speaking(_sign))
    check = acts.add_parser("check", help="compare a server, or this installation, with a note")
    check.add_argument("note", type=Path, metavar="NOTE")
    check.add_argument("--vkey", required=True, metavar="VKEY", help="the public half of the key")
    check.add_argument("--server", metavar="URL", help="default: the files installed here")
    check.add_argument("--authority", type=Path, metavar="FILE", help="whom to trust for HTTPS")
    check.set_defaults(run=_speaking(_check))
    for act in (key, signing, check):
        act.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))


def parse_list(text: str) -> dict[str, str]:
    """Read lines of digests and paths. Raises `ValueError`."""
    found = [_LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n")]
    digests = {line["path"]: line["digest"] for line in found if line is not None}
    if len(digests) != len(found) or any(".." in path for path in digests):
        raise ValueError("a list of digests and paths is needed")
    return digests


def sign_release(release: Release, name: str, seed: bytes) -> str:
    """Sign a release with a 32-byte seed under a name."""
    key = make_verifier_key(name, seed)
    line = SignatureLine(name, key.key_id, sign(seed, release.body))
    return f"{release.body.decode()}\n{line}"


def check_release(note: str, key: VerifierKey) -> Release:
    """Read a note that a key has signed. Raises `ValueError`, `BallotError`."""
    body, separator, signatures = note.partition("\n\n")
    title, _, listed = body.partition("\n")
    product, _, number = title.partition(" ")
    if not separator or product != TITLE:
        raise ValueError("a note of a release is needed")
    release = Release(number, parse_list(listed))
    for line in map(parse_signature_line, signatures.removesuffix("\n").split("\n")):
        if (line.name, line.key_id) == (key.name, key.key_id):
            check_signature(key.key, release.body, line.data)
            return release
    raise Invalid("log.signature")


def _speaking(act: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    def run(arguments: argparse.Namespace) -> int:
        with speaking(arguments.language):
            try:
                return act(arguments)
            except OSError as error:
                print(f"voting release: {error.filename}: {error.strerror}", file=sys.stderr)
                return FAILED

    return run


def _make_key(arguments: argparse.Namespace) -> int:
    seed = secrets.token_bytes(32)
    try:
        key = make_verifier_key(arguments.name, seed)
    except ValueError:
        print(t("Name the signer without spaces, as releases.example.cn."), file=sys.stderr)
        return MISUSE
    handle = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{arguments.name} {seed.hex()}\n")
    print(t("Publish this key where everybody can find it, on paper too:"))
    print(key)
    return DONE


def _sign(arguments: argparse.Namespace) -> int:
    try:
        name, _, seed = arguments.key.read_text(encoding="utf-8").strip().partition(" ")
        release = Release(version("minsheng-vote"), parse_list(arguments.list.read_text("ascii")))
        note = sign_release(release, name, parse_hex(seed, 32))
    except (ValueError, BallotError):
        print(
            t("Give a key of `voting release key`, and a list of `make release`."), file=sys.stderr
        )
        return MISUSE
    path = arguments.list.with_name("RELEASE.note")
    path.write_text(note, encoding="utf-8")
    print(path)
    return DONE


def _check(arguments: argparse.Namespace) -> int:
    try:
        key = parse_verifier_key(arguments.vkey)
        release = check_release(arguments.note.read_text(encoding="utf-8"), key)
    except (ValueError, BallotError):
        print(t("This is no note of a release that this key has signed."), file=sys.stderr)
        return FAILED
    print(t("Version {version}, signed by {name}.", version=release.version, name=key.name))
    read = _installed if arguments.server is None else _served(arguments)
    if read is None:
        print(t("Give the server's address, as https://vote.hall."), file=sys.stderr)
        return MISUSE
    others = _compare(release, read)
    if others:
        number = len(release.digests)
        print(t("{others} of {number} files are not those listed.", others=others, number=number))
        return FAILED
    print(t("All {number} files are those listed.", number=len(release.digests)))
    return DONE


def _compare(release: Release, read: Callable[[str], bytes | None]) -> int:
    """Name the files that are missing or not those of the release, and count them."""
    others = 0
    for path, digest in release.digests.items():
        data = read(path)
        if data is None:
            print(t("missing: {path}", path=path))
        elif hashlib.sha256(data).hexdigest() != digest:
            print(t("another file: {path}", path=path))
        else:
            continue
        others += 1
    return others


def _installed(path: str) -> bytes | None:
    file = files("voting").joinpath(path)
    return file.read_bytes() if file.is_file() else None


def _served(arguments: argparse.Namespace) -> Callable[[str], bytes | None] | None:
    address = urlsplit(arguments.server)
    if address.scheme not in ("http", "https") or not address.hostname:
        return None
    trust = ssl.create_default_context(cafile=arguments.authority)

    def read(path: str) -> bytes | None:
        try:
            place = f"{address.scheme}://{address.netloc}/{path}"
            with urlopen(place, timeout=_PATIENCE, context=trust) as answer:  # noqa: S310 - http(s)
                return bytes(answer.read(_LARGEST_FILE))
        except HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise OSError(error.code, error.reason, arguments.server) from None
        except URLError as error:
            raise OSError(0, str(error.reason), arguments.server) from None

    return read
