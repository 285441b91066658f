"""What tests of collection may ask for: an installation with one congress."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.application import app, client, clock, settings
from voting.db import transaction
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services.people import congresses

__all__ = ["app", "client", "clock", "settings"]


@pytest.fixture
def congress_id(app: Flask) -> int:
    """The number of a congress."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        return congresses.make_congress(tx, admin, slug="binjiang", name="滨江区人大").id
