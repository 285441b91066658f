"""Two servers on one PostgreSQL, some of it killed while tablets send: nothing lost, nothing twice.

The long form is `make faults`.
"""

from __future__ import annotations

from tests.faults import rounds
from tools.machine import find_postgresql


def test_killed_servers_and_databases_lose_nothing() -> None:
    assert find_postgresql() is not None, "make setup-machine"

    assert rounds.run("postgresql", 3, servers=2)
