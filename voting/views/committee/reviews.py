"""Reviews at the desk 评议: sheets to begin with, subjects, paper sheets, the published table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import msg
from voting.exports.ratings import review_file
from voting.models.sittings import Body
from voting.rules.access import Action
from voting.rules.sheets import Sheet, read_sheet
from voting.services.people.congresses import CongressCard
from voting.services.ratings import reviews, taking
from voting.services.ratings.reviews import ReviewPlan
from voting.services.ratings.templates import offer_templates
from voting.services.reports import ratings as pages
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("reviews", __name__, url_prefix="/desk/<slug>/reviews")


@dataclass(frozen=True, slots=True)
class ReviewForm:
    title: Title
    held_on: date
    template_id: int
    body: Body
    subjects: Annotated[str, Meta(min_length=1, max_length=20_000)]
    is_named: bool
    decimals: Annotated[int, Meta(ge=0, le=3)]

    @property
    def plan(self) -> ReviewPlan:
        """Give what the service takes."""
        return ReviewPlan(
            self.title,
            self.held_on,
            self.template_id,
            self.body,
            self.subjects,
            self.is_named,
            self.decimals,
        )


@dataclass(frozen=True, slots=True)
class SheetForm:
    name: Title
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    grades: Annotated[str, Meta(max_length=200)]

    @property
    def choices(self) -> tuple[str, ...]:
        """Give the grades, which are typed in one line."""
        plain = self.grades.replace("、", " ").replace("，", " ").replace(",", " ")
        return tuple(dict.fromkeys(plain.split()))


@dataclass(frozen=True, slots=True)
class PublishForm:
    office: Title
    dated: date


@dataclass(frozen=True, slots=True)
class TemplatePage:
    congress: CongressCard
    name: str
    sheet: Sheet


@blueprint.get("")
@door(Action.MANAGE_RATINGS)
def list_page(slug: str) -> str:
    with transaction() as tx:
        offer_templates(tx, congress().id)
        page = pages.read_reviews(tx, actor(), slug)
        return render("committee/reviews.html", page)


@blueprint.post("")
@door(Action.MANAGE_RATINGS)
def make(slug: str) -> AnyResponse:
    form = read_form(ReviewForm)
    with transaction() as tx:
        made = reviews.make_review(tx, actor(), congress().id, form.plan).id
    say(msg("The review is entered. Look at the sheet, then open it."))
    return redirect(url_for("reviews.review_page", slug=slug, review_id=made))


@blueprint.get("/sheets/<int:template_id>")
@door(Action.MANAGE_RATINGS)
def template_page(slug: str, template_id: int) -> str:
    with reading() as tx:
        row = reviews.find_template(tx, congress().id, template_id)
        page = TemplatePage(congress(), row.name, read_sheet(row.content))
        return render("committee/review_template.html", page)


@blueprint.post("/sheets")
@door(Action.MANAGE_RATINGS)
def save_template(slug: str) -> AnyResponse:
    form = read_form(SheetForm)
    with transaction() as tx:
        reviews.save_template(
            tx, actor(), congress().id, name=form.name, text=form.text, grades=form.choices
        )
    say(msg("The sheet is saved. Reviews that have begun keep theirs."))
    return redirect(url_for("reviews.list_page", slug=slug))


@blueprint.get("/<int:review_id>")
@door(Action.MANAGE_RATINGS)
def review_page(slug: str, review_id: int) -> str:
    with reading() as tx:
        page = pages.read_review(tx, actor(), slug, review_id)
        return render("committee/review.html", page)


@blueprint.post("/<int:review_id>/open")
@door(Action.MANAGE_RATINGS)
def begin(slug: str, review_id: int) -> AnyResponse:
    with transaction() as tx:
        pages.read_review(tx, actor(), slug, review_id)
        reviews.open_review(tx, actor(), review_id)
    say(msg("The review is open. Members find their sheet on their home page."))
    return _back(slug, review_id)


@blueprint.post("/<int:review_id>/close")
@door(Action.MANAGE_RATINGS)
def close(slug: str, review_id: int) -> AnyResponse:
    with transaction() as tx:
        pages.read_review(tx, actor(), slug, review_id)
        reviews.close_review(tx, actor(), review_id)
    say(msg("The review is closed. Look at the table, then publish it."))
    return _back(slug, review_id)


@blueprint.post("/<int:review_id>/publish")
@door(Action.MANAGE_RATINGS)
def publish(slug: str, review_id: int) -> AnyResponse:
    form = read_form(PublishForm)
    with transaction() as tx:
        pages.read_review(tx, actor(), slug, review_id)
        taking.publish_review(tx, actor(), review_id, office=form.office, dated=form.dated)
    say(msg("The table is published."))
    return _back(slug, review_id)


@blueprint.post("/<int:review_id>/paper")
@door(Action.MANAGE_RATINGS)
def paper(slug: str, review_id: int) -> AnyResponse:
    with transaction() as tx:
        page = pages.read_review(tx, actor(), slug, review_id)
        marks = {row.id: request.form.getlist(f"mark-{row.id}") for row in page.review.subjects}
        taking.enter_paper(tx, actor(), review_id, marks)
    say(msg("The paper sheet is entered."))
    return _back(slug, review_id)


@blueprint.get("/<int:review_id>/table.<suffix>")
@door(Action.MANAGE_RATINGS)
def table(slug: str, review_id: int, suffix: str) -> Response:
    with reading() as tx:
        page = pages.read_review(tx, actor(), slug, review_id)
        content, kind = review_file(page.result, page.congress.name, suffix)
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'inline; filename="review-{review_id}.{suffix}"'
    return answer


def _back(slug: str, review_id: int) -> AnyResponse:
    return redirect(url_for("reviews.review_page", slug=slug, review_id=review_id))
