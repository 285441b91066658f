"""What a project is put together from: proposals, parts, money; merging, splitting, declining."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.imports.texts import read_amount
from voting.rules.access import Action
from voting.services import projects
from voting.services.projects import MoneyPlan, PartPlan
from voting.services.reports import screens
from voting.services.screening import joining
from voting.services.screening.joining import Split
from voting.views.committee.screening import to_sheet
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("composing", __name__, url_prefix="/desk/<slug>/projects")

_Short = Annotated[str, Meta(max_length=100)]


@dataclass(frozen=True, slots=True)
class PartForm:
    title: Annotated[str, Meta(min_length=1, max_length=100)]
    goal: _Short
    unit: _Short


@dataclass(frozen=True, slots=True)
class MoneyForm:
    money_year: Annotated[int, Meta(ge=2000, le=2100)]
    source: Annotated[str, Meta(min_length=1, max_length=64)]
    amount: _Short
    part: int | None


@dataclass(frozen=True, slots=True)
class ProposalsForm:
    proposal: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoundingForm:
    year: Annotated[int, Meta(ge=2000, le=2100)]
    proposal: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergeForm:
    into: int


@dataclass(frozen=True, slots=True)
class SplitForm:
    title: Title
    part: tuple[int, ...]
    money: tuple[int, ...]
    proposal: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DeclineForm:
    reason: Annotated[str, Meta(max_length=2000)]


@blueprint.post("/<int:project_id>/parts", defaults={"part_id": None})
@blueprint.post("/<int:project_id>/parts/<int:part_id>")
@door(Action.SCREEN)
def part(slug: str, project_id: int, part_id: int | None) -> Response:
    form = read_form(PartForm)
    plan = PartPlan(form.title, form.goal, form.unit)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        if part_id is None:
            projects.add_part(tx, actor(), project_id, plan)
        else:
            projects.save_part(tx, actor(), project_id, part_id, plan=plan)
    say(msg("The part is saved."))
    return to_sheet(slug, project_id, "parts")


@blueprint.post("/<int:project_id>/parts/<int:part_id>/remove")
@door(Action.SCREEN)
def remove_part(slug: str, project_id: int, part_id: int) -> Response:
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        projects.remove_part(tx, actor(), project_id, part_id)
    say(msg("The part is taken off."))
    return to_sheet(slug, project_id, "parts")


@blueprint.post("/<int:project_id>/money")
@door(Action.SCREEN)
def money(slug: str, project_id: int) -> Response:
    form = read_form(MoneyForm)
    yuan = read_amount(form.amount, "amount")
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        plan = MoneyPlan(form.money_year, form.source, yuan, form.part)
        projects.add_money(tx, actor(), project_id, plan)
    say(msg("The amount is entered."))
    return to_sheet(slug, project_id, "money")


@blueprint.post("/<int:project_id>/money/<int:line_id>/remove")
@door(Action.SCREEN)
def remove_money(slug: str, project_id: int, line_id: int) -> Response:
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        projects.remove_money(tx, actor(), project_id, line_id)
    say(msg("The amount is taken off."))
    return to_sheet(slug, project_id, "money")


@blueprint.get("/proposals", defaults={"project_id": None})
@blueprint.get("/<int:project_id>/proposals")
@door(Action.SCREEN)
def proposals_page(slug: str, project_id: int | None) -> str:
    query = request.args.get("q", "").strip()[:100]
    with reading() as tx:
        page = screens.read_offer(tx, actor(), congress(), project_id=project_id, query=query)
        return render("committee/project_proposals.html", page)


@blueprint.post("/<int:project_id>/proposals")
@door(Action.SCREEN)
def take_proposals(slug: str, project_id: int) -> Response:
    form = read_form(ProposalsForm)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        joining.take_proposals(tx, actor(), project_id, form.proposal)
    say(msg("Brought in. Whoever proposed it follows this project from now on."))
    return to_sheet(slug, project_id, "proposals")


@blueprint.post("/proposals")
@door(Action.SCREEN)
def found(slug: str) -> Response:
    form = read_form(FoundingForm)
    with transaction() as tx:
        made = joining.found(tx, actor(), congress().id, form.proposal, year=form.year)
    say(msg("The project {code} is made of them. Complete its fields.", code=made.code))
    return redirect(url_for("screening.edit_page", slug=slug, project_id=made.id))


@blueprint.post("/<int:project_id>/merge")
@door(Action.SCREEN)
def merge(slug: str, project_id: int) -> Response:
    form = read_form(MergeForm)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        into = joining.merge(tx, actor(), project_id, form.into)
    say(msg("Merged into {code}. Whoever followed it follows this one now.", code=into.code))
    return to_sheet(slug, into.id)


@blueprint.get("/<int:project_id>/split")
@door(Action.SCREEN)
def split_page(slug: str, project_id: int) -> str:
    with reading() as tx:
        page = screens.read_sheet(tx, actor(), congress(), project_id)
        return render("committee/project_split.html", page)


@blueprint.post("/<int:project_id>/split")
@door(Action.SCREEN)
def split(slug: str, project_id: int) -> Response:
    form = read_form(SplitForm)
    chosen = Split(form.title, form.part, form.money, form.proposal)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        fresh = joining.split(tx, actor(), project_id, chosen)
    say(msg("The project {code} is split off. Complete its fields.", code=fresh.code))
    return to_sheet(slug, fresh.id)


@blueprint.post("/<int:project_id>/decline")
@door(Action.SCREEN)
def decline(slug: str, project_id: int) -> Response:
    form = read_form(DeclineForm)
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        joining.decline(tx, actor(), project_id, form.reason)
    say(msg("The project is not taken up; whoever follows it reads why."))
    return to_sheet(slug, project_id)


@blueprint.post("/<int:project_id>/again")
@door(Action.SCREEN)
def take_up_again(slug: str, project_id: int) -> Response:
    with transaction() as tx:
        projects.find_project(tx, congress().id, project_id)
        joining.take_up_again(tx, actor(), project_id)
    say(msg("The project is screened again."))
    return to_sheet(slug, project_id)
