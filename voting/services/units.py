"""Keeps the units 责任单位 of a congress and who acts for them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import RoleGrant, User
from voting.models.units import Unit, UnitMember
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.roles import Role
from voting.services import journal
from voting.services.people import accounts
from voting.services.people.accounts import Invited


@dataclass(frozen=True, slots=True)
class UnitSaved(Event):
    words = msg("The unit {unit} was saved.")
    unit: str


@dataclass(frozen=True, slots=True)
class UnitMemberAdded(Event):
    words = msg("{person} now acts for {unit}.")
    unit: str
    person: str


@dataclass(frozen=True, slots=True)
class UnitMemberRemoved(Event):
    words = msg("{person} no longer acts for {unit}.")
    unit: str
    person: str


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit as lists name it."""

    id: int
    name: str
    contact: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class MemberCard:
    """An account that acts, or could act, for a unit."""

    user_id: int
    name: str
    login: str


def list_units(tx: Tx, congress_id: int, *, with_inactive: bool = False) -> tuple[UnitCard, ...]:
    """List the units of a congress by name."""
    query = select(Unit).where(Unit.congress_id == congress_id).order_by(Unit.name)
    if not with_inactive:
        query = query.where(Unit.is_active)
    return tuple(_card(unit) for unit in tx.scalars(query))


def units_of(tx: Tx, actor: Actor, congress_id: int) -> tuple[UnitCard, ...]:
    """List the units for which somebody acts."""
    if Role.UNIT not in actor.roles_in(congress_id):
        return ()
    query = (
        select(Unit)
        .join(UnitMember, UnitMember.unit_id == Unit.id)
        .where(Unit.congress_id == congress_id, UnitMember.user_id == actor.user_id)
        .order_by(Unit.name)
    )
    return tuple(_card(unit) for unit in tx.scalars(query))


def find_unit(tx: Tx, congress_id: int, unit_id: int) -> Unit:
    """Give a unit of a congress."""
    unit = tx.get(Unit, unit_id)
    if unit is None or unit.congress_id != congress_id:
        raise NotFound("There is no such unit.")
    return unit


def check_member(tx: Tx, actor: Actor, unit_id: int) -> Unit:
    """Give a unit to somebody who acts for it. Raises NotAllowed to all others."""
    unit = tx.get(Unit, unit_id)
    if unit is None:
        raise NotFound("There is no such unit.")
    if all(card.id != unit_id for card in units_of(tx, actor, unit.congress_id)):
        raise NotAllowed("You do not act for this unit.").now(
            "Ask the office to name you for this unit."
        )
    return unit


def save_unit(tx: Tx, actor: Actor, congress_id: int, card: UnitCard) -> Unit:
    """Enter a unit, or change the one whose number the card has; 0 is a new one."""
    access.check(actor, Action.MANAGE_UNITS, congress_id)
    name = " ".join(card.name.split())
    same = tx.scalar(select(Unit).where(Unit.congress_id == congress_id, Unit.name == name))
    if same is not None and same.id != card.id:
        problem = FieldProblem("name", msg("{unit} is on the list already.", unit=name))
        raise NotValid("There is already a unit of this name.").at(problem)
    if card.id:
        unit = find_unit(tx, congress_id, card.id)
    else:
        unit = Unit(congress_id=congress_id, created_at=clock.now())
        tx.add(unit)
    unit.name, unit.contact, unit.is_active = name, card.contact, card.is_active
    tx.flush()
    journal.record(tx, actor, UnitSaved(name), congress_id=congress_id)
    return unit


def find_or_make(tx: Tx, actor: Actor, congress_id: int, name: str) -> Unit:
    """Give the unit of a name, made where it was unknown; for imports and typed names."""
    access.check(actor, Action.MANAGE_UNITS, congress_id)
    plain = " ".join(name.split())
    known = tx.scalar(select(Unit).where(Unit.congress_id == congress_id, Unit.name == plain))
    return known or save_unit(tx, actor, congress_id, UnitCard(0, plain))


def list_members(tx: Tx, actor: Actor, unit_id: int) -> tuple[MemberCard, ...]:
    """List who acts for a unit."""
    _managed(tx, actor, unit_id)
    query = (
        select(User)
        .join(UnitMember, UnitMember.user_id == User.id)
        .where(UnitMember.unit_id == unit_id)
        .order_by(User.name, User.id)
    )
    return tuple(MemberCard(user.id, user.name, user.login) for user in tx.scalars(query))


def list_candidates(tx: Tx, actor: Actor, unit_id: int) -> tuple[MemberCard, ...]:
    """List the accounts of other units, which could act for this one too."""
    unit = _managed(tx, actor, unit_id)
    members = select(UnitMember.user_id).where(UnitMember.unit_id == unit_id)
    query = (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.congress_id == unit.congress_id, RoleGrant.role == Role.UNIT)
        .where(User.id.not_in(members))
        .order_by(User.name, User.id)
    )
    return tuple(MemberCard(user.id, user.name, user.login) for user in tx.scalars(query))


def invite_member(tx: Tx, actor: Actor, unit_id: int, *, login: str, name: str) -> Invited:
    """Make an account that acts for a unit; for the role of a unit only."""
    unit = _managed(tx, actor, unit_id)
    invited = accounts.add_invited(tx, actor, login=login, name=name)
    accounts.add_grant(tx, actor, invited.user_id, Role.UNIT, congress_id=unit.congress_id)
    _join(tx, actor, unit, MemberCard(invited.user_id, invited.name, invited.login))
    return invited


def assign_member(tx: Tx, actor: Actor, unit_id: int, user_id: int) -> None:
    """Let an account of another unit act for this one too."""
    unit = _managed(tx, actor, unit_id)
    found = next((c for c in list_candidates(tx, actor, unit_id) if c.user_id == user_id), None)
    if found is None:
        raise Conflict("This account can't be named for the unit.").now("Choose it from the list.")
    _join(tx, actor, unit, found)


def remove_member(tx: Tx, actor: Actor, unit_id: int, user_id: int) -> None:
    """Let an account no longer act for a unit; what it did stays."""
    unit = _managed(tx, actor, unit_id)
    row = tx.get(UnitMember, (unit_id, user_id))
    if row is None:
        raise NotFound("This account does not act for the unit.")
    tx.delete(row)
    tx.flush()
    event = UnitMemberRemoved(unit.name, accounts.find_person(tx, user_id).name)
    journal.record(tx, actor, event, congress_id=unit.congress_id)


def _managed(tx: Tx, actor: Actor, unit_id: int) -> Unit:
    unit = tx.get(Unit, unit_id)
    if unit is None:
        raise NotFound("There is no such unit.")
    access.check(actor, Action.MANAGE_UNITS, unit.congress_id)
    return unit


def _join(tx: Tx, actor: Actor, unit: Unit, member: MemberCard) -> None:
    tx.add(UnitMember(unit_id=unit.id, user_id=member.user_id))
    tx.flush()
    event = UnitMemberAdded(unit.name, member.name)
    journal.record(tx, actor, event, congress_id=unit.congress_id)


def _card(unit: Unit) -> UnitCard:
    return UnitCard(unit.id, unit.name, unit.contact, unit.is_active)
