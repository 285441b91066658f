"""Two sealed sittings that differ only in who drew which card leave the same things behind.

In the second one the deputies come in another order and draw other cards; who is present, which
cards are good and which ballots are cast is the same. Chance and the clock are the same as well, so
whatever differs afterwards could tell who drew which card.
"""

from __future__ import annotations

import os
import re
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest
import structlog
from sqlalchemy import text

from tests.congress import card
from tests.hall import Hall
from tests.unit.voting.sitting_made import Desk, a_person, credential, serial
from voting import cli, clock
from voting.app import create_app
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.exports.copies import copy_out
from voting.migrations import upgrade
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import journal
from voting.services.sittings import cards

DEPUTIES = 29
# Each deputy by place on the roster, with the card that they draw, in the order in which they come.
Pairing: TypeAlias = tuple[tuple[int, int], ...]
IN_ORDER: Pairing = tuple((place, place + 1) for place in range(DEPUTIES))
OTHERWISE: Pairing = tuple(
    ((place * 5 + 3) % DEPUTIES, (place * 7 + 2) % DEPUTIES + 1) for place in range(DEPUTIES)
)
Hold: TypeAlias = Callable[[str, str, Pairing], Settings]


@pytest.fixture
def hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """What holds a sitting in a folder and a database, with the chance of all the others."""

    def in_folder(name: str, database: str, pairing: Pairing) -> Settings:
        folder = tmp_path / name
        folder.mkdir()
        address = database or f"sqlite:///{folder / 'voting.db'}"
        settings = Settings(folder, address, b"0" * 64, "http://localhost")
        numbers = count()

        def chance(size: int = 32) -> bytes:
            return sha256(b"%d" % next(numbers)).digest()[:size].ljust(size, b"x")

        with clock.stopped(datetime(2026, 2, 1, 1, tzinfo=UTC)), monkeypatch.context() as patch:
            patch.setattr(os, "urandom", chance)
            patch.setattr(secrets, "token_bytes", chance)
            patch.setattr(secrets, "token_urlsafe", lambda size=32: chance(size).hex())
            hold_sitting(settings, pairing)
        return settings

    return in_folder


def hold_sitting(settings: Settings, pairing: Pairing) -> None:
    """Hold a sealed sitting from check-in to the count."""
    app = create_app(settings)
    upgrade(app)
    with app.app_context():
        desk, hall = gather(app)
        for place, number in pairing:
            with transaction() as tx:
                replace(desk, tx=tx).check_in(place, card=number)
        with transaction() as tx:
            tx.execute(text("ANALYZE"))
        with transaction() as tx:
            cards.issue_batch(tx, desk.actor, desk.sitting.id)
        hall.hold_ceremony()
        election = hall.open_election()
        client = app.test_client(use_cookies=False)
        for number in range(1, DEPUTIES + 1):
            raw = hall.ballot(election, number, ["p01"] if number % 3 else ["p02"]).raw
            sent = client.post("/api/c/a/ballots", data=raw, content_type="application/json")
            assert sent.status_code == 201
        hall.count(election)
        assert hall.report().findings == []
        db.engine.dispose()


def gather(app: Any) -> tuple[Desk, Hall]:
    """Plan a sealed sitting with its roster and its cards, and let check-in begin."""
    with transaction() as tx:
        desk = Desk.open(tx, deputies=DEPUTIES)
        desk.begin(DEPUTIES)
        hall = Hall(
            app,
            "a",
            desk.congress_id,
            desk.sitting.id,
            secretary=desk.actor,
            chair=a_person(tx, desk.congress_id, Role.CHAIR),
            chief=a_person(tx, desk.congress_id, Role.CHIEF_SCRUTINEER),
            trustees=1,
            threshold=1,
            cards=[card(number) for number in range(1, DEPUTIES + 1)],
        )
    return desk, hall


def pages(file: Path) -> list[bytes]:
    """Cut a database file into its pages."""
    raw = file.read_bytes()
    return [raw[at : at + 4096] for at in range(0, len(raw), 4096)]


