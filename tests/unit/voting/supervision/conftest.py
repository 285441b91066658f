"""What tests of supervision may ask for: a congress with decided projects, on 1 March."""

from __future__ import annotations

import pytest

from tests.application import app, clock, settings, transaction, tx
from tests.supervised import Supervised, make_supervised, move
from voting.clock import StoppedClock
from voting.db import Tx

__all__ = ["app", "clock", "settings", "transaction", "tx"]


@pytest.fixture
def made(tx: Tx, clock: StoppedClock) -> Supervised:
    """The congress on the day after its vote."""
    move(clock, 3, 1)
    return make_supervised(tx)
