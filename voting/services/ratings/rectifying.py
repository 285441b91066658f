"""Follows what has to be put right: the unit's measures, its report, until it is rated again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.ratings import Rating, RatingItem, Rectification, RectificationState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, units

OPEN: Final = (
    RectificationState.DEMANDED,
    RectificationState.PLANNED,
    RectificationState.REPORTED,
)
"""Where the unit or the committee still has to do something."""


@dataclass(frozen=True, slots=True)
class MeasuresEntered(Event):
    """A unit said how it will put something right."""

    words = msg("Measures were entered for “{title}”.")
    rectification_id: int
    title: str


@dataclass(frozen=True, slots=True)
class RectificationReported(Event):
    """A unit reported that something is put right."""

    words = msg("“{title}” was reported as put right.")
    rectification_id: int
    title: str


@dataclass(frozen=True, slots=True)
class DeadlineMoved(Event):
    """The committee set another deadline."""

    words = msg("The deadline for “{title}” was moved to {due_on}.")
    rectification_id: int
    title: str
    due_on: str


def plan_measures(tx: Tx, actor: Actor, rectification_id: int, measures: str) -> Rectification:
    """Say how it will be put right; may be changed until the report."""
    row = _own(tx, actor, rectification_id)
    if row.state not in {RectificationState.DEMANDED, RectificationState.PLANNED}:
        raise NotNow("The report is in already.")
    if not measures.strip():
        raise NotValid("Say what will be done, by whom and by when.")
    row.measures, row.planned_at = measures.strip(), clock.now()
    row.state = RectificationState.PLANNED
    event = MeasuresEntered(row.id, row.item.title)
    journal.record(tx, actor, event, congress_id=row.item.rating.congress_id)
    return row


def report_done(tx: Tx, actor: Actor, rectification_id: int, report: str) -> Rectification:
    """Report that it is put right; the next sitting rates it again."""
    row = _own(tx, actor, rectification_id)
    if row.state is RectificationState.DEMANDED:
        raise NotNow("Enter the measures first.")
    if row.state is not RectificationState.PLANNED:
        raise NotNow("The report is in already.")
    if not report.strip():
        raise NotValid("Say what was done and what has come of it.")
    row.report, row.reported_at = report.strip(), clock.now()
    row.state = RectificationState.REPORTED
    event = RectificationReported(row.id, row.item.title)
    journal.record(tx, actor, event, congress_id=row.item.rating.congress_id)
    return row


def send_back(tx: Tx, actor: Actor, rectification_id: int, due_on: date) -> Rectification:
    """Ask for more by another day, or just move the day."""
    row = find_rectification(tx, rectification_id)
    access.check(actor, Action.MANAGE_RATINGS, row.item.rating.congress_id)
    if row.state not in OPEN:
        raise NotNow("This was rated again already.")
    row.due_on = due_on
    if row.state is RectificationState.REPORTED:
        row.state, row.reported_at = RectificationState.PLANNED, None
    event = DeadlineMoved(row.id, row.item.title, due_on.isoformat())
    journal.record(tx, actor, event, congress_id=row.item.rating.congress_id)
    return row


def find_rectification(tx: Tx, rectification_id: int) -> Rectification:
    """Find one by its number."""
    row = tx.get(Rectification, rectification_id)
    if row is None:
        raise NotFound("There is nothing of this number to be put right.")
    return row


def list_rectifications(tx: Tx, congress_id: int) -> Sequence[Rectification]:
    """Give all of a congress: what is open first, by deadline."""
    query = (
        select(Rectification)
        .join(RatingItem, RatingItem.id == Rectification.item_id)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .where(Rating.congress_id == congress_id)
        .order_by(Rectification.closed_at.is_not(None), Rectification.due_on, Rectification.id)
    )
    return tx.scalars(query).all()


def own_rectifications(tx: Tx, actor: Actor, congress_id: int) -> tuple[Rectification, ...]:
    """Give those of the units for which somebody acts."""
    mine = {card.id for card in units.units_of(tx, actor, congress_id)}
    return tuple(row for row in list_rectifications(tx, congress_id) if row.unit_id in mine)


def _own(tx: Tx, actor: Actor, rectification_id: int) -> Rectification:
    """Give one to its unit, or to an office that enters what the unit sent on paper."""
    row = find_rectification(tx, rectification_id)
    congress_id = row.item.rating.congress_id
    if access.is_allowed(actor, Action.MANAGE_RATINGS, congress_id):
        return row
    if row.unit_id is None:
        raise NotAllowed("No unit is named for this item.")
    units.check_member(tx, actor, row.unit_id)
    return row
