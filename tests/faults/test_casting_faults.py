"""Every step of taking a ballot fails once: nothing is half done, and the tablet can try again."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from ballots.receipt import check_receipt, parse_receipt
from tests.hall import Hall
from voting.config import Settings
from voting.db import db
from voting.ledger import keys
from voting.services import casting

# More statements than taking a ballot asks of the database.
MOST_STEPS = 40


class PowerCut(Exception):
    """The machine lost its power at this statement."""


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four."""
    return Hall.build(app, trustees=1, threshold=1)


@contextmanager
def failing_at(step: int, *, done: bool) -> Iterator[list[str]]:
    """Fail at the statement of a number, before it or after it was done."""
    asked: list[str] = []

    def fail(*arguments: object) -> None:
        asked.append(str(arguments[2]))
        if len(asked) == step:
            raise PowerCut

    moment = "after_cursor_execute" if done else "before_cursor_execute"
    event.listen(db.engine, moment, fail)
    try:
        yield asked
    finally:
        event.remove(db.engine, moment, fail)


@pytest.mark.parametrize("done", [False, True])
def test_a_ballot_is_taken_whole_or_not_at_all_whichever_statement_fails(
    hall: Hall, done: bool
) -> None:
    election = hall.open_election()
    steps = 0
    for step in range(1, MOST_STEPS):
        raw = hall.ballot(election, 1 + step % 3, ["p01"], step).raw
        with failing_at(step, done=done) as asked:
            try:
                hall.send(raw)
            except PowerCut:
                steps += 1
                continue
        assert len(asked) < step
        break

    place = hall.cast(election, 4, ["p01"])

    assert steps > 15
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 2
    assert hall.receipt(place)


def test_a_full_disk_leaves_the_log_as_it_was(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1, deputies=20)
    election = hall.open_election()

    with disk_full():
        refused = [card for card in range(1, 21) if not try_to_cast(hall, election, card)]

    assert refused
    for card in refused:
        hall.cast(election, card, ["p01"])
    hall.count(election)
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 20


@contextmanager
def disk_full() -> Iterator[None]:
    """Let the database file grow no more."""

    def fill(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    db.engine.dispose()
    event.listen(db.engine, "connect", fill)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", fill)
        db.engine.dispose()


def try_to_cast(hall: Hall, election: int, card: int) -> bool:
    try:
        hall.cast(election, card, ["p01"])
    except OperationalError:
        return False
    return True


def test_a_full_disk_for_the_noted_head_costs_no_ballot(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = hall.open_election()
    real = keys._head_bytes

    def fail(_head: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keys, "_head_bytes", fail)
    first = hall.cast(election, 1, ["p01"])
    monkeypatch.setattr(keys, "_head_bytes", real)
    second = hall.cast(election, 2, ["p01"])

    assert second.position == first.position + 1
    assert hall.report().findings == []


def test_a_fault_is_told_to_the_tablet_without_what_it_sent(
    hall: Hall, caplog: pytest.LogCaptureFixture
) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    hall.app.testing = False

    with hall.app.test_client(use_cookies=False) as client, failing_at(9, done=False):
        answer = client.post(
            "/api/c/binjiang/ballots", data=raw, headers={"Content-Type": "application/json"}
        )

    assert (answer.status_code, answer.get_json()["rule"]) == (500, "fault")
    assert "again" in answer.get_json()["message"] or "重新" in answer.get_json()["message"]
    assert raw[:60].decode() not in caplog.text


def test_a_database_that_is_away_asks_the_tablet_for_patience(
    hall: Hall, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    hall.app.testing = False

    def be_away(*_arguments: object) -> None:
        raise OperationalError("SELECT", {}, ConnectionRefusedError())

    with hall.app.test_client(use_cookies=False) as client:
        headers = {"Content-Type": "application/json"}
        with monkeypatch.context() as patched:
            patched.setattr(casting, "check", be_away)
            answer = client.post("/api/c/binjiang/ballots", data=raw, headers=headers)
        again = client.post("/api/c/binjiang/ballots", data=raw, headers=headers)

    assert (answer.status_code, answer.get_json()["rule"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert again.status_code == 201
    assert raw[:60].decode() not in caplog.text


CASTER = """
    import sys
    from pathlib import Path
    from voting.app import create_app
    from voting.config import Settings
    from voting.db import reading, transaction
    from voting.services import casting

    folder = Path(sys.argv[1])
    app = create_app(
        Settings(
            data_dir=folder,
            database=f"sqlite:///{folder / 'voting.db'}",
            secret=b"0" * 64,
            base_url="http://localhost",
        )
    )
    with app.app_context():
        for path in sorted(folder.glob("*.ballot")):
            with reading() as tx:
                checked = casting.check(tx, "binjiang", path.read_bytes())
            with transaction() as tx:
                place = casting.accept(tx, checked).place
            with reading() as tx:
                receipt = casting.receipt(tx, place).text
            (folder / f"{path.stem}.receipt").write_text(receipt, encoding="utf-8")
            print("receipt", int(path.stem), flush=True)
"""


def test_a_killed_server_keeps_every_ballot_that_has_a_receipt(
    app: Flask, settings: Settings
) -> None:
    hall = Hall.build(app, trustees=1, threshold=1, deputies=40)
    election = hall.open_election()
    for card in range(1, 41):
        raw = hall.ballot(election, card, ["p01"]).raw
        (settings.data_dir / f"{card:02}.ballot").write_bytes(raw)
    db.engine.dispose()

    receipts = cast_until_killed(settings.data_dir)

    places = [hall.cast(election, card, ["p01"]) for card in range(1, 41)]
    by_tracker = {place.object_id: place.position for place in places}
    assert 5 <= len(receipts) < 40
    for text in receipts:
        receipt = parse_receipt(text)
        assert by_tracker[check_receipt(receipt, hall.key())] == receipt.index
    hall.count(election)
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 40


def cast_until_killed(folder: Path) -> list[str]:
    """Have another process cast, kill it after some receipts, and give those."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CASTER), str(folder)],
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        stdout=subprocess.PIPE,
    )
    with process, process.stdout or io.BytesIO() as told:
        for line in told:
            if line.startswith(b"receipt 5"):
                break
        process.send_signal(signal.SIGKILL)
    written = (path.read_text(encoding="utf-8") for path in folder.glob("*.receipt"))
    return [text for text in written if text]
