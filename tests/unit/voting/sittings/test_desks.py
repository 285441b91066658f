"""Several desks at once: each deputy comes in once, each card is drawn once, nobody is held up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import pytest
from flask import Flask

from tests.unit.voting.sitting_made import Desk, serial
from voting.app import create_app
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.errors import Conflict, Refused
from voting.models.sittings import Presence
from voting.rules.access import Actor
from voting.services.sittings import attendance, cards
from voting.services.sittings.attendance import CheckIn


@dataclass
class Door:
    """A sitting that meets, at an app that may have several threads."""

    app: Flask
    actor: Actor
    sitting_id: int
    deputies: list[int]

    def enter(self, place: int, status: Presence, card: int) -> str:
        """Check somebody in or out; gives what became of it."""
        entry = CheckIn(self.deputies[place], status, serial(card))
        return self._act(lambda tx: attendance.check_in(tx, self.actor, self.sitting_id, entry))

    def issue(self) -> str:
        """Issue what was drawn."""
        return self._act(
            lambda tx: cards.issue_batch(tx, self.actor, self.sitting_id, even_if_few=True)
        )

    def replace(self, card: int, other: int) -> str:
        """Replace a lost card."""
        return self._act(
            lambda tx: cards.replace_card(
                tx,
                self.actor,
                self.sitting_id,
                serial=serial(card),
                other=serial(other),
                reason="遗失",
            )
        )

    def _act(self, act: Callable[..., object]) -> str:
        try:
            with self.app.app_context(), transaction() as tx:
                act(tx)
        except Conflict:
            return "conflict"
        except Refused as refused:
            return str(refused)
        return "done"


@pytest.fixture(params=["sqlite", "postgresql"])
def door(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Door]:
    """A sitting with twelve deputies and twenty cards, over either database."""
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres_database")
        settings = replace(settings, database=address)
    app = create_app(settings)
    with app.app_context():
        db.create_all()
        with transaction() as tx:
            desk = Desk.open(tx)
            desk.begin(20)
            deputies = [deputy.id for deputy in desk.deputies()]
        yield Door(app, desk.actor, desk.sitting.id, deputies)
        db.session.remove()
        db.engine.dispose()


def at_once(*acts: Callable[[], str]) -> list[str]:
    """Do all at the same time."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result() for future in [pool.submit(act) for act in acts]]


def test_one_deputy_at_two_desks_is_checked_in_once(door: Door) -> None:
    answers = at_once(
        lambda: door.enter(0, Presence.PRESENT, 1), lambda: door.enter(0, Presence.PRESENT, 2)
    )

    assert sorted(answers) == ["conflict", "done"]
    with reading() as tx:
        assert cards.count_cards(tx, door.sitting_id).drawn == 1


def test_one_card_at_two_desks_is_handed_out_once(door: Door) -> None:
    answers = at_once(
        lambda: door.enter(0, Presence.PRESENT, 1), lambda: door.enter(1, Presence.PRESENT, 1)
    )

    assert sorted(answers) == ["conflict", "done"]
    with reading() as tx:
        assert attendance.count_attendance(tx, door.sitting_id).present == 1


def test_batches_do_not_stand_in_the_way_of_the_door(door: Door) -> None:
    for place in range(6):
        door.enter(place, Presence.PRESENT, 12 - place)
    door.issue()

    for n in range(3):
        answers = at_once(
            door.issue,
            partial(door.enter, 6 + n, Presence.PRESENT, 1 + n),
            partial(door.enter, n, Presence.LEFT, 12 - n),
            partial(door.replace, 9 - n, 18 + n),
            door.issue,
        )
        assert answers == ["done"] * 5

    door.issue()
    with reading() as tx:
        assert cards.count_cards(tx, door.sitting_id) == cards.CardCounts(8, 0, 6, 6)
