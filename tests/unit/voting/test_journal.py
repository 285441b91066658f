"""The journal: a chain that shows every change, and approvals that need different people."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, msg
from voting.events import Event
from voting.models.people import Congress, User
from voting.rules.access import NOBODY, Action, Actor
from voting.rules.roles import Role
from voting.services import journal


@dataclass(frozen=True, slots=True)
class DoorPainted(Event):
    """A thing that happens in these tests only."""

    words = msg("The door was painted {colour}.")
    colour: str


AUDITOR = Actor(None, "审计员", frozenset({(None, Role.AUDIT_ADMIN)}))


@pytest.fixture
def congress(tx: Tx) -> Congress:
    """A congress to act in."""
    made = Congress(slug="a", name="甲", origin="h/a", created_at=clock.now())
    tx.add(made)
    tx.flush()
    return made


def person(tx: Tx, login: str, *grants: tuple[int, Role]) -> Actor:
    """Add an account and give the actor for it."""
    user = User(login=login, name=login, created_at=clock.now())
    tx.add(user)
    tx.flush()
    return Actor(user.id, login, frozenset(grants))


def matter(congress: Congress, action: Action) -> journal.Matter:
    """Ask consent for an act on the first election."""
    return journal.Matter(action, congress.id, "election:1")


def three_acts(tx: Tx) -> None:
    """Record three acts."""
    for colour in ("red", "gold", "grey"):
        journal.record(tx, NOBODY, DoorPainted(colour))


def test_acts_are_read_newest_first_in_words(tx: Tx) -> None:
    three_acts(tx)

    lines = journal.read(tx, AUDITOR)

    assert [str(line.words) for line in lines] == [
        "The door was painted grey.",
        "The door was painted gold.",
        "The door was painted red.",
    ]


def test_reading_goes_on_before_a_position(tx: Tx) -> None:
    three_acts(tx)

    lines = journal.read(tx, AUDITOR, before=2, limit=1)

    assert [line.position for line in lines] == [1]


def test_an_untouched_chain_is_whole(tx: Tx) -> None:
    three_acts(tx)

    report = journal.check_chain(tx, AUDITOR)

    assert report.broken_at is None
    assert report.length == 3


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ('update journal set details = \'{"colour": "blue"}\' where position = 1', 1),
        ("update journal set user_name = 'other' where position = 0", 0),
        ("update journal set at = '2020-01-01 00:00:00' where position = 2", 2),
        ("delete from journal where position = 1", 1),
        ("delete from journal where position = 2", 2),
        ("update journal set position = 9 where position = 2", 2),
        ("update journal_head set digest = ''", 3),
    ],
)
def test_every_change_in_the_chain_is_found(tx: Tx, change: str, broken_at: int) -> None:
    three_acts(tx)
    tx.execute(text(change))
    tx.expire_all()

    report = journal.check_chain(tx, AUDITOR)

    assert report.broken_at == broken_at


def test_the_export_holds_every_act_with_its_digest(tx: Tx) -> None:
    three_acts(tx)

    lines = [json.loads(line) for line in journal.export(tx, AUDITOR)]

    assert [line["details"]["colour"] for line in lines] == ["red", "gold", "grey"]
    assert lines[-1]["digest"] == journal.check_chain(tx, AUDITOR).digest


def test_only_the_audit_administrator_reads_the_journal(tx: Tx) -> None:
    security = Actor(None, "x", frozenset({(None, Role.SECURITY_ADMIN)}))

    with pytest.raises(NotAllowed):
        journal.read(tx, security)
    with pytest.raises(NotAllowed):
        journal.check_chain(tx, security)
    with pytest.raises(NotAllowed):
        list(journal.export(tx, security))


def test_opening_needs_chair_and_chief_scrutineer(tx: Tx, congress: Congress) -> None:
    chair = person(tx, "chair", (congress.id, Role.CHAIR))
    chief = person(tx, "chief", (congress.id, Role.CHIEF_SCRUTINEER))

    first = journal.approve(tx, chair, matter(congress, Action.OPEN_ELECTION))
    again = journal.approve(tx, chair, matter(congress, Action.OPEN_ELECTION))
    second = journal.approve(tx, chief, matter(congress, Action.OPEN_ELECTION))

    assert first.missing == again.missing == (Role.CHIEF_SCRUTINEER,)
    assert second.is_complete


def test_one_person_with_both_roles_is_one_approval(tx: Tx, congress: Congress) -> None:
    both = person(tx, "x", (congress.id, Role.CHAIR), (congress.id, Role.CHIEF_SCRUTINEER))

    for _ in range(2):
        state = journal.approve(tx, both, matter(congress, Action.CLOSE_ELECTION))

    assert not state.is_complete


def test_a_second_chair_cannot_consent_in_the_place_of_the_chief(
    tx: Tx, congress: Congress
) -> None:
    first, second = (person(tx, name, (congress.id, Role.CHAIR)) for name in ("a", "b"))
    journal.approve(tx, first, matter(congress, Action.CLOSE_ELECTION))

    with pytest.raises(Conflict):
        journal.approve(tx, second, matter(congress, Action.CLOSE_ELECTION))


def test_a_chair_of_another_congress_cannot_consent(tx: Tx, congress: Congress) -> None:
    stranger = person(tx, "s", (congress.id + 1, Role.CHAIR))

    with pytest.raises(NotAllowed):
        journal.approve(tx, stranger, matter(congress, Action.OPEN_ELECTION))


def test_used_approvals_do_not_serve_again(tx: Tx, congress: Congress) -> None:
    chair = person(tx, "chair", (congress.id, Role.CHAIR))
    opening = matter(congress, Action.OPEN_ELECTION)
    journal.approve(tx, chair, opening)

    journal.close_approvals(tx, opening)

    assert journal.approvals(tx, opening).given == frozenset()
