"""Enrol with a one-time code: a password, then a second proof, then codes for paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import NotValid, msg
from voting.events import Event
from voting.models.people import Invitation, StepPurpose, User, UserState
from voting.services import journal
from voting.services.people import factors, passwords, sealing, sessions, steps

_WRONG: Final = msg("Sign-in name and code do not fit, or the code has been used or is too old.")


@dataclass(frozen=True, slots=True)
class PersonEnrolled(Event):
    words = msg("{person} enrolled.")
    person: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody is shown to set up a second proof."""

    name: str
    totp: factors.TotpOffer
    passkey: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The sign-in that follows, and the codes that are shown this once."""

    session_token: str
    recovery_codes: tuple[str, ...]


def begin_enrolment(tx: Tx, *, login: str, code: str, password: str) -> str:
    """Take the code and a new password; the account opens only with a second proof."""
    user = tx.scalar(select(User).where(User.login == login.strip().casefold()))
    if user is None or steps.is_locked(user):
        raise _wrong()
    hashed = sealing.digest(tx.settings, "invitation", sealing.tidy_code(code))
    wanted = (Invitation.code_hash == hashed) & (Invitation.user_id == user.id)
    invitation = tx.scalar(select(Invitation).where(wanted))
    if (
        invitation is None
        or invitation.used_at is not None
        or invitation.expires_at <= clock.now()
        or user.state is not UserState.INVITED
    ):
        steps.count_failure(tx, user)
        raise _wrong().recorded()
    passwords.check_password(password, login=user.login)
    user.password_hash = passwords.hash_password(tx.settings, password)
    user.password_set_at = clock.now()
    tx.flush()
    return steps.begin_step(tx, user.id, StepPurpose.ENROL)


def read_offer(tx: Tx, token: str, purpose: StepPurpose) -> Offer:
    """Show what is needed to set up a second proof."""
    step = steps.find_step(tx, token, purpose)
    return Offer(step.user.name, factors.offer_totp(tx, step), factors.offer_passkey(tx, step))


def enrol_with_totp(tx: Tx, token: str, digits: str, *, device: str) -> Enrolled:
    """Finish with an authenticator."""
    step = steps.find_step(tx, token, StepPurpose.ENROL)
    if not factors.accept_totp(tx, step, digits):
        raise steps.fail_step(tx, step, WRONG_DIGITS)
    return _finish(tx, token, device)


def enrol_with_passkey(tx: Tx, token: str, answer: str, *, device: str) -> Enrolled:
    """Finish with a passkey."""
    step = steps.find_step(tx, token, StepPurpose.ENROL)
    if not factors.accept_passkey(tx, step, answer, label=device):
        raise steps.fail_step(tx, step, WRONG_PASSKEY)
    return _finish(tx, token, device)


WRONG_DIGITS: Final = msg("These six digits are not the right ones. Wait for the next and try.")
WRONG_PASSKEY: Final = msg("This passkey could not be checked.")


def _wrong() -> NotValid:
    # The same words for an unknown name and a wrong code: names can't be sounded out here either.
    return NotValid(_WRONG).now("Ask an administrator for a new code.")


def _finish(tx: Tx, token: str, device: str) -> Enrolled:
    step = steps.find_step(tx, token, StepPurpose.ENROL)
    user = step.user
    open_codes = select(Invitation).where(
        Invitation.user_id == user.id, Invitation.used_at.is_(None)
    )
    for invitation in tx.scalars(open_codes):
        invitation.used_at = clock.now()
    user.state = UserState.ACTIVE
    user.failures, user.locked_until = 0, None
    steps.end_step(tx, step)
    journal.record(tx, sessions.actor_of(user), PersonEnrolled(user.name))
    session = sessions.start_session(tx, user.id, device=device)
    return Enrolled(session, factors.new_recovery_codes(tx, user.id))
