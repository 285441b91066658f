"""A vote for everyone: turnout until it is decided, then figures, rules, tables to take along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask import Blueprint, Response

from voting import i18n
from voting.db import reading
from voting.errors import NotFound
from voting.exports.tables import Result, result_csv, result_json, result_pabulib, result_xlsx
from voting.rules.access import Action
from voting.services import reports
from voting.services.reports import VotePage
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("result", __name__, url_prefix="/c/<slug>/votes")

TABLES: Final[Mapping[str, tuple[Callable[[Result], bytes], str]]] = {
    "csv": (result_csv, "text/csv; charset=utf-8"),
    "json": (result_json, "application/json"),
    "pb": (result_pabulib, "text/plain; charset=utf-8"),
    "xlsx": (
        result_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@blueprint.get("/<object_id>")
@door(Action.READ_PUBLIC)
def vote(slug: str, object_id: str) -> str:
    with reading() as tx:
        page = reports.read_vote(tx, slug, object_id)
    return render("public/result.html", page)


@blueprint.get("/paper/<int:number>")
@door(Action.READ_PUBLIC)
def paper_vote(slug: str, number: int) -> str:
    with reading() as tx:
        page = reports.read_paper_vote(tx, slug, number)
    return render("public/result.html", page)


@blueprint.get("/<object_id>/result.<form>")
@door(Action.READ_PUBLIC)
def table(slug: str, object_id: str, form: str) -> Response:
    with reading() as tx:
        page = reports.read_vote(tx, slug, object_id)
    if form not in TABLES or (form == "pb" and page.rating):
        raise NotFound("Results are not written in this form.")
    write, content_type = TABLES[form]
    answer = Response(write(_result(page)), content_type=content_type)
    name = f"{slug}-{object_id[:12]}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _result(page: VotePage) -> Result:
    figures = page.decision or page.rating
    if figures is None or page.opened_at is None or page.outcome_object is None:
        raise NotFound("This vote has no result yet.")
    return Result(
        congress=page.congress.name,
        sitting=page.sitting,
        title=page.title,
        round=page.round,
        voted_on=i18n.local(page.opened_at).date(),
        turnout=page.turnout,
        figures=figures,
        election_object=page.object_id,
        outcome_object=page.outcome_object,
        threshold=page.threshold,
    )
