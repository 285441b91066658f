"""Ratings of a year's projects: set up with one press, followed, taken over, given as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.ratings import rating_file
from voting.rules.access import Action
from voting.rules.vote import Base, RatingSettings
from voting.services.ratings import preparing, settling
from voting.services.ratings.preparing import RatingPlan, What
from voting.services.ratings.settling import Settlement
from voting.services.reports import ratings as pages
from voting.views.fields import Title, asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("ratings", __name__, url_prefix="/desk/<slug>/ratings")


@dataclass(frozen=True, slots=True)
class PlanForm:
    year: Annotated[int, Meta(ge=2000, le=2200)]
    sitting_id: int
    what: What
    base: Base
    is_strict: bool
    may_abstain: bool
    projects: tuple[int, ...]
    adopted_on: date | None
    resolution: Annotated[str, Meta(max_length=200)]

    @property
    def plan(self) -> RatingPlan:
        """Give what the service takes."""
        return RatingPlan(
            self.year,
            self.sitting_id,
            self.what,
            self.projects,
            RatingSettings(self.base, self.is_strict, self.may_abstain),
            self.adopted_on,
            self.resolution,
        )


@dataclass(frozen=True, slots=True)
class SettlementForm:
    office: Title
    dated: date
    due_on: date
    demand: Annotated[str, Meta(max_length=2000)]
    with_basic: bool

    @property
    def settlement(self) -> Settlement:
        """Give what the service takes."""
        return Settlement(self.office, self.dated, self.due_on, self.demand, self.with_basic)


@blueprint.get("")
@door(Action.MANAGE_RATINGS)
def list_page(slug: str) -> str:
    year = asked_year()
    with reading() as tx:
        page = pages.read_ratings(tx, actor(), slug, year)
        return render("committee/ratings.html", page)


@blueprint.post("")
@door(Action.MANAGE_RATINGS)
def set_up(slug: str) -> AnyResponse:
    form = read_form(PlanForm)
    with transaction() as tx:
        made = preparing.set_up(tx, actor(), congress().id, form.plan).id
    say(msg("The rating is set up. Below is what to do next."))
    return redirect(url_for("ratings.rating_page", slug=slug, rating_id=made))


@blueprint.get("/<int:rating_id>")
@door(Action.MANAGE_RATINGS)
def rating_page(slug: str, rating_id: int) -> str:
    with reading() as tx:
        page = pages.read_rating(tx, actor(), slug, rating_id)
        return render("committee/rating.html", page)


@blueprint.post("/<int:rating_id>/settle")
@door(Action.MANAGE_RATINGS)
def settle(slug: str, rating_id: int) -> AnyResponse:
    form = read_form(SettlementForm)
    with transaction() as tx:
        pages.read_rating(tx, actor(), slug, rating_id)
        settling.settle(tx, actor(), rating_id, form.settlement)
    say(msg("The result is taken over and published."))
    return redirect(url_for("ratings.rating_page", slug=slug, rating_id=rating_id))


@blueprint.post("/<int:rating_id>/drop")
@door(Action.MANAGE_RATINGS)
def drop(slug: str, rating_id: int) -> AnyResponse:
    with transaction() as tx:
        pages.read_rating(tx, actor(), slug, rating_id)
        preparing.drop(tx, actor(), rating_id)
    say(msg("The rating is given up."))
    return redirect(url_for("ratings.list_page", slug=slug))


@blueprint.get("/<int:rating_id>/table.<suffix>")
@door(Action.MANAGE_RATINGS)
def table(slug: str, rating_id: int, suffix: str) -> Response:
    with reading() as tx:
        page = pages.read_rating(tx, actor(), slug, rating_id)
        content, kind = rating_file(page.rating, page.congress.name, suffix)
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'inline; filename="rating-{rating_id}.{suffix}"'
    return answer
