"""`voting restore`: fills an empty installation from a backup, and leaves its logs locked.

A backup is older than what was signed after it. So no log signs anything until an operator has
compared its head with a witness, or has brought the note of what was signed last from the old
machine: two histories under one key would be worse than a stop.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final

import flask_migrate
from sqlalchemy import select

from voting import ledger, migrations
from voting.app import create_app
from voting.commands.backup import FORMAT, MANIFEST
from voting.config import Settings
from voting.db import db, reading
from voting.exports.copies import SQLITE, copy_in
from voting.i18n import LANGUAGES, speaking, t
from voting.models.people import Congress

DONE: Final = 0
FAILED: Final = 1
MISUSE: Final = 2


class NotRestored(Exception):
    """The backup can't be taken in; the text says why."""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("restore", help="fill an empty installation from a backup")
    command.add_argument("file", type=Path, metavar="FILE", help="made by `voting backup`")
    command.add_argument("--check", action="store_true", help="only see whether it is whole")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the backup, then restore it; nothing that is there is written over."""
    with speaking(arguments.language), tempfile.TemporaryDirectory() as unpacked:
        try:
            manifest = _unpack(arguments.file, Path(unpacked))
            made = t("The backup of {made_at} is whole.", made_at=manifest["made_at"])
            print(made)
            if not arguments.check:
                _restore(manifest, Path(unpacked))
        except (OSError, tarfile.TarError, EOFError) as error:
            print(f"voting restore: {error}", file=sys.stderr)
            return MISUSE
        except NotRestored as reason:
            print(reason, file=sys.stderr)
            return FAILED
    return DONE


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup, and compare every file with what the manifest says."""
    with tarfile.open(file, "r|gz") as archive:
        archive.extractall(folder, filter="data")
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        named: dict[str, str] = manifest["files"]
    except (OSError, ValueError, KeyError, TypeError):
        raise NotRestored(t("This is not a backup of `voting backup`.")) from None
    if manifest.get("format") != FORMAT:
        raise NotRestored(t("This backup was made by another version of the program."))
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    del there[MANIFEST]
    for name in sorted(named.keys() | there.keys()):
        path = there.get(name)
        if path is None or hashlib.sha256(path.read_bytes()).hexdigest() != named.get(name):
            raise NotRestored(t("The backup is damaged: {name}", name=name))
    return manifest


def _restore(manifest: dict[str, Any], folder: Path) -> None:
    data_dir = Path(os.environ.get("VOTING_DATA", "instance")).absolute()
    for name in ("app.key", "keys", SQLITE):
        if (data_dir / name).exists():
            raise NotRestored(t("There is an installation in {folder}.", folder=str(data_dir)))
    data_dir.mkdir(parents=True, exist_ok=True)
    for name in manifest["files"]:
        if name.startswith(("keys/", "uploads/")) or name in ("app.key", SQLITE):
            _place(folder / name, data_dir / name)
    settings = Settings.from_environment()
    app = create_app(settings)
    with app.app_context():
        if db.engine.dialect.name != manifest["database"]:
            raise NotRestored(
                t("The backup is of {database}; name such a one.", database=manifest["database"])
            )
        if manifest["database"] == "postgresql":
            if migrations.current(app) is not None:
                raise NotRestored(t("The database of VOTING_DATABASE is not empty."))
            migrations.init_migrations(app)
            flask_migrate.upgrade(str(migrations.FOLDER), manifest["revision"])
            copy_in(db.engine, folder)
        migrations.upgrade(app)
        _tell_heads()
        db.engine.dispose()


def _tell_heads() -> None:
    """Say where each log stands, and what an operator has to do before it goes on."""
    with reading() as tx:
        for slug in tx.scalars(select(Congress.slug).order_by(Congress.id)):
            size = ledger.find_log(tx, slug).size
            print(t("{slug}: the log has {size} entries and is locked.", slug=slug, size=size))
            print(f"  voting log {slug}")
            print(f"  voting log {slug} --accept SIZE ROOT")
    print(t("Compare each head with a witness or a kept record before you accept it."))


def _place(source: Path, target: Path) -> None:
    """Put a file where it belongs, readable by the server alone."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())
