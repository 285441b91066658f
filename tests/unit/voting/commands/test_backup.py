"""A backup made while the box is open fills another machine, whose logs wait for a comparison."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import flask_migrate
import psycopg
import pytest
from flask import Flask

from tests.hall import Hall
from voting import cli, clock, ledger
from voting.app import create_app
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.ledger import LogLocked
from voting.migrations import FOLDER, init_migrations, upgrade
from voting.models.people import User
from voting.services import witnesses

Command: TypeAlias = Callable[..., int]


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Settings, Settings]]:
    """Two machines: one in use, one with nothing on it."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    here = Settings(one, f"sqlite:///{one / 'voting.db'}", b"0" * 64, "http://localhost")
    if request.param == "sqlite":
        yield here, replace(here, data_dir=two, database=f"sqlite:///{two / 'voting.db'}")
        return
    first = request.getfixturevalue("postgres_database")
    second = re.sub(r"/test_\d+\?", "/restored?", first)
    plain = first.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("CREATE DATABASE restored")
        yield replace(here, database=first), replace(here, data_dir=two, database=second)
        connection.execute("DROP DATABASE restored WITH (FORCE)")


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """Use an installation as its server does."""
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Command:
    """What runs a command on a machine."""

    def run(settings: Settings, *words: str) -> int:
        monkeypatch.setenv("VOTING_DATA", str(settings.data_dir))
        monkeypatch.setenv("VOTING_DATABASE", settings.database)
        monkeypatch.setenv("VOTING_SECRET", settings.secret.decode())
        return cli.main([*words, "--language", "en"])

    return run


def test_a_backup_made_while_voting_goes_on_elsewhere(
    pair: tuple[Settings, Settings],
    command: Command,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, there = pair
    file = tmp_path / "one.backup"
    with running(here) as app:
        hall = Hall.build(app, trustees=1, threshold=1)
        flask_migrate.stamp(str(FOLDER))
        election = hall.open_election()
        hall.cast(election, 1, ["p01"])
        (here.uploads_dir / "a").mkdir(parents=True)
        (here.uploads_dir / "a" / "b.webp").write_bytes(b"picture")
        assert command(here, "backup", str(file)) == 0
        ballot = hall.ballot(election, 2, ["p01"]).raw
        with reading() as tx:
            standing = ledger.heads(tx, hall.slug)[0]

    assert command(there, "restore", str(file)) == 0
    assert f"{hall.slug}: the log has {standing.size} entries and is locked" in (
        capsys.readouterr().out
    )

    assert (there.uploads_dir / "a" / "b.webp").read_bytes() == b"picture"
    with running(there) as app:
        hall.app = app
        with pytest.raises(LogLocked):
            hall.send(ballot)
        with transaction() as tx:
            witnesses.accept_head(tx, hall.slug, size=standing.size, root=standing.root.hex())
        hall.send(ballot)
        hall.count(election)
        report = hall.report()
        with transaction() as tx:
            tx.add(User(login="new", name="new", created_at=clock.now()))
    assert report.findings == []
    assert report.elections[0].ballots == 2


@pytest.fixture
def backup(settings: Settings, app: Flask, command: Command, tmp_path: Path) -> Path:
    """A backup of an installation with an empty log."""
    Hall.gather(app)
    init_migrations(app)
    flask_migrate.stamp(str(FOLDER))
    file = tmp_path / "made.backup"
    assert command(settings, "backup", str(file)) == 0
    return file


def members(file: Path) -> dict[str, bytes]:
    """Read what a backup holds."""
    with tarfile.open(file) as archive:
        return {m.name: (archive.extractfile(m) or io.BytesIO()).read() for m in archive}


def test_a_backup_is_its_owners_alone_and_never_replaces_a_file(
    settings: Settings, backup: Path, command: Command
) -> None:
    before = backup.read_bytes()

    assert backup.stat().st_mode & 0o777 == 0o600
    assert command(settings, "backup", str(backup)) == 1
    assert backup.read_bytes() == before


def test_a_backup_never_carries_what_a_log_signed_last(backup: Path) -> None:
    names = set(members(backup))

    assert names == {"backup.json", "keys/binjiang.log.key", "voting.db"}


def test_keys_can_be_left_out(settings: Settings, backup: Path, command: Command) -> None:
    other = backup.with_suffix(".public")

    assert command(settings, "backup", str(other), "--without-keys") == 0
    assert set(members(other)) == {"backup.json", "voting.db"}


def test_a_damaged_backup_is_refused(
    settings: Settings, backup: Path, command: Command, tmp_path: Path
) -> None:
    held = members(backup) | {"voting.db": b"other"}
    with tarfile.open(tmp_path / "bad.backup", "w:gz") as archive:
        for name, data in held.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    there = replace(settings, data_dir=tmp_path / "new")
    cut = tmp_path / "cut.backup"
    cut.write_bytes(backup.read_bytes()[:2000])

    assert command(there, "restore", str(tmp_path / "bad.backup")) == 1
    assert command(there, "restore", str(cut)) == 2
    assert command(there, "restore", str(tmp_path / "none.backup")) == 2
    assert not there.data_dir.exists()


def test_a_restore_replaces_nothing(settings: Settings, backup: Path, command: Command) -> None:
    assert command(settings, "restore", str(backup)) == 1
    assert command(settings, "restore", str(backup), "--check") == 0
