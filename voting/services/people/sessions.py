"""Sign-ins that are running: start one, find who it belongs to, list them, end them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload, selectinload

from voting import clock
from voting.config import Settings
from voting.db import Tx
from voting.errors import NotFound, msg
from voting.events import Event
from voting.models.people import LoginSession, User, UserState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.people import sealing

# The time of the last request is written only this often: pages poll.
TOUCH_EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    words = msg("A sign-in of {person} was ended.")
    person: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A running sign-in: whose, and whether it needs attention."""

    session_id: int
    actor: Actor
    is_stale: bool
    must_change_password: bool


@dataclass(frozen=True, slots=True)
class RunningSession:
    """A sign-in as it is listed."""

    id: int
    person: str
    device: str
    created_at: datetime
    seen_at: datetime
    is_mine: bool


def start_session(tx: Tx, user_id: int, *, device: str) -> str:
    """Begin a sign-in after both proofs; the token is the browser's alone."""
    token = sealing.new_token()
    now = clock.now()
    forgotten = now - timedelta(days=tx.settings.sign_in_days)
    tx.execute(delete(LoginSession).where(LoginSession.expires_at < forgotten))
    tx.add(
        LoginSession(
            user_id=user_id,
            token_hash=sealing.digest(tx.settings, "session", token),
            device=device[:64],
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=tx.settings.session_hours),
        )
    )
    tx.flush()
    return token


def find_visit(tx: Tx, token: str) -> Visit | None:
    """Tell whose sign-in a token is; none when it ended, timed out or the account is shut."""
    wanted = LoginSession.token_hash == sealing.digest(tx.settings, "session", token)
    whole = joinedload(LoginSession.user).selectinload(User.grants)
    session = tx.scalar(select(LoginSession).options(whole).where(wanted))
    if session is None or not _is_running(tx.settings, session):
        return None
    return Visit(
        session_id=session.id,
        actor=actor_of(session.user),
        is_stale=clock.now() - session.seen_at > TOUCH_EVERY,
        must_change_password=_is_old(tx.settings, session.user),
    )


def touch_session(tx: Tx, session_id: int) -> None:
    """Note that a sign-in is in use."""
    session = tx.get(LoginSession, session_id)
    if session is not None:
        session.seen_at = clock.now()


def end_session(tx: Tx, actor: Actor, session_id: int) -> None:
    """End one's own sign-in, or another's as the security administrator."""
    session = tx.get(LoginSession, session_id)
    if session is None or session.ended_at is not None:
        raise NotFound("This sign-in has already ended.")
    if session.user_id != actor.user_id:
        access.check(actor, Action.END_SESSION)
    session.ended_at = clock.now()
    journal.record(tx, actor, SessionEnded(session.user.name))


def list_sessions(tx: Tx, actor: Actor, *, everybody: bool = False) -> tuple[RunningSession, ...]:
    """List one's own running sign-ins, or everybody's as the security administrator."""
    access.check(actor, Action.READ_SESSIONS if everybody else Action.OWN_ACCOUNT)
    query = select(LoginSession).options(joinedload(LoginSession.user))
    query = query.where(LoginSession.ended_at.is_(None)).order_by(LoginSession.seen_at.desc())
    if not everybody:
        query = query.where(LoginSession.user_id == actor.user_id)
    return tuple(
        RunningSession(
            id=session.id,
            person=session.user.name,
            device=session.device,
            created_at=session.created_at,
            seen_at=session.seen_at,
            is_mine=session.user_id == actor.user_id,
        )
        for session in tx.scalars(query)
        if _is_running(tx.settings, session)
    )


def find_actor(tx: Tx, user_id: int) -> Actor:
    """Give the actor of an account, with the roles it has now."""
    query = select(User).options(selectinload(User.grants)).where(User.id == user_id)
    user = tx.scalar(query)
    if user is None:
        raise NotFound("There is no such account.")
    return actor_of(user)


def actor_of(user: User) -> Actor:
    """Make the value that stands for an account in services."""
    grants = frozenset((grant.congress_id, grant.role) for grant in user.grants)
    return Actor(user_id=user.id, name=user.name, grants=grants)


def _is_running(settings: Settings, session: LoginSession) -> bool:
    now = clock.now()
    idle = timedelta(minutes=settings.idle_minutes)
    return (
        session.ended_at is None
        and now < session.expires_at
        and now - session.seen_at < idle + TOUCH_EVERY
        and session.user.state is UserState.ACTIVE
    )


def _is_old(settings: Settings, user: User) -> bool:
    if settings.password_days == 0 or user.password_set_at is None:
        return False
    return clock.now() - user.password_set_at > timedelta(days=settings.password_days)
