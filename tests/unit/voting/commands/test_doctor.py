"""`voting doctor` finds what was spoiled on purpose, names it, and finds nothing otherwise."""

from __future__ import annotations

import importlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from tests.hall import Hall
from voting import cli, clock, fonts, ledger
from voting.app import create_app
from voting.commands import certificate, checks, doctor
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.migrations import FOLDER, init_migrations
from voting.rules.access import NOBODY
from voting.services import journal
from voting.services.witnesses import HeadAccepted


@pytest.fixture
def sound(settings: Settings) -> Settings:
    """Settings that nothing is wrong with."""
    return replace(settings, testing=False, password_cost=65536, data_dir=settings.data_dir)


@pytest.fixture
def hall(app: Flask, sound: Settings) -> Hall:
    """An installation whose log holds a vote."""
    sound.data_dir.chmod(0o700)
    (sound.data_dir / "voting.db").chmod(0o600)
    made = Hall.build(app, trustees=1, threshold=1)
    init_migrations(app)
    flask_migrate.stamp(str(FOLDER))
    made.cast(made.open_election(), 1, ["p01"])
    return made


def findings(app: Flask, settings: Settings) -> list[str]:
    """Say in English what the doctor finds."""
    return [str(f.what) for _, found in doctor.look(app, settings) for f in found]


def spoil(statement: str) -> None:
    """Change the database behind the program's back."""
    with transaction() as tx:
        tx.execute(text(statement))


def test_a_sound_installation_has_no_findings(hall: Hall, sound: Settings) -> None:
    assert findings(hall.app, sound) == []


BROKEN = {
    "DELETE FROM log_entries WHERE position = 2": "Entry 2 of",
    "DELETE FROM log_entries WHERE position > 3": "Entry 4 of",
    "UPDATE log_entries SET raw = x'7b7d' WHERE position = 1": "object of entry 1 is damaged",
    "UPDATE log_entries SET kind = 'close' WHERE position = 0": "object of entry 0 is damaged",
    "UPDATE log_nodes SET hash = x'00' WHERE level = 1 AND position = 0": "1 hashes of the tree",
    "UPDATE log_heads SET root = '00'": "root in the log's head",
    "UPDATE log_heads SET size = size - 1": "more entries",
    "UPDATE log_heads SET checkpoint = 'x'": "signature of the checkpoint",
    "UPDATE log_heads SET vkey = 'x'": "not the one it was begun with",
    "DELETE FROM log_heads": "has no log",
}


def test_a_broken_log_is_found(hall: Hall) -> None:
    for statement, said in BROKEN.items():
        with reading() as tx:
            tx.execute(text("PRAGMA defer_foreign_keys = ON"))
            tx.execute(text(statement))
            found = [str(what) for what in ledger.examine(tx, hall.slug)]

        assert any(said in line for line in found), (statement, found)


def test_a_log_older_than_what_was_signed_is_found(hall: Hall, sound: Settings) -> None:
    head = sound.keys_dir / "binjiang.log.head"
    size, rest = head.read_text().split(" ", 1)
    head.write_text(f"{int(size) + 1} {rest}")

    assert "older than what this log has signed" in findings(hall.app, sound)[0]


def test_a_changed_journal_is_found(hall: Hall, sound: Settings) -> None:
    with transaction() as tx:
        journal.record(tx, NOBODY, HeadAccepted(1, "00"))
    spoil("UPDATE journal SET user_name = 'x' WHERE position = 0")

    assert "The journal was changed at line 0." in findings(hall.app, sound)


def test_a_clock_set_back_is_found(hall: Hall, sound: Settings) -> None:
    with transaction() as tx:
        journal.record(tx, NOBODY, HeadAccepted(1, "00"))

    with clock.stopped(clock.now() - timedelta(days=2)):
        assert "The clock is behind the last line of the journal." in findings(hall.app, sound)
    with clock.stopped(clock.now() - timedelta(days=20000)):
        assert any("The clock stands at" in line for line in findings(hall.app, sound))


def test_keys_that_others_can_read_are_found(hall: Hall, sound: Settings) -> None:
    (sound.keys_dir / "binjiang.log.key").chmod(0o644)

    assert any("binjiang.log.key can be read by others" in f for f in findings(hall.app, sound))


