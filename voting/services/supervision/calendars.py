"""Gives everybody a calendar of what they owe under a secret address, and takes it back."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select

from voting import clock
from voting.db import Tx
from voting.errors import NotFound, msg
from voting.events import Event
from voting.models.inspections import CalendarKey
from voting.models.people import User, UserState
from voting.rules.access import Actor
from voting.services import journal
from voting.services.people import sessions
from voting.services.supervision.finding import account_of


@dataclass(frozen=True, slots=True)
class CalendarOpened(Event):
    words = msg("A calendar was set up; an earlier one no longer works.")


@dataclass(frozen=True, slots=True)
class CalendarClosed(Event):
    words = msg("The calendar was closed.")


def open_calendar(tx: Tx, actor: Actor) -> str:
    """Make a secret for the address of one's calendar; it is shown once, an earlier one ends."""
    user_id = account_of(actor)
    secret = secrets.token_urlsafe(24)
    tx.execute(delete(CalendarKey).where(CalendarKey.user_id == user_id))
    tx.add(CalendarKey(user_id=user_id, digest=_digest(secret), created_at=clock.now()))
    tx.flush()
    journal.record(tx, actor, CalendarOpened())
    return secret


def close_calendar(tx: Tx, actor: Actor) -> None:
    """Let the address of one's calendar lead nowhere."""
    tx.execute(delete(CalendarKey).where(CalendarKey.user_id == account_of(actor)))
    journal.record(tx, actor, CalendarClosed())


def has_calendar(tx: Tx, actor: Actor) -> bool:
    """Tell whether somebody has a calendar."""
    return actor.user_id is not None and tx.get(CalendarKey, actor.user_id) is not None


def owner_of(tx: Tx, secret: str) -> Actor:
    """Give whose calendar an address is. Raises NotFound for one that no longer works."""
    key = tx.scalar(select(CalendarKey).where(CalendarKey.digest == _digest(secret)))
    user = tx.get(User, key.user_id) if key else None
    if user is None or user.state is not UserState.ACTIVE:
        raise NotFound("There is no calendar at this address.")
    return sessions.find_actor(tx, user.id)


def _digest(secret: str) -> str:
    return hashlib.sha256(b"voting/calendar\0" + secret.encode()).hexdigest()
