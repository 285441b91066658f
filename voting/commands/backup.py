"""`voting backup`: one file with database, keys and pictures, made while people vote.

The file is a tar archive. Its first member, `backup.json`, names every other with its SHA-256.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO, Final

from voting import clock, migrations
from voting.app import create_app
from voting.config import Settings
from voting.db import db
from voting.exports.copies import copy_out
from voting.i18n import LANGUAGES, speaking, t

FORMAT: Final = 1
MANIFEST: Final = "backup.json"
DONE: Final = 0
FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds, and from when."""

    format: int
    made_at: str
    program: str
    database: str
    revision: str
    files: dict[str, str]


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("backup", help="write database, keys and pictures to one file")
    command.add_argument("file", metavar="FILE", help="a new file, or - for standard output")
    command.add_argument(
        "--without-keys", action="store_true", help="leave out what the server signs with"
    )
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the backup; nothing that is there is written over."""
    settings = Settings.from_environment()
    app = create_app(settings)
    with speaking(arguments.language), app.app_context():
        try:
            with (
                _opened(arguments.file) as file,
                tempfile.TemporaryDirectory(dir=settings.data_dir, prefix="backup-") as folder,
            ):
                revision = migrations.current(app) or ""
                manifest = _gather(settings, Path(folder), revision, arguments.without_keys)
                _write(file, Path(folder), manifest)
        except OSError as error:
            print(f"voting backup: {error.filename}: {error.strerror}", file=sys.stderr)
            return FAILED
        finally:
            db.engine.dispose()
        if not arguments.without_keys:
            said = t("The file holds the keys that sign the logs: keep it like them.")
            print(said, file=sys.stderr)
    return DONE


def _opened(name: str) -> BinaryIO:
    if name == "-":
        return os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "wb")


def _gather(settings: Settings, folder: Path, revision: str, without_keys: bool) -> Manifest:  # noqa: FBT001 - as the command line says it
    """Copy all that belongs together, and describe it."""
    copy_out(db.engine, folder)
    for source, name in _beside(settings, without_keys):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    files = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return Manifest(
        format=FORMAT,
        made_at=clock.now().isoformat(timespec="seconds"),
        program=version("minsheng-vote"),
        database=db.engine.dialect.name,
        revision=revision,
        files=files,
    )


def _beside(settings: Settings, without_keys: bool) -> Iterator[tuple[Path, str]]:  # noqa: FBT001 - as above
    """Name the files beside the database; what a log signed last is left where it is."""
    if not without_keys:
        for path in sorted(settings.keys_dir.glob("*.log.key")):
            yield path, f"keys/{path.name}"
        if (settings.data_dir / "app.key").is_file():
            yield settings.data_dir / "app.key", "app.key"
    for path in sorted(settings.uploads_dir.rglob("*")):
        if path.is_file():
            yield path, f"uploads/{path.relative_to(settings.uploads_dir).as_posix()}"


def _write(file: BinaryIO, folder: Path, manifest: Manifest) -> None:
    raw = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
    with tarfile.open(fileobj=file, mode="w|gz") as archive:
        first = tarfile.TarInfo(MANIFEST)
        first.size, first.mode = len(raw), 0o600
        archive.addfile(first, io.BytesIO(raw))
        for name in manifest.files:
            member = archive.gettarinfo(folder / name, name)
            member.mode, member.uname, member.gname = 0o600, "", ""
            with (folder / name).open("rb") as content:
                archive.addfile(member, content)
    file.flush()
    if file.seekable():
        os.fsync(file.fileno())
