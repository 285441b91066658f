"""Somebody between the first proof and the second: a few minutes, a few attempts, one use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotNow, NotValid, msg
from voting.events import Event
from voting.models.people import SignInStep, StepPurpose, User
from voting.rules.access import NOBODY
from voting.services import journal
from voting.services.people import sealing

STEP_MINUTES: Final = 15
MOST_FAILURES: Final = 5
LOCK_MINUTES: Final = 15
_CHALLENGE: Final = 32


@dataclass(frozen=True, slots=True)
class AccountLocked(Event):
    words = msg("The account of {person} was locked for some minutes after failed attempts.")
    person: str


def begin_step(tx: Tx, user_id: int, purpose: StepPurpose) -> str:
    """Let somebody go on to the second proof; older steps of theirs end."""
    tx.execute(
        delete(SignInStep).where(
            (SignInStep.user_id == user_id) | (SignInStep.expires_at < clock.now())
        )
    )
    token = sealing.new_token()
    tx.add(
        SignInStep(
            token_hash=sealing.digest(tx.settings, "step", token),
            user_id=user_id,
            purpose=purpose,
            challenge=secrets.token_bytes(_CHALLENGE),
            expires_at=clock.now() + timedelta(minutes=STEP_MINUTES),
        )
    )
    tx.flush()
    return token


def find_step(tx: Tx, token: str, *purposes: StepPurpose) -> SignInStep:
    """Give the step of a token, while it lasts."""
    wanted = SignInStep.token_hash == sealing.digest(tx.settings, "step", token)
    step = tx.scalar(select(SignInStep).where(wanted))
    if step is None or step.purpose not in purposes or step.expires_at <= clock.now():
        raise NotNow("This took too long, or was begun in another window.").now(
            "Begin again from the sign-in page."
        )
    return step


def end_step(tx: Tx, step: SignInStep) -> None:
    """Use a step up."""
    tx.delete(step)
    tx.flush()


def fail_step(tx: Tx, step: SignInStep, why: Message) -> NotValid:
    """Count a failed second proof, and make the refusal to raise."""
    step.failures += 1
    count_failure(tx, step.user)
    if step.failures >= MOST_FAILURES:
        end_step(tx, step)
    tx.flush()
    return NotValid(why).recorded()


def is_locked(user: User) -> bool:
    """Tell whether attempts are not even looked at for now."""
    return user.locked_until is not None and user.locked_until > clock.now()


def count_failure(tx: Tx, user: User) -> None:
    """Count a failed proof; too many lock the account for some minutes."""
    if is_locked(user):
        return
    user.failures += 1
    if user.failures >= MOST_FAILURES:
        user.failures = 0
        user.locked_until = clock.now() + timedelta(minutes=LOCK_MINUTES)
        journal.record(tx, NOBODY, AccountLocked(user.name))
    tx.flush()
