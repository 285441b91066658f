"""The year's list of candidates: its order, its adoption, what it prints, and what-if sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, Response, redirect, request, url_for
from msgspec import Meta
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from voting.db import reading, transaction
from voting.errors import FieldProblem, NotFound, NotValid, msg
from voting.exports.candidates import MIME_TYPES, write_candidates
from voting.imports.texts import read_amount
from voting.rules.access import Action
from voting.services.reports import screens
from voting.services.screening import lists
from voting.services.screening.lists import Adoption
from voting.views.fields import read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("lists", __name__, url_prefix="/desk/<slug>/lists/<int:year>")

_PLACE: Final = "place-"


@dataclass(frozen=True, slots=True)
class SeatsForm:
    seats: Annotated[int, Meta(ge=1, le=100)]


@dataclass(frozen=True, slots=True)
class AdoptionForm:
    adopted_on: date
    resolution: Annotated[str, Meta(min_length=1, max_length=200)]


@blueprint.get("")
@door(Action.SCREEN)
def list_page(slug: str, year: int) -> str:
    with reading() as tx:
        page = screens.read_list(tx, actor(), congress(), year)
        return render("committee/list.html", page)


@blueprint.post("")
@door(Action.SCREEN)
def put_together(slug: str, year: int) -> AnyResponse:
    form, order = read_form(SeatsForm), _order(request.form)
    with transaction() as tx:
        draft = lists.draft_list(tx, actor(), congress().id, year)
        lists.put_together(tx, actor(), draft, order, seats=form.seats)
    say(msg("The list is saved; {number} projects stand on it.", number=len(order)))
    return _back(slug, year)


@blueprint.post("/adopt")
@door(Action.ADOPT_CANDIDATES)
def adopt(slug: str, year: int) -> AnyResponse:
    form = read_form(AdoptionForm)
    with transaction() as tx:
        draft = lists.draft_list(tx, actor(), congress().id, year)
        lists.adopt(tx, actor(), draft, Adoption(form.adopted_on, form.resolution))
    say(msg("The list is adopted and locked, and each project of it stands in the log."))
    return _back(slug, year)


@blueprint.post("/reopen")
@door(Action.ADOPT_CANDIDATES)
def reopen(slug: str, year: int) -> AnyResponse:
    with transaction() as tx:
        lists.reopen(tx, actor(), congress().id, year)
    say(msg("A new version is begun; its projects are under screening again."))
    return _back(slug, year)


@blueprint.get("/what-if")
@door(Action.SCREEN)
def what_if_page(slug: str, year: int) -> str:
    with reading() as tx:
        page = screens.read_what_if(tx, actor(), congress(), year, cap_yuan=_cap())
        return render("committee/what_if.html", page)


@blueprint.get("/candidates.<suffix>")
@door(Action.SCREEN)
def sheet(slug: str, year: int, suffix: str) -> Response:
    if suffix not in MIME_TYPES:
        raise NotFound("The form is not made in this format.")
    with reading() as tx:
        listed = lists.latest_list(tx, congress().id, year)
        if listed is None:
            raise NotFound("There is no such list.")
        content = write_candidates(suffix, congress().name, listed, lists.printed_rows(tx, listed))
    answer = Response(content, content_type=MIME_TYPES[suffix])
    shown = "inline" if suffix == "pdf" else "attachment"
    name = f"{slug}-candidates-{year}.{suffix}"
    answer.headers["Content-Disposition"] = f'{shown}; filename="{name}"'
    return answer


def _order(sent: MultiDict[str, str]) -> list[int]:
    """Give the numbers of the projects that have a place, in the order of the places."""
    places: list[tuple[int, int]] = []
    problems: list[FieldProblem] = []
    for name, text in sent.items():
        number = name.removeprefix(_PLACE)
        if not name.startswith(_PLACE) or not number.isdecimal() or not text.strip():
            continue
        if text.strip().isdecimal():
            places.append((int(text.strip()), int(number)))
        else:
            problems.append(FieldProblem(name, msg("A whole number, or nothing.")))
    if problems:
        raise NotValid("Some fields are not filled in as they should be.").at(*problems)
    return [number for _, number in sorted(places)]


def _cap() -> int | None:
    if "cap" not in request.args:
        return None
    return read_amount(request.args["cap"], "cap")


def _back(slug: str, year: int) -> AnyResponse:
    return redirect(url_for("lists.list_page", slug=slug, year=year))
