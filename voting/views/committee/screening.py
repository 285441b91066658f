"""Screening: the year's projects, their sheets, and what the office does with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.imports.projects import read_project_form
from voting.models.projects import Project
from voting.models.screening import Legality
from voting.rules.access import Action
from voting.services import projects
from voting.services.people.congresses import CongressCard
from voting.services.projects import ProjectPlan
from voting.services.reports import screens
from voting.services.screening import sheets
from voting.views.fields import asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("screening", __name__, url_prefix="/desk/<slug>/projects")

_LONG: Final = 2000
_NO_CODE: Final = "0"


@dataclass(frozen=True, slots=True)
class ReasonForm:
    reason: Annotated[str, Meta(max_length=_LONG)]


@dataclass(frozen=True, slots=True)
class YearForm:
    year: Annotated[int, Meta(ge=2000, le=2100)]


@dataclass(frozen=True, slots=True)
class AskForm:
    unit: tuple[int, ...]
    own: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class LegalityForm:
    finding: Legality
    note: Annotated[str, Meta(max_length=_LONG)]


@dataclass(frozen=True, slots=True)
class EditPage:
    """The fields of a project; without one it is new."""

    congress: CongressCard
    project: Project | None
    year: int


@blueprint.get("")
@door(Action.SCREEN)
def list_page(slug: str) -> str:
    year = asked_year()
    with reading() as tx:
        return render(
            "committee/projects.html", screens.read_screening(tx, actor(), congress(), year)
        )


@blueprint.get("/new")
@door(Action.SCREEN)
def new_page(slug: str) -> str:
    year = asked_year() or screens.this_year()
    return render("committee/project_edit.html", EditPage(congress(), None, year))


@blueprint.post("/new")
@door(Action.SCREEN)
def make(slug: str) -> Response:
    year, plan = read_form(YearForm).year, read_plan()
    with transaction() as tx:
        made = projects.make_project(tx, actor(), congress().id, year=year, plan=plan)
    say(msg("The project {code} is made. Now bring the proposals into it.", code=made.code))
    return to_sheet(slug, made.id)


@blueprint.get("/<int:project_id>")
@door(Action.SCREEN)
def sheet_page(slug: str, project_id: int) -> str:
    with reading() as tx:
        page = screens.read_sheet(tx, actor(), congress(), project_id)
        return render("committee/project.html", page)


@blueprint.get("/<int:project_id>/edit")
@door(Action.SCREEN)
def edit_page(slug: str, project_id: int) -> str:
    with reading() as tx:
        project = projects.find_project(tx, congress().id, project_id)
        return render("committee/project_edit.html", EditPage(congress(), project, project.year))


@blueprint.post("/<int:project_id>/edit")
@door(Action.SCREEN)
def save(slug: str, project_id: int) -> Response:
    plan = read_plan()
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        projects.save_project(tx, actor(), project_id, plan)
    say(msg("The project is saved."))
    return to_sheet(slug, project_id)


@blueprint.post("/<int:project_id>/ask")
@door(Action.SCREEN)
def ask(slug: str, project_id: int) -> Response:
    form = read_form(AskForm)
    asked: tuple[int | None, ...] = (*form.unit, *((None,) if form.own else ()))
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        sheets.ask(tx, actor(), project_id, asked, due_on=form.due_on)
    say(msg("Asked. Their answers appear here as they come."))
    return to_sheet(slug, project_id, "asked")


@blueprint.post("/<int:project_id>/enquiries/<int:enquiry_id>/take-back")
@door(Action.SCREEN)
def take_back(slug: str, project_id: int, enquiry_id: int) -> Response:
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        sheets.take_back(tx, actor(), project_id, enquiry_id)
    say(msg("They are no longer asked."))
    return to_sheet(slug, project_id, "asked")


@blueprint.get("/<int:project_id>/enquiries/<int:enquiry_id>")
@door(Action.SCREEN)
def judge_page(slug: str, project_id: int, enquiry_id: int) -> str:
    with reading() as tx:
        page = screens.read_enquiry(tx, actor(), congress(), enquiry_id)
        return render("committee/judge.html", page)


@blueprint.post("/<int:project_id>/enquiries/<int:enquiry_id>")
@door(Action.SCREEN)
def judge(slug: str, project_id: int, enquiry_id: int) -> Response:
    given = sheets.parse_answer(request.form)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        sheets.answer(tx, actor(), enquiry_id, given)
    say(msg("The judgement is saved."))
    return to_sheet(slug, project_id, "asked")


@blueprint.post("/<int:project_id>/legality")
@door(Action.SCREEN)
def legality(slug: str, project_id: int) -> Response:
    form = read_form(LegalityForm)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        sheets.review_legality(tx, actor(), project_id, finding=form.finding, note=form.note)
    say(msg("The legality review is noted."))
    return to_sheet(slug, project_id, "legality")


def read_plan() -> ProjectPlan:
    """Read the fields of form 2 and the reason. Raises NotValid, naming every field at fault."""
    # The year gives the code, which a form of candidates would ask for.
    row = read_project_form({**request.form.to_dict(), "code": _NO_CODE})
    reason = read_form(ReasonForm).reason
    return ProjectPlan(
        title=row.title,
        category=row.category,
        reason=reason,
        content=row.content,
        place=row.place,
        goal=row.goal,
        due_on=row.due_on,
        unit=row.unit,
        co_units=row.co_units,
        leader=row.leader,
        total_yuan=row.total_yuan,
        note=row.note,
    )


def to_sheet(slug: str, project_id: int, part: str | None = None) -> Response:
    """Go back to a project's sheet."""
    return redirect(url_for("screening.sheet_page", slug=slug, project_id=project_id, _anchor=part))
