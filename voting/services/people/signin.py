"""Sign in with two proofs, and look after one's own password and factors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import Passkey, SignInStep, StepPurpose, User, UserState
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.people import accounts, factors, passwords, sessions, steps
from voting.services.people.enrolment import WRONG_DIGITS, WRONG_PASSKEY

_WRONG: Final = msg("Sign-in name or password are wrong, or the account is locked for now.")


@dataclass(frozen=True, slots=True)
class SignedIn(Event):
    words = msg("{person} signed in.")
    person: str


@dataclass(frozen=True, slots=True)
class PasswordChanged(Event):
    words = msg("{person} changed the password.")
    person: str


@dataclass(frozen=True, slots=True)
class FactorAdded(Event):
    words = msg("{person} added a second proof.")
    person: str


@dataclass(frozen=True, slots=True)
class FactorRemoved(Event):
    words = msg("{person} removed a passkey.")
    person: str


@dataclass(frozen=True, slots=True)
class RecoveryCodesMade(Event):
    words = msg("{person} made new recovery codes.")
    person: str


@dataclass(frozen=True, slots=True)
class FirstProof:
    """How a password compared; made before any lock is taken, because comparing is slow."""

    user_id: int | None
    is_right: bool


@dataclass(frozen=True, slots=True)
class SecondStep:
    """What can be asked of somebody as the second proof."""

    name: str
    has_totp: bool
    passkey: str | None


def compare_password(tx: Tx, *, login: str, password: str) -> FirstProof:
    """Compare a password, in the same time whether or not the account exists."""
    user = tx.scalar(select(User).where(User.login == login.strip().casefold()))
    right = passwords.is_right(tx.settings, password, user.password_hash if user else None)
    return FirstProof(user.id if user else None, right)


def begin_sign_in(tx: Tx, proof: FirstProof) -> str:
    """Go on to the second proof, or count a failure; the answer never tells which was wrong."""
    user = tx.get(User, proof.user_id) if proof.user_id is not None else None
    if user is None:
        raise NotValid(_WRONG)
    if not proof.is_right:
        steps.count_failure(tx, user)
        raise NotValid(_WRONG).recorded()
    if steps.is_locked(user) or user.state is not UserState.ACTIVE:
        raise NotValid(_WRONG)
    return steps.begin_step(tx, user.id, StepPurpose.SIGN_IN)


def read_second_step(tx: Tx, token: str) -> SecondStep:
    """Show which second proofs somebody can give."""
    step = steps.find_step(tx, token, StepPurpose.SIGN_IN)
    owned = factors.read_factors(tx, step.user_id)
    asked = factors.ask_passkey(tx, step) if owned.passkeys else None
    return SecondStep(step.user.name, owned.has_totp, asked)


def sign_in_with_totp(tx: Tx, token: str, digits: str, *, device: str) -> str:
    """Finish with an authenticator's digits; gives the token of the sign-in."""
    step = _open_step(tx, token)
    if not factors.check_totp(tx, step.user_id, digits):
        raise steps.fail_step(tx, step, WRONG_DIGITS)
    return _finish(tx, step, device)


def sign_in_with_passkey(tx: Tx, token: str, answer: str, *, device: str) -> str:
    """Finish with a passkey; gives the token of the sign-in."""
    step = _open_step(tx, token)
    if not factors.check_passkey(tx, step, answer):
        raise steps.fail_step(tx, step, WRONG_PASSKEY)
    return _finish(tx, step, device)


def sign_in_with_recovery_code(tx: Tx, token: str, typed: str, *, device: str) -> str:
    """Finish with a code from paper, which is then used up; gives the token of the sign-in."""
    step = _open_step(tx, token)
    if not factors.check_recovery_code(tx, step.user_id, typed):
        raise steps.fail_step(tx, step, msg("This code is not one of yours, or has been used."))
    return _finish(tx, step, device)


