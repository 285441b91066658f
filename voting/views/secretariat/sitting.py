"""Sittings: the list, the plan, and the home of one with what is done and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.sittings import Body
from voting.rules.access import Action
from voting.services import reports
from voting.services.sittings import plenary
from voting.services.sittings.plenary import SittingPlan
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("sitting", __name__, url_prefix="/desk/<slug>")


@dataclass(frozen=True, slots=True)
class PlanForm:
    name: Title
    starts_on: date
    ends_on: date
    deputies: Annotated[int, Meta(ge=1, le=10_000)]
    is_named: bool
    is_rehearsal: bool
    is_committee: bool

    @property
    def plan(self) -> SittingPlan:
        """Give what the service takes."""
        return SittingPlan(
            self.name,
            self.starts_on,
            self.ends_on,
            self.deputies,
            is_named=self.is_named,
            is_rehearsal=self.is_rehearsal,
            body=Body.COMMITTEE if self.is_committee else Body.PLENARY,
        )


@blueprint.get("")
@door(Action.READ_SITTING)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = reports.read_sittings(tx, actor(), slug)
    return render("secretariat/sittings.html", page)


@blueprint.post("/sittings")
@door(Action.EDIT_SITTING)
def plan(slug: str) -> Response:
    form = read_form(PlanForm)
    with transaction() as tx:
        made = plenary.plan_sitting(tx, actor(), congress().id, form.plan)
    say(msg("The sitting is entered. Below is what to do next."))
    return redirect(url_for("sitting.home_page", slug=slug, sitting_id=made.id))


@blueprint.get("/sittings/<int:sitting_id>")
@door(Action.READ_SITTING)
def home_page(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_desk(tx, actor(), slug, sitting_id)
    return render("secretariat/sitting.html", page)


@blueprint.post("/sittings/<int:sitting_id>/plan")
@door(Action.EDIT_SITTING)
def change(slug: str, sitting_id: int) -> Response:
    form = read_form(PlanForm)
    with transaction() as tx:
        plenary.change_plan(tx, actor(), sitting_id, form.plan)
    say(msg("The plan is changed."))
    return redirect(url_for("sitting.home_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/sittings/<int:sitting_id>/begin")
@door(Action.EDIT_SITTING)
def begin(slug: str, sitting_id: int) -> Response:
    with transaction() as tx:
        plenary.begin_sitting(tx, actor(), sitting_id)
    say(msg("Check-in can begin."))
    return redirect(url_for("checkin.desk_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/sittings/<int:sitting_id>/end")
@door(Action.EDIT_SITTING)
def end(slug: str, sitting_id: int) -> Response:
    with transaction() as tx:
        plenary.end_sitting(tx, actor(), sitting_id)
    say(msg("The sitting has ended."))
    return redirect(url_for("sitting.home_page", slug=slug, sitting_id=sitting_id))
