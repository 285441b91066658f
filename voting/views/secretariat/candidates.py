"""The list of candidates: imported or typed, in order, adopted and locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.imports.projects import ProjectSheet, read_project_form
from voting.models.sittings import BallotKind, Candidate
from voting.rules.access import Action
from voting.services import candidates, reports
from voting.services.candidates import Adoption
from voting.services.reports import DeskBar
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say
from voting.views.uploads import kept_upload, read_upload, wrapped

blueprint: Final = Blueprint(
    "candidates", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>/candidates/<kind>"
)


@dataclass(frozen=True, slots=True)
class SkipForm:
    skip_bad_rows: bool


@dataclass(frozen=True, slots=True)
class OrderForm:
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class YearForm:
    year: int


@dataclass(frozen=True, slots=True)
class AdoptionForm:
    adopted_on: date
    resolution: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    bar: DeskBar
    kind: BallotKind
    sheet: ProjectSheet
    upload: str


@dataclass(frozen=True, slots=True)
class CandidatePage:
    bar: DeskBar
    kind: BallotKind
    candidate: Candidate | None


@blueprint.get("")
@door(Action.EDIT_CANDIDATES)
def list_page(slug: str, sitting_id: int, kind: str) -> str:
    with reading() as tx:
        page = reports.read_candidates(tx, actor(), slug, sitting_id, kind=kind)
        return render("secretariat/candidates.html", page)


@blueprint.post("/preview")
@door(Action.EDIT_CANDIDATES)
def preview(slug: str, sitting_id: int, kind: str) -> str:
    data, listed = read_upload(), reports.kind_of(kind)
    with reading() as tx:
        sheet = candidates.preview_candidates(tx, actor(), sitting_id, kind=listed, data=data)
        page = PreviewPage(
            reports.read_bar(tx, actor(), slug, sitting_id), listed, sheet, wrapped(data)
        )
    return render("secretariat/candidates_preview.html", page)


@blueprint.post("/import")
@door(Action.EDIT_CANDIDATES)
def take_in(slug: str, sitting_id: int, kind: str) -> Response:
    data, form = kept_upload(), read_form(SkipForm)
    with transaction() as tx:
        candidates.import_candidates(
            tx,
            actor(),
            sitting_id,
            kind=reports.kind_of(kind),
            data=data,
            skip_bad_rows=form.skip_bad_rows,
        )
    say(msg("The list is imported. Look it through, then adopt and lock it."))
    return _back(slug, sitting_id, kind)


@blueprint.get("/new", defaults={"candidate_id": None})
@blueprint.get("/<int:candidate_id>")
@door(Action.EDIT_CANDIDATES)
def candidate_page(slug: str, sitting_id: int, kind: str, candidate_id: int | None) -> str:
    listed = reports.kind_of(kind)
    with reading() as tx:
        bar = reports.read_bar(tx, actor(), slug, sitting_id)
        found = reports.read_candidate(tx, sitting_id, listed, candidate_id)
        return render("secretariat/candidate.html", CandidatePage(bar, listed, found))


@blueprint.post("/new", defaults={"candidate_id": None})
@blueprint.post("/<int:candidate_id>")
@door(Action.EDIT_CANDIDATES)
def save(slug: str, sitting_id: int, kind: str, candidate_id: int | None) -> Response:
    row = read_project_form(request.form.to_dict())
    with transaction() as tx:
        draft = candidates.draft_list(tx, actor(), sitting_id, reports.kind_of(kind))
        candidates.save_candidate(tx, actor(), draft.id, row=row, candidate_id=candidate_id)
    say(msg("The candidate is saved."))
    return _back(slug, sitting_id, kind)


@blueprint.post("/<int:candidate_id>/remove")
@door(Action.EDIT_CANDIDATES)
def remove(slug: str, sitting_id: int, kind: str, candidate_id: int) -> Response:
    with transaction() as tx:
        draft = candidates.draft_list(tx, actor(), sitting_id, reports.kind_of(kind))
        candidates.remove_candidate(tx, actor(), draft.id, candidate_id)
    say(msg("The candidate is taken off the list."))
    return _back(slug, sitting_id, kind)


@blueprint.post("/order")
@door(Action.EDIT_CANDIDATES)
def order(slug: str, sitting_id: int, kind: str) -> Response:
    form = read_form(OrderForm)
    with transaction() as tx:
        draft = candidates.draft_list(tx, actor(), sitting_id, reports.kind_of(kind))
        candidates.order_candidates(tx, actor(), draft.id, form.order)
    say(msg("The order is changed."))
    return _back(slug, sitting_id, kind)


@blueprint.post("/take")
@door(Action.ADOPT_CANDIDATES)
def take_list(slug: str, sitting_id: int, kind: str) -> Response:
    form = read_form(YearForm)
    with transaction() as tx:
        candidates.take_list(tx, actor(), sitting_id, form.year)
    say(msg("The adopted list is taken over as it is, and locked."))
    return _back(slug, sitting_id, kind)


@blueprint.post("/lock")
@door(Action.ADOPT_CANDIDATES)
def lock(slug: str, sitting_id: int, kind: str) -> Response:
    form = read_form(AdoptionForm)
    with transaction() as tx:
        draft = candidates.draft_list(tx, actor(), sitting_id, reports.kind_of(kind))
        adoption = Adoption(form.adopted_on, form.resolution)
        candidates.lock_candidates(tx, actor(), draft.id, adoption)
    say(msg("The list is adopted and locked."))
    return _back(slug, sitting_id, kind)


@blueprint.post("/reopen")
@door(Action.EDIT_CANDIDATES)
def reopen(slug: str, sitting_id: int, kind: str) -> Response:
    with transaction() as tx:
        candidates.reopen_list(tx, actor(), sitting_id, reports.kind_of(kind))
    say(msg("A new version is begun; the locked one holds until the new one is locked."))
    return _back(slug, sitting_id, kind)


def _back(slug: str, sitting_id: int, kind: str) -> Response:
    return redirect(url_for("candidates.list_page", slug=slug, sitting_id=sitting_id, kind=kind))
