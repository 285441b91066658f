"""An empty database in a file, an app over it and a clock that stands, for tests of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from voting import clock as clocks
from voting.app import create_app
from voting.config import Settings
from voting.db import Tx, db
from voting.db import transaction as begin


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a throw-away installation."""
    return Settings(
        data_dir=tmp_path,
        database=f"sqlite:///{tmp_path / 'voting.db'}",
        secret=b"0" * 64,
        base_url="http://localhost",
        testing=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """An app with all tables and nothing in them, its context pushed."""
    made = create_app(settings)
    with made.app_context():
        db.create_all()
        yield made
        db.engine.dispose()


@pytest.fixture
def transaction(app: Flask) -> Callable[[], AbstractContextManager[Tx]]:
    """Give what opens a unit of work; it commits at the end of its block."""
    assert app
    return begin


@pytest.fixture
def tx(app: Flask) -> Iterator[Tx]:
    """One transaction around the test; it commits at the end of the test."""
    assert app
    with begin() as opened:
        yield opened


@pytest.fixture
def clock() -> Iterator[clocks.StoppedClock]:
    """A clock that stands at 1 February 2026, 9:00 in Hangzhou."""
    with clocks.stopped(datetime(2026, 2, 1, 1, 0, tzinfo=UTC)) as stopped:
        yield stopped
