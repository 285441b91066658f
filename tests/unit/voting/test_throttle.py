"""Limits are counted once for all workers, end by themselves, and tell nobody who was counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from voting.app import create_app
from voting.clock import StoppedClock
from voting.config import Settings
from voting.db import db, reading
from voting.models.limits import LimitCount
from voting.throttle import Counts

MINUTE = 60


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings of an installation over either database."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database=request.getfixturevalue("postgres_database"))


@pytest.fixture
def counts(app: Flask, clock: StoppedClock) -> Counts:
    """Counts of nothing so far, while the clock stands."""
    return Counts("database://")


def test_a_count_goes_up_and_ends_with_its_time(counts: Counts, clock: StoppedClock) -> None:
    assert [counts.incr("a", MINUTE) for _ in range(3)] == [1, 2, 3]
    assert counts.get("a") == 3
    assert counts.get("b") == 0
    assert counts.get_expiry("a") == clock.at.timestamp() + MINUTE

    clock.advance(MINUTE + 1)

    assert counts.get("a") == 0
    assert counts.incr("a", MINUTE, 2) == 2


def test_ended_counts_leave_the_database(counts: Counts, clock: StoppedClock) -> None:
    counts.incr("a", MINUTE)
    clock.advance(MINUTE + 1)
    counts.incr("browser-7", MINUTE)

    with reading() as tx:
        assert tx.scalar(select(func.count()).select_from(LimitCount)) == 1
        assert "browser" not in tx.scalars(select(LimitCount.mark)).one()


def test_counts_can_be_forgotten(counts: Counts) -> None:
    assert counts.check()
    for name in "abc":
        counts.incr(name, MINUTE)

    counts.clear("a")

    assert (counts.get("a"), counts.get("b")) == (0, 1)
    assert counts.reset() == 2


def sign_in(client: FlaskClient) -> int:
    """Try to sign in as nobody, with the browser's own cookie."""
    return client.post("/login", data={"login": "x", "password": "y"}).status_code


def test_two_workers_count_together(app: Flask, settings: Settings) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    other = create_app(settings)
    other.config["WTF_CSRF_ENABLED"] = False
    client, second = app.test_client(), other.test_client()
    sign_in(client)
    cookie = client.get_cookie("device")
    assert cookie is not None
    second.set_cookie("device", cookie.value)

    statuses = [sign_in(one) for one in (client, second) * 20]

    with other.app_context():
        db.engine.dispose()
    assert 429 in statuses
    refused = statuses.index(429)
    assert statuses[refused:] == [429] * len(statuses[refused:])
