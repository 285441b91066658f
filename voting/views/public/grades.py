"""Ratings for everyone: the published tables, residents' answers apart, tables of reviews."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from voting.db import reading
from voting.exports.ratings import rating_file, review_file
from voting.rules.access import Action
from voting.services.reports import ratings as pages
from voting.views.gate import actor, door
from voting.views.pages import render

blueprint: Final = Blueprint("grades", __name__, url_prefix="/c/<slug>")


@blueprint.get("/ratings")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    with reading() as tx:
        return render("public/ratings.html", pages.read_public_ratings(tx, slug))


@blueprint.get("/ratings/<int:rating_id>")
@door(Action.READ_PUBLIC)
def rating(slug: str, rating_id: int) -> str:
    with reading() as tx:
        return render("public/rating.html", pages.read_public_rating(tx, slug, rating_id))


@blueprint.get("/ratings/<int:rating_id>/table.<suffix>")
@door(Action.READ_PUBLIC)
def rating_table(slug: str, rating_id: int, suffix: str) -> Response:
    with reading() as tx:
        page = pages.read_public_rating(tx, slug, rating_id)
        content, kind = rating_file(page.rating, page.congress.name, suffix)
    return _file(content, kind, f"{slug}-rating-{rating_id}.{suffix}")


@blueprint.get("/reviews/<int:review_id>")
@door(Action.READ_PUBLIC)
def review(slug: str, review_id: int) -> str:
    with reading() as tx:
        page = pages.read_public_review(tx, actor(), slug, review_id)
        return render("public/review.html", page)


@blueprint.get("/reviews/<int:review_id>/table.<suffix>")
@door(Action.READ_PUBLIC)
def review_table(slug: str, review_id: int, suffix: str) -> Response:
    with reading() as tx:
        page = pages.read_public_review(tx, actor(), slug, review_id)
        content, kind = review_file(page.result, page.congress.name, suffix)
    return _file(content, kind, f"{slug}-review-{review_id}.{suffix}")


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
