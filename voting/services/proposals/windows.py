"""Opens and changes the windows in which people propose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.proposals import Audience, CollectionWindow, Proposal
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal


@dataclass(frozen=True, slots=True)
class WindowSaved(Event):
    words = msg("The collection “{title}” was saved.")
    title: str


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """What is entered for a window."""

    year: int
    title: str
    notice: str
    audience: Audience
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window in the list of the desk, with how many proposals came in it."""

    window: CollectionWindow
    is_open: bool
    proposals: int


def save_window(
    tx: Tx, actor: Actor, congress_id: int, plan: WindowPlan, *, window_id: int | None = None
) -> CollectionWindow:
    """Plan a window, or change one. What was proposed in it stays."""
    access.check(actor, Action.MANAGE_COLLECTION, congress_id)
    if plan.closes_at <= plan.opens_at:
        problem = FieldProblem("closes_at", msg("The end comes after the beginning."))
        raise NotValid("The window would be closed before it opens.").at(problem)
    if window_id is None:
        window = CollectionWindow(congress_id=congress_id, created_at=clock.now())
        tx.add(window)
    else:
        window = find_window(tx, congress_id, window_id)
    window.year, window.title, window.notice = plan.year, plan.title, plan.notice
    window.audience = plan.audience
    window.opens_at, window.closes_at = plan.opens_at, plan.closes_at
    tx.flush()
    journal.record(tx, actor, WindowSaved(window.title), congress_id=congress_id)
    return window


def find_window(tx: Tx, congress_id: int, window_id: int) -> CollectionWindow:
    """Give a window of a congress."""
    window = tx.get(CollectionWindow, window_id)
    if window is None or window.congress_id != congress_id:
        raise NotFound("There is no such collection of proposals.")
    return window


def find_public_window(tx: Tx, congress_id: int, window_id: int) -> CollectionWindow:
    """Give a window that asks everybody."""
    window = find_window(tx, congress_id, window_id)
    if window.audience is not Audience.EVERYONE:
        raise NotFound("There is no such collection of proposals.")
    return window


def list_windows(tx: Tx, congress_id: int) -> tuple[WindowLine, ...]:
    """Give all windows, the latest first."""
    counts = dict(
        tx.execute(
            select(Proposal.window_id, func.count())
            .where(Proposal.congress_id == congress_id)
            .group_by(Proposal.window_id)
        ).all()
    )
    query = select(CollectionWindow).where(CollectionWindow.congress_id == congress_id)
    rows = tx.scalars(query.order_by(CollectionWindow.opens_at.desc()))
    return tuple(WindowLine(row, is_open(row), counts.get(row.id, 0)) for row in rows)


def open_windows(
    tx: Tx, congress_id: int, *, for_members: bool = False
) -> Sequence[CollectionWindow]:
    """Give the windows that are open now to everybody, or also to deputies, stations and units."""
    now = clock.now()
    query = select(CollectionWindow).where(
        CollectionWindow.congress_id == congress_id,
        CollectionWindow.opens_at <= now,
        CollectionWindow.closes_at > now,
    )
    if not for_members:
        query = query.where(CollectionWindow.audience == Audience.EVERYONE)
    return tx.scalars(query.order_by(CollectionWindow.closes_at)).all()


def check_open(window: CollectionWindow, *, for_members: bool = False) -> None:
    """Refuse a proposal outside its window's days, or from those whom it doesn't ask."""
    if window.audience is Audience.MEMBERS and not for_members:
        raise NotFound("There is no such collection of proposals.")
    if clock.now() < window.opens_at:
        raise NotNow("This collection of proposals has not begun yet.").now(
            "Come back when it has begun; the page says when."
        )
    if not is_open(window):
        raise NotNow("This collection of proposals is over.").now(
            "Keep your text, and send it in when the next collection begins."
        )


def is_open(window: CollectionWindow) -> bool:
    """Tell whether its days are now."""
    return window.opens_at <= clock.now() < window.closes_at
