"""Announces declared outcomes: a number and a date each, seen by everyone from a set moment on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.announcements import Announcement
from voting.models.elections import Election
from voting.models.handcounts import HandCount
from voting.models.sittings import BallotKind
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import candidates, journal, projects
from voting.services.handcounts.rounds import chosen_in_all
from voting.services.people import congresses
from voting.services.projects import Decided


@dataclass(frozen=True, slots=True)
class OutcomeAnnounced(Event):
    """An announcement was written; it may become public later."""

    words = msg("Announcement No. {number} was made: “{title}”.")
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class AnnouncementWithdrawn(Event):
    """An announcement was taken back before anybody could read it."""

    words = msg("Announcement No. {number} was withdrawn before it was public.")
    number: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What is entered: the number, the date under it, and from when on it is public."""

    number: int
    dated: date
    public_from: datetime


def announce(tx: Tx, actor: Actor, vote: Election | HandCount, notice: Notice) -> Announcement:
    """Announce a declared vote, once."""
    sitting = vote.sitting
    access.check(actor, Action.ANNOUNCE, sitting.congress_id)
    if actor.user_id is None:
        raise NotAllowed("An announcement is made by a person with an account.")
    if sitting.is_rehearsal:
        raise NotNow("A rehearsal is not announced.")
    if vote.declared_at is None:
        raise NotNow("This outcome is not declared yet.").now(
            "Chair and chief scrutineer declare it first."
        )
    if announcement_of(tx, vote) is not None:
        raise Conflict("This vote has been announced already.")
    same = select(Announcement.id).where(
        Announcement.congress_id == sitting.congress_id, Announcement.number == notice.number
    )
    if tx.scalar(same) is not None:
        what = msg("No. {number} is taken.", number=notice.number)
        raise NotValid("The announcement needs another number.").at(FieldProblem("number", what))
    row = Announcement(
        congress_id=sitting.congress_id,
        election_id=vote.id if isinstance(vote, Election) else None,
        hand_count_id=vote.id if isinstance(vote, HandCount) else None,
        number=notice.number,
        dated=notice.dated,
        public_from=notice.public_from,
        made_by_id=actor.user_id,
        made_at=clock.now(),
    )
    tx.add(row)
    tx.flush()
    event = OutcomeAnnounced(row.number, vote.title)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    _let_projects_follow(tx, actor, vote)
    return row


def withdraw(tx: Tx, actor: Actor, announcement_id: int) -> None:
    """Take back an announcement that nobody could read yet."""
    row = tx.get(Announcement, announcement_id)
    if row is None:
        raise NotFound("There is no such announcement.")
    access.check(actor, Action.ANNOUNCE, row.congress_id)
    if is_public(row):
        raise NotNow("This announcement is public; it stays as it is.")
    tx.delete(row)
    event = AnnouncementWithdrawn(row.number)
    journal.record(tx, actor, event, congress_id=row.congress_id)


def announcement_of(tx: Tx, vote: Election | HandCount) -> Announcement | None:
    """Give a vote's announcement, public or not."""
    is_by_hand = isinstance(vote, HandCount)
    column = Announcement.hand_count_id if is_by_hand else Announcement.election_id
    return tx.scalar(select(Announcement).where(column == vote.id))


def is_public(row: Announcement) -> bool:
    """Tell whether its moment has come."""
    return row.public_from <= clock.now()


def find_public(tx: Tx, slug: str, number: int) -> Announcement:
    """Find an announcement that everyone may read."""
    congress = congresses.find_congress(tx, slug)
    query = select(Announcement).where(
        Announcement.congress_id == congress.id, Announcement.number == number
    )
    row = tx.scalar(query)
    if row is None or not is_public(row):
        raise NotFound("There is no announcement at this address.")
    return row


def list_public(tx: Tx, congress_id: int) -> Sequence[Announcement]:
    """Give what everyone may read, the latest first."""
    query = select(Announcement).where(
        Announcement.congress_id == congress_id, Announcement.public_from <= clock.now()
    )
    return tx.scalars(query.order_by(Announcement.number.desc())).all()


def _let_projects_follow(tx: Tx, actor: Actor, vote: Election | HandCount) -> None:
    """Let the projects of a decision know what became of them; what was declared stays so."""
    listed = candidates.locked_list(tx, vote.sitting_id, vote.kind)
    if vote.kind is not BallotKind.DECISION or listed is None:
        return
    chosen = chosen_in_all(tx, vote)
    decided = Decided(projects.year_of(tx, listed), chosen.outcomes, chosen.is_final)
    projects.take_outcome(tx, actor, listed, decided)


def next_number(tx: Tx, congress_id: int) -> int:
    """Suggest the number after the highest."""
    query = select(func.max(Announcement.number)).where(Announcement.congress_id == congress_id)
    return (tx.scalar(query) or 0) + 1
