"""What tests in a real browser may ask for: an app that is served, a hall, tablets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.application import app, clock, settings, transaction, tx
from tests.e2e.tablets import Tablets
from tests.hall import Hall
from tests.live import serving

__all__ = ["app", "clock", "settings", "transaction", "tx"]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The address of the app in a real server."""
    with serving(app) as url:
        yield url


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting with keys made, six cards issued and two more printed."""
    return Hall.build(app, deputies=6)


@pytest.fixture
def tablets(browser: Browser, address: str, hall: Hall) -> Iterator[Tablets]:
    """Tablets of that sitting; the test fails on a script error or a breach of the policy."""
    made = Tablets(browser, address, hall)
    yield made
    made.close()
    assert made.complaints == []
