"""A unit's home: for whom one acts, and what is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint

from voting.db import reading
from voting.rules.access import Action
from voting.services import units
from voting.services.people.congresses import CongressCard
from voting.services.reports.dues import DueSection, read_dues
from voting.services.units import UnitCard
from voting.views.gate import actor, congress, door
from voting.views.menu import Section, menu_for
from voting.views.pages import render

blueprint: Final = Blueprint("unit_home", __name__, url_prefix="/unit/<slug>")


@dataclass(frozen=True, slots=True)
class HomePage:
    congress: CongressCard
    units: tuple[UnitCard, ...]
    dues: tuple[DueSection, ...]
    sections: tuple[Section, ...]


@blueprint.get("")
@door(Action.READ_UNIT)
def home_page(slug: str) -> str:
    with reading() as tx:
        mine = units.units_of(tx, actor(), congress().id)
        due = tuple(one for one in read_dues(tx, actor()) if one.slug == slug)
    places = tuple(one for one in menu_for(actor()) if one.slug == slug)
    return render("unit/home.html", HomePage(congress(), mine, due, places))
