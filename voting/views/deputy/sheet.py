"""A member's sheet of a review: read, filled in, handed in once."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services.ratings import taking
from voting.services.reports import ratings as pages
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("sheet", __name__, url_prefix="/deputy/<slug>/reviews")


@blueprint.get("/<int:review_id>")
@door(Action.FILL_REVIEW)
def sheet_page(slug: str, review_id: int) -> str:
    with reading() as tx:
        page = pages.read_sheet_page(tx, actor(), slug, review_id)
        return render("deputy/sheet.html", page)


@blueprint.post("/<int:review_id>")
@door(Action.FILL_REVIEW)
def hand_in(slug: str, review_id: int) -> Response:
    with transaction() as tx:
        page = pages.read_sheet_page(tx, actor(), slug, review_id)
        marks = {row.id: request.form.getlist(f"mark-{row.id}") for row in page.review.subjects}
        taking.hand_in(tx, actor(), review_id, marks)
    say(msg("Your sheet is in. Thank you."))
    return redirect(url_for("sheet.sheet_page", slug=slug, review_id=review_id))