def change_password(tx: Tx, actor: Actor, *, old: str, new: str) -> None:
    """Change one's own password; all other sign-ins end."""
    user = _confirmed(tx, actor, old)
    passwords.check_password(new, login=user.login)
    if passwords.is_right(tx.settings, new, user.password_hash):
        problem = FieldProblem("password", msg("This is the password you have now."))
        raise NotValid("Choose another password than the old one.").at(problem)
    user.password_hash = passwords.hash_password(tx.settings, new)
    user.password_set_at = clock.now()
    accounts.end_sessions(tx, user.id)
    journal.record(tx, actor, PasswordChanged(user.name))


def begin_adding_factor(tx: Tx, actor: Actor, *, password: str) -> str:
    """Start to add a second proof to one's own account; the password is asked again."""
    user = _confirmed(tx, actor, password)
    return steps.begin_step(tx, user.id, StepPurpose.ADD_FACTOR)


def add_totp(tx: Tx, actor: Actor, token: str, digits: str) -> None:
    """Take a new authenticator in the place of the old."""
    step = _own_step(tx, actor, token)
    if not factors.accept_totp(tx, step, digits):
        raise steps.fail_step(tx, step, WRONG_DIGITS)
    steps.end_step(tx, step)
    journal.record(tx, actor, FactorAdded(actor.name))


def add_passkey(tx: Tx, actor: Actor, token: str, answer: str, *, device: str) -> None:
    """Add a passkey."""
    step = _own_step(tx, actor, token)
    if not factors.accept_passkey(tx, step, answer, label=device):
        raise steps.fail_step(tx, step, WRONG_PASSKEY)
    steps.end_step(tx, step)
    journal.record(tx, actor, FactorAdded(actor.name))


def remove_passkey(tx: Tx, actor: Actor, passkey_id: int) -> None:
    """Remove one of one's passkeys; something to prove oneself with has to stay."""
    access.check(actor, Action.OWN_ACCOUNT)
    key = tx.get(Passkey, passkey_id)
    if key is None or key.user_id != actor.user_id:
        raise NotFound("This passkey has already been removed.")
    owned = factors.read_factors(tx, key.user_id)
    if not owned.has_totp and len(owned.passkeys) == 1:
        raise Conflict("This is your only second proof. Add another one first.")
    tx.delete(key)
    journal.record(tx, actor, FactorRemoved(actor.name))


def renew_recovery_codes(tx: Tx, actor: Actor, *, password: str) -> tuple[str, ...]:
    """Make new codes for paper; the old ones end."""
    user = _confirmed(tx, actor, password)
    journal.record(tx, actor, RecoveryCodesMade(user.name))
    return factors.new_recovery_codes(tx, user.id)


def read_own_factors(tx: Tx, actor: Actor) -> factors.Factors:
    """Tell what one can prove oneself with."""
    if actor.user_id is None:
        raise NotAllowed("Please sign in.")
    return factors.read_factors(tx, actor.user_id)


def _open_step(tx: Tx, token: str) -> SignInStep:
    step = steps.find_step(tx, token, StepPurpose.SIGN_IN)
    if steps.is_locked(step.user) or step.user.state is not UserState.ACTIVE:
        raise NotValid(_WRONG)
    return step


def _own_step(tx: Tx, actor: Actor, token: str) -> SignInStep:
    step = steps.find_step(tx, token, StepPurpose.ADD_FACTOR)
    if step.user_id != actor.user_id:
        raise NotAllowed("This was begun by somebody else.")
    return step


def _finish(tx: Tx, step: SignInStep, device: str) -> str:
    user = step.user
    user.failures, user.locked_until = 0, None
    steps.end_step(tx, step)
    journal.record(tx, sessions.actor_of(user), SignedIn(user.name))
    return sessions.start_session(tx, user.id, device=device)


def _confirmed(tx: Tx, actor: Actor, password: str) -> User:
    access.check(actor, Action.OWN_ACCOUNT)
    user = tx.get(User, actor.user_id)
    if user is None or steps.is_locked(user):
        raise NotAllowed("The account is locked for now.")
    if not passwords.is_right(tx.settings, password, user.password_hash):
        steps.count_failure(tx, user)
        problem = FieldProblem("old", msg("This is not your password."))
        raise NotValid("Your password is needed for this.").at(problem).recorded()
    return user
