"""Announcements: only of what is declared, numbered once, seen by nobody before their moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from tests.hall import Hall, sheet
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.elections import Election
from voting.models.sittings import Sitting
from voting.rules.access import Actor
from voting.services import announcements, elections, tallying
from voting.services.announcements import Notice

DAY = date(2026, 2, 1)


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A hall whose one vote is counted and declared."""
    made = Hall.build(app)
    election = made.open_election()
    for number in range(1, 5):
        made.cast(election, number, ["p01"])
    made.count(election)
    return made


def declare(hall: Hall) -> None:
    """Declare the vote, by chair and chief scrutineer."""
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, 1)


def announce(hall: Hall, clock: StoppedClock, *, number: int = 1, minutes: int = 0) -> int:
    """Announce the vote, to be public in so many minutes."""
    notice = Notice(number, DAY, clock.at + timedelta(minutes=minutes))
    with transaction() as tx:
        vote = elections.find_election(tx, 1)
        return announcements.announce(tx, hall.secretary, vote, notice).id


def test_a_declared_vote_is_announced_with_a_number(hall: Hall, clock: StoppedClock) -> None:
    declare(hall)
    announce(hall, clock, number=3)

    with reading() as tx:
        found = announcements.find_public(tx, hall.slug, 3)
        assert (found.dated, found.election_id) == (DAY, 1)
        assert [row.number for row in announcements.list_public(tx, hall.congress_id)] == [3]
        assert announcements.next_number(tx, hall.congress_id) == 4


def test_nothing_undeclared_is_announced(hall: Hall, clock: StoppedClock) -> None:
    with pytest.raises(NotNow, match="not declared"):
        announce(hall, clock)


def test_a_rehearsal_is_not_announced(hall: Hall, clock: StoppedClock) -> None:
    declare(hall)
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).is_rehearsal = True

    with pytest.raises(NotNow, match="rehearsal"):
        announce(hall, clock)


def test_before_its_moment_nobody_reads_it_and_it_can_be_taken_back(
    hall: Hall, clock: StoppedClock
) -> None:
    declare(hall)
    first = announce(hall, clock, minutes=10)
    with reading() as tx:
        assert announcements.list_public(tx, hall.congress_id) == []
        with pytest.raises(NotFound):
            announcements.find_public(tx, hall.slug, 1)

    with transaction() as tx:
        announcements.withdraw(tx, hall.secretary, first)
    second = announce(hall, clock, minutes=10)
    clock.advance(600)

    with reading() as tx:
        assert announcements.find_public(tx, hall.slug, 1).id == second
    with transaction() as tx, pytest.raises(NotNow, match="public"):
        announcements.withdraw(tx, hall.secretary, second)


def test_a_vote_is_announced_once_and_a_number_given_once(hall: Hall, clock: StoppedClock) -> None:
    declare(hall)
    announce(hall, clock)
    with pytest.raises(Conflict):
        announce(hall, clock, number=2)
    other = hall.prepare(sheet(4))
    with transaction() as tx:
        row = tx.get_one(Election, other)
        row.declared_at = clock.at

    with transaction() as tx:
        vote = elections.find_election(tx, other)
        with pytest.raises(NotValid) as refused:
            announcements.announce(tx, hall.secretary, vote, Notice(1, DAY, clock.at))

    assert [problem.field for problem in refused.value.problems] == ["number"]


def test_only_the_secretariat_with_an_account_announces(hall: Hall, clock: StoppedClock) -> None:
    declare(hall)
    ghost = Actor(None, "", hall.secretary.grants)
    for actor in (hall.chair, ghost):
        with transaction() as tx:
            vote = elections.find_election(tx, 1)
            with pytest.raises(NotAllowed):
                announcements.announce(tx, actor, vote, Notice(1, DAY, clock.at))
    with transaction() as tx, pytest.raises(NotFound):
        announcements.withdraw(tx, hall.secretary, 99)