def copied(settings: Settings, folder: Path) -> bytes:
    """Give the database as a backup holds it."""
    folder.mkdir()
    app = create_app(settings)
    with app.app_context():
        copy_out(db.engine, folder)
        db.engine.dispose()
    return (folder / "voting.db").read_bytes()


def test_a_database_file_does_not_tell_who_drew_which_card(
    hold: Hold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = hold("one", "", IN_ORDER), hold("two", "", OTHERWISE)
    files = [settings.data_dir / "voting.db" for settings in (one, two)]
    assert not any(file.with_name("voting.db-wal").exists() for file in files)
    with closing(sqlite3.connect(files[0])) as connection:
        named = dict(connection.execute("select pageno, name from dbstat").fetchall())

    pairs = enumerate(zip(*map(pages, files), strict=True), start=1)
    differing = {named[number] for number, (a, b) in pairs if a != b}

    # Free space on the cards' own pages may still tell in which order cards were drawn, but
    # nothing tells any more in which order deputies came.
    assert differing <= {"cards", "ix_cards_sitting_id_state"}
    assert copied(one, tmp_path / "a") == copied(two, tmp_path / "b")
    for settings in (one, two):
        monkeypatch.setenv("VOTING_DATA", str(settings.data_dir))
        assert cli.main(["tidy"]) == 0
    assert pages(files[0])[1:] == pages(files[1])[1:]


def test_rows_of_postgresql_do_not_tell_who_drew_which_card(
    hold: Hold, postgres_database: str
) -> None:
    other = re.sub(r"/test_\d+\?", "/paired?", postgres_database)
    with psycopg.connect(postgres_database.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE DATABASE paired")
        hold("one", postgres_database, IN_ORDER)
        hold("two", other, OTHERWISE)
        one, two = laid_down(postgres_database), laid_down(other)
        connection.execute("DROP DATABASE paired WITH (FORCE)")

    assert {name for name in one if one[name] != two[name]} == set()


def laid_down(address: str) -> dict[str, list[tuple[Any, ...]]]:
    """Read all rows in the order in which they lie, and which of them one transaction wrote."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        listed = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = {}
        for (name,) in listed.fetchall():
            rows = connection.execute(f'SELECT ctid, t.* FROM "{name}" t'.encode()).fetchall()  # noqa: S608 - the database's own names
            writers = connection.execute(
                f'SELECT dense_rank() OVER (ORDER BY xmin::text::bigint) FROM "{name}"'.encode()  # noqa: S608 - as above
            )
            found[name] = rows
            found[f"{name}, by whom"] = writers.fetchall()
    return found


def test_logs_numbers_and_journal_name_neither_deputies_nor_cards(
    hold: Hold, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as lines:
        settings = hold("one", "", IN_ORDER)
    app = create_app(replace(settings, metrics_token="t0ken"))
    with app.app_context():
        bearer = {"Authorization": "Bearer t0ken"}
        numbers = app.test_client().get("/metrics", headers=bearer).get_data(as_text=True)
        auditor = Actor(None, "audit", frozenset({(None, Role.AUDIT_ADMIN)}))
        with reading() as tx:
            kept = b"".join(journal.export(tx, auditor)).decode()
            trackers = list(tx.scalars(text("SELECT object_id FROM log_entries")))
            names = list(tx.scalars(text("SELECT name FROM deputies")))
        db.engine.dispose()

    secrets_of_the_hall = [
        *(serial(number) for number in range(1, DEPUTIES + 1)),
        *(credential(card(number)) for number in range(1, DEPUTIES + 1)),
        *names,
    ]
    told = repr(lines) + "".join(capsys.readouterr()) + numbers
    assert len(names) == DEPUTIES
    assert "api_ballots.cast" in told
    assert [word for word in [*secrets_of_the_hall, *trackers] if word in told] == []
    assert [word for word in secrets_of_the_hall if word in kept] == []
