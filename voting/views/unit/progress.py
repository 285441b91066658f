"""A responsible unit's part of supervision: monthly reports with photos, answers to problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import FieldProblem, NotValid, msg
from voting.models.projects import SubItem
from voting.rules.access import Action
from voting.services import pictures
from voting.services.supervision import boards, desks, parts, problems, progress
from voting.services.supervision.finding import yuan_of
from voting.services.supervision.parts import Part
from voting.services.supervision.progress import MOST_PHOTOS, ReportForm
from voting.views.fields import read_files, read_form
from voting.views.gate import actor, congress, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("progress", __name__, url_prefix="/unit/<slug>/progress")
Long = Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True, slots=True)
class MonthForm:
    done: Annotated[str, Meta(min_length=1, max_length=4000)]
    trouble: Long
    next_steps: Long
    percent: Annotated[int, Meta(ge=0, le=100)]
    paid: Decimal
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PartForm:
    part: int
    percent: Annotated[int, Meta(ge=0, le=100)]
    words: Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class AnswerForm:
    words: Annotated[str, Meta(min_length=1, max_length=4000)]


@blueprint.get("")
@door(Action.REPORT_PROGRESS)
def list_page(slug: str) -> str:
    with reading() as tx:
        return render("unit/progress.html", desks.read_unit(tx, actor(), slug))


@blueprint.get("/<code>/<int:month>")
@door(Action.REPORT_PROGRESS)
def report_page(slug: str, code: str, month: int) -> str:
    with reading() as tx:
        page = desks.read_month(tx, actor(), slug, code=code, month=month)
        return render("unit/progress_report.html", page)


@blueprint.post("/<code>/<int:month>")
@door(Action.REPORT_PROGRESS)
@limited(30, "minute")
def report(slug: str, code: str, month: int) -> Response:
    form, photos = read_form(MonthForm), read_files("photos", pictures.LARGEST_FILE)
    with transaction() as tx:
        items = desks.read_month(tx, actor(), slug, code=code, month=month).project.sub_items
        given = _report(form, _read_parts(items), photos)
        progress.report_progress(tx, actor(), congress().id, code, month=month, form=given)
    say(msg("The report on month {month} is sent.", month=month))
    return redirect(url_for("progress.list_page", slug=slug))


@blueprint.post("/<code>/<int:month>/part")
@door(Action.REPORT_PROGRESS)
@limited(30, "minute")
def report_part(slug: str, code: str, month: int) -> Response:
    form = read_form(PartForm)
    part = Part(form.part, form.percent, form.words)
    with transaction() as tx:
        parts.report_part(tx, actor(), congress().id, code, month=month, part=part)
    say(msg("What you say of your part is kept for month {month}.", month=month))
    return redirect(url_for("progress.list_page", slug=slug))


@blueprint.get("/problems/<int:finding_id>")
@door(Action.ANSWER_PROBLEM)
def finding_page(slug: str, finding_id: int) -> str:
    with reading() as tx:
        problems.read_own(tx, actor(), congress().id, finding_id)
        return render("unit/problem.html", boards.read_finding(tx, actor(), slug, finding_id))


@blueprint.post("/problems/<int:finding_id>")
@door(Action.ANSWER_PROBLEM)
def answer(slug: str, finding_id: int) -> Response:
    form = read_form(AnswerForm)
    with transaction() as tx:
        problems.answer_finding(tx, actor(), congress().id, finding_id, words=form.words)
    say(msg("Your answer is sent. The office checks it at the place."))
    return redirect(url_for("progress.list_page", slug=slug))


def _report(form: MonthForm, items: Sequence[Part], photos: Sequence[bytes]) -> ReportForm:
    if len(photos) > MOST_PHOTOS:
        problem = FieldProblem("photos", msg("At most {n} photos.", n=MOST_PHOTOS))
        raise NotValid("These are too many photos.").at(problem)
    return ReportForm(
        form.done,
        form.trouble,
        form.next_steps,
        form.percent,
        yuan_of("paid", form.paid),
        parts=tuple(items),
        reached=form.reached,
        photos=tuple(photos),
    )


def _read_parts(items: Sequence[SubItem]) -> list[Part]:
    """Read how far each sub-item is; one that is left empty is not reported on."""
    found, wrong = [], []
    for item in items:
        typed = request.form.get(f"part_{item.id}", "").strip()
        if not typed:
            continue
        if not (typed.isascii() and typed.isdigit() and int(typed) <= 100):  # noqa: PLR2004  # percent
            what = msg("A whole number from {least} to {most}.", least=0, most=100)
            wrong.append(FieldProblem(f"part_{item.id}", what))
            continue
        found.append(Part(item.id, int(typed)))
    if wrong:
        raise NotValid("Some fields are not filled in as they should be.").at(*wrong)
    return found