def test_a_database_without_its_tables_is_found(app: Flask, sound: Settings) -> None:
    assert "The database stands at revision -." in findings(app, sound)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"testing": True}, "VOTING_TESTING"),
        ({"secret": b"short"}, "VOTING_SECRET"),
        ({"metrics_token": "short"}, "VOTING_METRICS_TOKEN"),
        ({"base_url": "http://vote.hall"}, "without encryption"),
        ({"host": "0.0.0.0"}, "without a certificate"),  # noqa: S104
        ({"certificate": Path("x")}, "only one is named"),
        ({"password_cost": 8}, "VOTING_PASSWORD_COST"),
        ({"session_hours": 99}, "VOTING_SESSION_HOURS"),
        ({"sign_in_days": 9}, "VOTING_SIGN_IN_DAYS"),
        ({"certificate": Path("x"), "private_key": Path("y")}, "can't be read"),
    ],
)
def test_weak_settings_are_found(
    app: Flask, sound: Settings, changes: dict[str, object], said: str
) -> None:
    found = findings(app, replace(sound, **changes))  # type: ignore[arg-type]  # any field

    assert any(said in line for line in found), found


def test_a_certificate_is_held_to_name_key_and_day(
    app: Flask, sound: Settings, tmp_path: Path
) -> None:
    for folder in ("a", "b"):
        given = ["certificate", "vote.hall", "--folder", str(tmp_path / folder)]
        assert cli.main(given) == certificate.DONE
    a, b = tmp_path / "a", tmp_path / "b"
    good = replace(
        sound,
        base_url="https://vote.hall",
        certificate=a / "server.crt",
        private_key=a / "server.key",
    )
    later = clock.now() + timedelta(days=380)

    assert not any(line.startswith("The certificate") for line in findings(app, good))
    assert "The certificate is not for localhost." in findings(
        app, replace(good, base_url="https://localhost")
    )
    assert "The private key is not that of the certificate." in findings(
        app, replace(good, private_key=b / "server.key")
    )
    with clock.stopped(later):
        assert "The certificate ends within a month." in findings(app, good)
    with clock.stopped(later + timedelta(days=30)):
        assert "The certificate is not valid today." in findings(app, good)


def test_what_the_program_lacks_is_found(
    app: Flask, sound: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_name: str) -> None:
        raise ImportError

    monkeypatch.setattr(fonts, "SERIF", Path("none.otf"))
    monkeypatch.setattr(checks, "damaged_files", lambda: ("booth/page.js",))
    monkeypatch.setattr(importlib, "import_module", missing)
    monkeypatch.setattr(shutil, "disk_usage", _nearly_full)

    found = findings(app, sound)

    assert "The font none.otf is missing." in found
    assert "The browser's file booth/page.js is missing or changed." in found
    assert "The package typst can't be loaded." in found
    assert "Only 1 MB are free on the disk of the data." in found


def _nearly_full(_folder: Path) -> object:
    return type("Usage", (), {"free": 1024**2})()


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> Callable[[Settings], None]:
    """Point the command at an installation."""

    def to(settings: Settings) -> None:
        monkeypatch.setenv("VOTING_DATA", str(settings.data_dir))
        monkeypatch.setenv("VOTING_DATABASE", settings.database)

    return to


def test_the_command_tells_and_answers_with_its_exit_code(
    hall: Hall,
    sound: Settings,
    point: Callable[[Settings], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    point(sound)
    assert cli.main(["doctor", "--json"]) == 0
    assert all(not line["findings"] for line in json.loads(capsys.readouterr().out))

    spoil("UPDATE log_heads SET checkpoint = 'x'")
    assert cli.main(["doctor", "--language", "en"]) == 1
    told = capsys.readouterr().out
    assert "Logs: WRONG" in told
    assert "Journal: in order" in told
    assert hall.slug in told


def test_a_database_that_is_not_there_is_told(
    settings: Settings, point: Callable[[Settings], None], capsys: pytest.CaptureFixture[str]
) -> None:
    point(replace(settings, database="postgresql+psycopg://nobody@127.0.0.1:1/none"))

    assert cli.main(["doctor", "--language", "en"]) == 2
    assert "can't be reached: OperationalError" in capsys.readouterr().out


def test_a_postgresql_that_forgets_or_has_too_few_connections_is_told(
    settings: Settings, postgres_database: str
) -> None:
    # The tests' own PostgreSQL allows 200 connections, and does without fsync.
    there = replace(settings, database=postgres_database)

    def said(workers: int) -> list[str]:
        return [str(f.what) for f in checks.check_database(replace(there, workers=workers))]

    with create_app(there).app_context():
        assert said(workers=2) == ["PostgreSQL is set to fsync = off."]
        assert said(workers=3)[1:] == [
            "PostgreSQL allows 200 connections; this server may open 240."
        ]
        db.engine.dispose()
