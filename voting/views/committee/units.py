"""Units: the list, and who acts for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.units import Unit
from voting.rules.access import Action
from voting.services import units
from voting.services.people.accounts import Invited
from voting.services.people.congresses import CongressCard
from voting.services.units import MemberCard, UnitCard
from voting.views.fields import Name, Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("units", __name__, url_prefix="/desk/<slug>/units")


@dataclass(frozen=True, slots=True)
class UnitForm:
    name: Title
    contact: Annotated[str, Meta(max_length=64)]
    is_active: bool


@dataclass(frozen=True, slots=True)
class InviteForm:
    login: Annotated[str, Meta(min_length=2, max_length=64)]
    name: Name


@dataclass(frozen=True, slots=True)
class MemberForm:
    user_id: int


@dataclass(frozen=True, slots=True)
class UnitsPage:
    congress: CongressCard
    units: tuple[UnitCard, ...]


@dataclass(frozen=True, slots=True)
class UnitPage:
    congress: CongressCard
    unit: Unit
    members: tuple[MemberCard, ...]
    candidates: tuple[MemberCard, ...]


@dataclass(frozen=True, slots=True)
class SlipPage:
    """An invitation as a slip to hand over, shown once, and where to go from it."""

    invited: Invited
    back: str


@blueprint.get("")
@door(Action.MANAGE_UNITS)
def list_page(slug: str) -> str:
    with reading() as tx:
        listed = units.list_units(tx, congress().id, with_inactive=True)
    return render("committee/units.html", UnitsPage(congress(), listed))


@blueprint.post("")
@door(Action.MANAGE_UNITS)
def add(slug: str) -> Response:
    form = read_form(UnitForm)
    with transaction() as tx:
        made = units.save_unit(tx, actor(), congress().id, UnitCard(0, form.name, form.contact))
    say(msg("{unit} is on the list. Now name who acts for it.", unit=form.name))
    return redirect(url_for("units.unit_page", slug=slug, unit_id=made.id))


@blueprint.get("/<int:unit_id>")
@door(Action.MANAGE_UNITS)
def unit_page(slug: str, unit_id: int) -> str:
    with reading() as tx:
        unit = units.find_unit(tx, congress().id, unit_id)
        members = units.list_members(tx, actor(), unit_id)
        page = UnitPage(congress(), unit, members, units.list_candidates(tx, actor(), unit_id))
        return render("committee/unit.html", page)


@blueprint.post("/<int:unit_id>")
@door(Action.MANAGE_UNITS)
def change(slug: str, unit_id: int) -> Response:
    form = read_form(UnitForm)
    card = UnitCard(unit_id, form.name, form.contact, form.is_active)
    with transaction() as tx:
        units.save_unit(tx, actor(), congress().id, card)
    say(msg("{unit} is saved.", unit=form.name))
    return redirect(url_for("units.unit_page", slug=slug, unit_id=unit_id))


@blueprint.post("/<int:unit_id>/invitations")
@door(Action.MANAGE_UNITS)
def invite(slug: str, unit_id: int) -> str:
    form = read_form(InviteForm)
    with transaction() as tx:
        units.find_unit(tx, congress().id, unit_id)
        invited = units.invite_member(tx, actor(), unit_id, login=form.login, name=form.name)
    back = url_for("units.unit_page", slug=slug, unit_id=unit_id)
    return render("committee/slip.html", SlipPage(invited, back))


@blueprint.post("/<int:unit_id>/members")
@door(Action.MANAGE_UNITS)
def assign(slug: str, unit_id: int) -> Response:
    form = read_form(MemberForm)
    with transaction() as tx:
        units.find_unit(tx, congress().id, unit_id)
        units.assign_member(tx, actor(), unit_id, form.user_id)
    say(msg("The account now acts for this unit too."))
    return redirect(url_for("units.unit_page", slug=slug, unit_id=unit_id))


@blueprint.post("/<int:unit_id>/members/<int:user_id>/remove")
@door(Action.MANAGE_UNITS)
def remove(slug: str, unit_id: int, user_id: int) -> Response:
    with transaction() as tx:
        units.find_unit(tx, congress().id, unit_id)
        units.remove_member(tx, actor(), unit_id, user_id)
    say(msg("The account no longer acts for this unit."))
    return redirect(url_for("units.unit_page", slug=slug, unit_id=unit_id))
