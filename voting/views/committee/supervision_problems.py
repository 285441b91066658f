"""The ledger of problems: read, sent back or closed after the re-check, taken along as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import NotFound, msg
from voting.exports.forms.parts import print_document
from voting.exports.forms.supervision import ledger_sheet
from voting.exports.ledgers import ledger_xlsx
from voting.rules.access import Action
from voting.services.supervision import boards, problems
from voting.views.committee.supervision import XLSX, download
from voting.views.fields import asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("problems", __name__, url_prefix="/desk/<slug>/supervision/problems")
Words = Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class ReturnForm:
    words: Words
    due_on: date


@dataclass(frozen=True, slots=True)
class CloseForm:
    words: Words
    checker: Annotated[str, Meta(min_length=1, max_length=64)]


@blueprint.get("")
@door(Action.PLAN_SUPERVISION)
def list_page(slug: str) -> str:
    with reading() as tx:
        page = boards.read_ledger(tx, actor(), slug, asked_year())
        return render("committee/supervision_problems.html", page)


@blueprint.get("/<int:year>.<suffix>")
@door(Action.PLAN_SUPERVISION)
def ledger_file(slug: str, year: int, suffix: str) -> Response:
    if suffix not in {"pdf", "xlsx"}:
        raise NotFound("There is no such table.")
    with reading() as tx:
        ledger = boards.read_ledger(tx, actor(), slug, year)
        if suffix == "xlsx":
            return download(ledger_xlsx(ledger), XLSX, f"{slug}-problems-{year}.xlsx")
        document = ledger_sheet(ledger)
    return download(print_document(document), "application/pdf", f"{slug}-problems-{year}.pdf")


@blueprint.get("/<int:finding_id>")
@door(Action.PLAN_SUPERVISION)
def finding_page(slug: str, finding_id: int) -> str:
    with reading() as tx:
        page = boards.read_finding(tx, actor(), slug, finding_id)
        return render("committee/supervision_problem.html", page)


@blueprint.post("/<int:finding_id>/return")
@door(Action.CLOSE_PROBLEM)
def send_back(slug: str, finding_id: int) -> AnyResponse:
    form = read_form(ReturnForm)
    with transaction() as tx:
        problems.return_finding(
            tx, actor(), congress().id, finding_id, words=form.words, due_on=form.due_on
        )
    say(msg("It is sent back; the unit has until the new day."))
    return _back(slug, finding_id)


@blueprint.post("/<int:finding_id>/close")
@door(Action.CLOSE_PROBLEM)
def close(slug: str, finding_id: int) -> AnyResponse:
    form = read_form(CloseForm)
    with transaction() as tx:
        problems.close_finding(
            tx, actor(), congress().id, finding_id, words=form.words, checker=form.checker
        )
    say(msg("It is closed and struck off the list of open problems."))
    return _back(slug, finding_id)


def _back(slug: str, finding_id: int) -> AnyResponse:
    return redirect(url_for("problems.finding_page", slug=slug, finding_id=finding_id))
