"""Invite people, give and take roles, disable accounts, and reset those who are locked out.

The system administrator makes accounts, the security administrator decides what they may do: no
one person can let somebody in with rights. Nobody changes their own rights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from sqlalchemy import delete, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import (
    Congress,
    Invitation,
    LoginSession,
    Passkey,
    RecoveryCode,
    RoleGrant,
    Totp,
    User,
    UserState,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import ADMINISTRATORS, ROLE_NAMES, Role
from voting.services import journal
from voting.services.people import sealing

INVITATION_DAYS: Final = 7
_CODE_GROUPS: Final = 3


@dataclass(frozen=True, slots=True)
class PersonInvited(Event):
    words = msg("{person} ({login}) was invited.")
    person: str
    login: str


@dataclass(frozen=True, slots=True)
class RoleGranted(Event):
    words = msg("{person} was given the role {role}.")
    voices: ClassVar = {"role": ROLE_NAMES}
    person: str
    role: str


@dataclass(frozen=True, slots=True)
class RoleWithdrawn(Event):
    words = msg("The role {role} was taken from {person}.")
    voices: ClassVar = {"role": ROLE_NAMES}
    person: str
    role: str


@dataclass(frozen=True, slots=True)
class PersonDisabled(Event):
    words = msg("The account of {person} was disabled.")
    person: str


@dataclass(frozen=True, slots=True)
class PersonEnabled(Event):
    words = msg("The account of {person} was enabled again.")
    person: str


@dataclass(frozen=True, slots=True)
class PersonReset(Event):
    words = msg("Password and second factor of {person} were reset.")
    person: str


@dataclass(frozen=True, slots=True)
class Invited:
    """An account and the one-time code with which its owner enrols; the code is shown once."""

    user_id: int
    login: str
    name: str
    code: str


def invite_person(tx: Tx, actor: Actor, *, login: str, name: str) -> Invited:
    """Make an account without any right."""
    access.check(actor, Action.INVITE_PERSON)
    return add_invited(tx, actor, login=login, name=name)


def invite_deputy(tx: Tx, actor: Actor, congress_id: int, *, login: str, name: str) -> Invited:
    """Make a deputy's account; a secretariat's own right, and for this one role only."""
    access.check(actor, Action.INVITE_DEPUTY, congress_id)
    invited = add_invited(tx, actor, login=login, name=name)
    add_grant(tx, actor, invited.user_id, Role.DEPUTY, congress_id=congress_id)
    return invited


def add_invited(tx: Tx, actor: Actor, *, login: str, name: str) -> Invited:
    """Make an account and its code; who may do so has been asked already."""
    login = login.strip().casefold()
    if tx.scalar(select(User.id).where(User.login == login)) is not None:
        problem = FieldProblem("login", msg("The sign-in name {login} is taken.", login=login))
        raise NotValid("There is already an account with this sign-in name.").at(problem)
    user = User(login=login, name=name.strip(), created_at=clock.now())
    tx.add(user)
    tx.flush()
    journal.record(tx, actor, PersonInvited(user.name, login))
    return Invited(user.id, login, user.name, _new_code(tx, user))


def grant_role(
    tx: Tx, actor: Actor, user_id: int, role: Role, *, congress_id: int | None = None
) -> None:
    """Give somebody else a role; administrators' roles hold for the installation."""
    access.check(actor, Action.GRANT_ROLE)
    _not_oneself(actor, user_id)
    add_grant(tx, actor, user_id, role, congress_id=congress_id)


def add_grant(tx: Tx, actor: Actor, user_id: int, role: Role, *, congress_id: int | None) -> None:
    """Give a role; who may do so has been asked already."""
    user = find_person(tx, user_id)
    if (role in ADMINISTRATORS) != (congress_id is None):
        problem = FieldProblem("congress", msg("Choose a congress for this role, or none."))
        raise NotValid("This role and this congress do not go together.").at(problem)
    if congress_id is not None and tx.get(Congress, congress_id) is None:
        raise NotFound("There is no such congress.")
    held = {(grant.congress_id, grant.role) for grant in user.grants}
    if (congress_id, role) in held:
        raise Conflict("{person} already has this role.", person=user.name)
    if congress_id is None and any(scope is None for scope, _ in held):
        raise Conflict(
            "{person} already is an administrator: the three administrators are three people.",
            person=user.name,
        )
    user.grants.append(
        RoleGrant(
            congress_id=congress_id,
            role=role,
            granted_by_id=actor.user_id,
            granted_at=clock.now(),
        )
    )
    tx.flush()
    journal.record(tx, actor, RoleGranted(user.name, role.value), congress_id=congress_id)


