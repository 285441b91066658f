"""The first three administrators, made once, by whoever can read what the server prints."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from sqlalchemy import select

from voting.config import Settings
from voting.db import Tx
from voting.errors import NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import RoleGrant
from voting.rules.access import NOBODY
from voting.rules.roles import Role
from voting.services import journal
from voting.services.people import sealing
from voting.services.people.accounts import Invited, add_grant, add_invited

FIRST = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


@dataclass(frozen=True, slots=True)
class InstallationSetUp(Event):
    words = msg("The first three administrators were made.")


@dataclass(frozen=True, slots=True)
class Founder:
    """One of the three to be."""

    role: Role
    login: str
    name: str


def setup_code(settings: Settings) -> str:
    """Give the code that guards the first set-up; worthless once there are administrators."""
    letters = sealing.digest(settings, "setup", "first").upper()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def is_set_up(tx: Tx) -> bool:
    """Tell whether there is an administrator already."""
    return tx.scalar(select(RoleGrant.id).where(RoleGrant.congress_id.is_(None))) is not None


def set_up(tx: Tx, *, code: str, founders: tuple[Founder, ...]) -> tuple[Invited, ...]:
    """Make the three administrators and the code with which each of them enrols."""
    journal.lock(tx)
    if is_set_up(tx):
        raise NotFound("This installation has already been set up.")
    if not hmac.compare_digest(setup_code(tx.settings), sealing.tidy_code(code)):
        raise NotValid("This is not the set-up code that the server printed.")
    if tuple(founder.role for founder in founders) != FIRST:
        raise NotValid("Three administrators are needed: system, security and audit.")
    if len({founder.login.strip().casefold() for founder in founders}) != len(FIRST):
        raise NotValid("The three administrators are three people with three sign-in names.")
    journal.record(tx, NOBODY, InstallationSetUp())
    return tuple(_found(tx, founder) for founder in founders)


def _found(tx: Tx, founder: Founder) -> Invited:
    invited = add_invited(tx, NOBODY, login=founder.login, name=founder.name)
    add_grant(tx, NOBODY, invited.user_id, founder.role, congress_id=None)
    return invited
