"""Activities: planned, people signed in by QR code or ticked off, findings written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, cast

from flask import Blueprint, Response, current_app, redirect, url_for
from markupsafe import Markup
from msgspec import Meta
from werkzeug.wrappers import Response as AnyResponse

from voting.config import Settings
from voting.db import reading, transaction
from voting.errors import NotFound, msg
from voting.exports.forms.parts import print_document
from voting.exports.forms.supervision import activity_sheet
from voting.exports.qr import qr_svg
from voting.models.inspections import Activity, ActivityKind, FindingKind
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.rules.access import Action
from voting.services import pictures
from voting.services.pictures import PictureCard
from voting.services.supervision import activities, boards, problems
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.boards import Bar
from voting.services.supervision.finding import find_project, list_projects
from voting.services.supervision.problems import Found
from voting.views.committee.supervision import download
from voting.views.fields import Title, asked_year, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "activities", __name__, url_prefix="/desk/<slug>/supervision/activities"
)
Words = Annotated[str, Meta(min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class ActivityForm:
    kind: ActivityKind
    title: Title
    place: Annotated[str, Meta(max_length=200)]
    starts_at: datetime
    codes: tuple[str, ...]
    deputies: tuple[int, ...]
    others: Annotated[str, Meta(max_length=2000)]

    @property
    def plan(self) -> ActivityPlan:
        """Give what the service takes; other people stand on a line each."""
        others = tuple(name for name in self.others.splitlines() if name.strip())
        return ActivityPlan(
            self.kind, self.title, self.place, self.starts_at, self.codes, self.deputies, others
        )


@dataclass(frozen=True, slots=True)
class PresentForm:
    present: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskForm:
    deputies: tuple[int, ...]
    others: Annotated[str, Meta(max_length=2000)]


@dataclass(frozen=True, slots=True)
class HoldForm:
    findings: Words


@dataclass(frozen=True, slots=True)
class FoundForm:
    kind: FindingKind
    code: str
    words: Words
    due_on: date


@dataclass(frozen=True, slots=True)
class ActivitiesPage:
    bar: Bar
    year: int
    rows: Sequence[Activity]
    projects: Sequence[Project]
    deputies: Sequence[Deputy]


@dataclass(frozen=True, slots=True)
class ActivityPage:
    bar: Bar
    activity: Activity
    deputies: Sequence[Deputy]
    answer_by: date
    photos: tuple[PictureCard, ...]


@dataclass(frozen=True, slots=True)
class CodePage:
    """The code that hangs at the place."""

    activity: Activity
    address: str
    drawing: Markup


@blueprint.get("")
@door(Action.PLAN_SUPERVISION)
def list_page(slug: str) -> str:
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        year = asked_year() or bar.today.year
        rows = activities.list_activities(tx, bar.congress.id, year)
        projects = list_projects(tx, bar.congress.id, year)
        deputies = boards.roster_of(tx, bar.congress.id)
        page = ActivitiesPage(bar, year, rows, projects, deputies)
        return render("committee/supervision_activities.html", page)


@blueprint.post("")
@door(Action.PLAN_SUPERVISION)
def plan(slug: str) -> AnyResponse:
    form = read_form(ActivityForm)
    with transaction() as tx:
        made = activities.plan_activity(tx, actor(), congress().id, form.plan)
    say(msg("The activity is planned. Print its code and hang it where people arrive."))
    return _back(slug, made.id)


@blueprint.get("/<int:activity_id>")
@door(Action.PLAN_SUPERVISION)
def activity_page(slug: str, activity_id: int) -> str:
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        row = activities.find_activity(tx, bar.congress.id, activity_id)
        deputies = boards.roster_of(tx, bar.congress.id)
        until = boards.answer_by(tx, bar.congress.id)
        photos = pictures.of(tx, bar.congress.id, f"activity:{row.id}")
        page = ActivityPage(bar, row, deputies, until, photos)
        return render("committee/supervision_activity.html", page)


@blueprint.get("/<int:activity_id>/code")
@door(Action.PLAN_SUPERVISION)
def code_page(slug: str, activity_id: int) -> str:
    with reading() as tx:
        row = activities.find_activity(tx, congress().id, activity_id)
    base = cast("Settings", current_app.extensions["settings"]).base_url.rstrip("/")
    address = f"{base}{url_for('watching.sign_in_page', code=row.code)}"
    # A telephone's camera reads capitals best, and hosts do not mind them.
    drawing = Markup(qr_svg(address))  # noqa: S704 - our own drawing, no text in it
    return render("committee/supervision_code.html", CodePage(row, address, drawing))


@blueprint.get("/<int:activity_id>.pdf")
@door(Action.PLAN_SUPERVISION)
def sheet(slug: str, activity_id: int) -> Response:
    with reading() as tx:
        bar = boards.read_bar(tx, actor(), slug)
        row = activities.find_activity(tx, bar.congress.id, activity_id)
        found = activities.findings_of(tx, row)
        document = activity_sheet(bar.congress.name, row, found)
    name = f"{slug}-activity-{activity_id}.pdf"
    return download(print_document(document), "application/pdf", name)


@blueprint.post("/<int:activity_id>/ask")
@door(Action.PLAN_SUPERVISION)
def ask(slug: str, activity_id: int) -> AnyResponse:
    form = read_form(AskForm)
    with transaction() as tx:
        activities.ask_guests(
            tx,
            actor(),
            congress().id,
            activity_id,
            deputies=form.deputies,
            others=form.others.splitlines(),
        )
    say(msg("They are asked to come."))
    return _back(slug, activity_id)


@blueprint.post("/<int:activity_id>/present")
@door(Action.PLAN_SUPERVISION)
def mark(slug: str, activity_id: int) -> AnyResponse:
    form = read_form(PresentForm)
    with transaction() as tx:
        activities.mark_guests(tx, actor(), congress().id, activity_id, present=form.present)
    say(msg("Who came is noted."))
    return _back(slug, activity_id)


@blueprint.post("/<int:activity_id>/hold")
@door(Action.PLAN_SUPERVISION)
def hold(slug: str, activity_id: int) -> AnyResponse:
    form = read_form(HoldForm)
    with transaction() as tx:
        activities.hold_activity(tx, actor(), congress().id, activity_id, findings=form.findings)
    say(msg("The findings are kept. Enter each problem, so that the unit answers it."))
    return _back(slug, activity_id)


@blueprint.post("/<int:activity_id>/cancel")
@door(Action.PLAN_SUPERVISION)
def cancel(slug: str, activity_id: int) -> AnyResponse:
    with transaction() as tx:
        activities.cancel_activity(tx, actor(), congress().id, activity_id)
    say(msg("The activity is cancelled."))
    return _back(slug, activity_id)


@blueprint.post("/<int:activity_id>/problems")
@door(Action.RECORD_VISIT)
def raise_problem(slug: str, activity_id: int) -> AnyResponse:
    form = read_form(FoundForm)
    with transaction() as tx:
        row = activities.find_activity(tx, congress().id, activity_id)
        if form.code not in {project.code for project in row.projects}:
            raise NotFound("This activity did not look at that project.")
        project = find_project(tx, congress().id, form.code)
        found = Found(form.kind, form.words, form.due_on)
        made = problems.raise_finding(tx, actor(), project, found, activity=row)
    say(msg("No. {number} is entered; the unit sees it now.", number=made.number))
    return _back(slug, activity_id)


def _back(slug: str, activity_id: int) -> AnyResponse:
    return redirect(url_for("activities.activity_page", slug=slug, activity_id=activity_id))