def withdraw_role(tx: Tx, actor: Actor, user_id: int, grant_id: int) -> None:
    """Take a role from somebody else; the last administrator of a kind stays."""
    access.check(actor, Action.GRANT_ROLE)
    _not_oneself(actor, user_id)
    user = find_person(tx, user_id)
    grant = next((grant for grant in user.grants if grant.id == grant_id), None)
    if grant is None:
        raise NotFound("This role has already been taken away.")
    if grant.role in ADMINISTRATORS:
        _not_the_last(tx, user, grant.role)
    user.grants.remove(grant)
    tx.flush()
    event = RoleWithdrawn(user.name, grant.role.value)
    journal.record(tx, actor, event, congress_id=grant.congress_id)


def disable_person(tx: Tx, actor: Actor, user_id: int) -> None:
    """Shut somebody else's account at once, in every browser; nothing they did is lost."""
    access.check(actor, Action.DISABLE_PERSON)
    _not_oneself(actor, user_id)
    user = find_person(tx, user_id)
    for grant in user.grants:
        if grant.role in ADMINISTRATORS:
            _not_the_last(tx, user, grant.role)
    user.state = UserState.DISABLED
    end_sessions(tx, user_id)
    journal.record(tx, actor, PersonDisabled(user.name))


def enable_person(tx: Tx, actor: Actor, user_id: int) -> None:
    """Open a disabled account again, with the proofs it had."""
    access.check(actor, Action.DISABLE_PERSON)
    _not_oneself(actor, user_id)
    user = find_person(tx, user_id)
    user.state = UserState.ACTIVE if user.password_hash else UserState.INVITED
    journal.record(tx, actor, PersonEnabled(user.name))


def reset_person(tx: Tx, actor: Actor, user_id: int) -> Invited:
    """Let somebody enrol again with a new code; old password, factors and sessions end at once."""
    access.check(actor, Action.RESET_PERSON)
    _not_oneself(actor, user_id)
    user = find_person(tx, user_id)
    if user.state is UserState.DISABLED:
        raise Conflict("The account of {person} is disabled. Enable it first.", person=user.name)
    user.state = UserState.INVITED
    user.password_hash = None
    user.failures, user.locked_until = 0, None
    for table in (Totp, Passkey, RecoveryCode):
        tx.execute(delete(table).where(table.user_id == user_id))
    end_sessions(tx, user_id)
    journal.record(tx, actor, PersonReset(user.name))
    return Invited(user.id, user.login, user.name, _new_code(tx, user))


def end_sessions(tx: Tx, user_id: int) -> None:
    """End all sign-ins of an account."""
    running = LoginSession.ended_at.is_(None)
    query = select(LoginSession).where(LoginSession.user_id == user_id, running)
    for session in tx.scalars(query):
        session.ended_at = clock.now()
    tx.flush()


def _new_code(tx: Tx, user: User) -> str:
    unused = Invitation.used_at.is_(None)
    tx.execute(delete(Invitation).where(Invitation.user_id == user.id, unused))
    code = sealing.new_code(_CODE_GROUPS)
    tx.add(
        Invitation(
            user_id=user.id,
            code_hash=sealing.digest(tx.settings, "invitation", code),
            expires_at=clock.now() + timedelta(days=INVITATION_DAYS),
        )
    )
    tx.flush()
    return code


def find_person(tx: Tx, user_id: int) -> User:
    """Give an account's row."""
    user = tx.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def _not_oneself(actor: Actor, user_id: int) -> None:
    if actor.user_id == user_id:
        raise NotAllowed("Nobody changes their own rights. Ask another administrator.")


def _not_the_last(tx: Tx, user: User, role: Role) -> None:
    others = select(RoleGrant.id).join(User, RoleGrant.user_id == User.id)
    alive = User.state != UserState.DISABLED
    query = others.where(RoleGrant.role == role, RoleGrant.user_id != user.id, alive)
    if tx.scalar(query) is None:
        raise Conflict("There would be nobody left with this role. Give it to another one first.")
