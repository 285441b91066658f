"""Attacks A33 and A40: garbage that would stop the count, and two servers that write one log."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from ballots.encoding import canonical
from ballots.objects import store
from tests.application import app, settings
from tests.hall import Hall
from voting import ledger
from voting.app import create_app
from voting.config import Settings
from voting.db import Tx, db, reading, transaction
from voting.errors import Conflict
from voting.ledger import writer
from voting.ledger.keys import LogKey
from voting.models.ledger import LogHead

__all__ = ["app", "settings"]

GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda _raw: b"",
    "no JSON": lambda _raw: b"\xff\xfe",
    "a number": lambda _raw: b"1",
    "a list": lambda _raw: b"[]",
    "an empty object": lambda _raw: b"{}",
    "deep JSON": lambda _raw: b"[" * 5000,
    "another type": lambda raw: raw.replace(b'"type":"ballot"', b'"type":"close"'),
    "cut": lambda raw: raw[:-9],
    "more behind": lambda raw: raw + b" ",
    "no ciphertext": lambda raw: canonical({**json.loads(raw), "ciphertext": ""}),
    "zeros": lambda raw: canonical({**json.loads(raw), "ciphertext": "A" * 86}),
    "no text": lambda raw: canonical({**json.loads(raw), "proof": 7}),
    "one member more": lambda raw: canonical({**json.loads(raw), "note": "x"}),
}


def test_a33_garbage_is_refused_at_the_box_and_the_count_goes_on(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    with reading() as tx:
        before = ledger.find_log(tx, hall.slug).size

    with app.test_client(use_cookies=False) as client:
        statuses = {
            name: client.post(
                f"/api/c/{hall.slug}/ballots",
                data=spoil(raw),
                content_type="application/json",
            ).status_code
            for name, spoil in GARBAGE.items()
        }

    assert {name: status for name, status in statuses.items() if status not in (400, 422)} == {}
    with reading() as tx:
        assert ledger.find_log(tx, hall.slug).size == before
    hall.send(raw)
    hall.count(election)
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 1


def test_a40_two_servers_on_one_database_write_one_log(app: Flask, settings: Settings) -> None:
    hall = Hall.build(app, trustees=1, threshold=1, deputies=12)
    election = hall.open_election()
    other = create_app(settings)
    raws = [hall.ballot(election, card, ["p01"]).raw for card in range(1, 13)]

    def cast(server: Flask, mine: list[bytes]) -> None:
        with server.app_context():
            for raw in mine:
                hall.send(raw)

    threads = [
        threading.Thread(target=cast, args=(server, mine))
        for server, mine in ((app, raws[::2]), (other, raws[1::2]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with other.app_context():
        db.engine.dispose()

    hall.count(election)
    report = hall.report()
    assert report.findings == []
    assert report.elections[0].ballots == 12


def test_a40_a_head_that_moved_meanwhile_is_not_written_over(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    raw = hall.ballot(election, 1, ["p01"]).raw
    real = writer._check_history

    def move(tx: Tx, row: LogHead, key: LogKey) -> None:
        """Let the head move after it was read, as a second writer without the lock would."""
        real(tx, row, key)
        size = update(LogHead).values(size=LogHead.size + 1)
        tx.execute(size.execution_options(synchronize_session=False))

    monkeypatch.setattr(writer, "_check_history", move)
    with pytest.raises(Conflict):
        hall.send(raw)
    monkeypatch.undo()

    hall.send(raw)
    assert hall.report().findings == []


def test_a40_an_object_stands_once_whoever_appends_it(app: Flask) -> None:
    hall = Hall.build(app, trustees=1, threshold=1)
    election = hall.open_election()
    stored = hall.ballot(election, 1, ["p01"])
    place = hall.send(stored.raw)

    assert hall.send(stored.raw) == place
    with pytest.raises(Exception, match=r"order\.repeated"), transaction() as tx:
        ledger.append(tx, hall.congress_id, store(stored.value))
