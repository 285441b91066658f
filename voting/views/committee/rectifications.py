"""What has to be put right 整改: for offices all of it, for a unit what is its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services.ratings import preparing, rectifying
from voting.services.ratings.preparing import RatingPlan
from voting.services.reports import ratings as pages
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("rectifications", __name__, url_prefix="/desk/<slug>/rectifications")


@dataclass(frozen=True, slots=True)
class TextForm:
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class DeadlineForm:
    due_on: date


@dataclass(frozen=True, slots=True)
class AgainForm:
    sitting_id: int
    year: Annotated[int, Meta(ge=2000, le=2200)]
    chosen: tuple[int, ...]
    adopted_on: date | None


@blueprint.get("")
@door(Action.RECTIFY)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = pages.read_rectifications(tx, actor(), slug)
        return render("committee/rectifications.html", page)


@blueprint.get("/<int:rectification_id>")
@door(Action.RECTIFY)
def rectification_page(slug: str, rectification_id: int) -> str:
    with reading() as tx:
        page = pages.read_rectification(tx, actor(), slug, rectification_id)
        return render("committee/rectification.html", page)


@blueprint.post("/<int:rectification_id>/measures")
@door(Action.RECTIFY)
def measures(slug: str, rectification_id: int) -> Response:
    form = read_form(TextForm)
    with transaction() as tx:
        pages.read_rectification(tx, actor(), slug, rectification_id)
        rectifying.plan_measures(tx, actor(), rectification_id, form.text)
    say(msg("The measures are entered. Report here once they are carried out."))
    return _back(slug, rectification_id)


@blueprint.post("/<int:rectification_id>/report")
@door(Action.RECTIFY)
def report(slug: str, rectification_id: int) -> Response:
    form = read_form(TextForm)
    with transaction() as tx:
        pages.read_rectification(tx, actor(), slug, rectification_id)
        rectifying.report_done(tx, actor(), rectification_id, form.text)
    say(msg("The report is in. It is rated again at a coming sitting."))
    return _back(slug, rectification_id)


@blueprint.post("/<int:rectification_id>/deadline")
@door(Action.MANAGE_RATINGS)
def deadline(slug: str, rectification_id: int) -> Response:
    form = read_form(DeadlineForm)
    with transaction() as tx:
        pages.read_rectification(tx, actor(), slug, rectification_id)
        rectifying.send_back(tx, actor(), rectification_id, form.due_on)
    say(msg("The new deadline is set."))
    return _back(slug, rectification_id)


@blueprint.post("/again")
@door(Action.MANAGE_RATINGS)
def again(slug: str) -> Response:
    form = read_form(AgainForm)
    plan = RatingPlan(form.year, form.sitting_id, adopted_on=form.adopted_on)
    with transaction() as tx:
        made = preparing.set_up_again(
            tx, actor(), congress().id, plan, rectifications=form.chosen
        ).id
    say(msg("The second rating is set up. Below is what to do next."))
    return redirect(url_for("ratings.rating_page", slug=slug, rating_id=made))


def _back(slug: str, rectification_id: int) -> Response:
    return redirect(
        url_for("rectifications.rectification_page", slug=slug, rectification_id=rectification_id)
    )
