"""A deputy's part of supervision: their groups' projects, activities, visits of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.inspections import Activity, ActivityKind, FindingKind
from voting.rules.access import Action
from voting.services import pictures
from voting.services.supervision import activities, boards, desks, visits
from voting.services.supervision.activities import SignInTime
from voting.services.supervision.visits import Visit
from voting.views.fields import Title, read_files, read_form
from voting.views.gate import actor, congress, door, limited
from voting.views.pages import render, say

blueprint: Final = Blueprint("watching", __name__)


@dataclass(frozen=True, slots=True)
class VisitForm:
    kind: ActivityKind
    visited_on: date
    place: Annotated[str, Meta(max_length=200)]
    title: Title
    findings: Annotated[str, Meta(min_length=1, max_length=4000)]
    finding_kind: FindingKind | None
    finding: Annotated[str, Meta(max_length=4000)]


@dataclass(frozen=True, slots=True)
class SignInPage:
    activity: Activity
    is_signed: bool
    time: SignInTime
    opens_at: datetime


@blueprint.get("/deputy/<slug>/supervision")
@door(Action.RECORD_VISIT)
def own_page(slug: str) -> str:
    with reading() as tx:
        return render("deputy/supervision.html", desks.read_own(tx, actor(), slug))


@blueprint.get("/deputy/<slug>/supervision/projects/<code>")
@door(Action.RECORD_VISIT)
def project_page(slug: str, code: str) -> str:
    with reading() as tx:
        page = boards.read_project(tx, actor(), slug, code)
        return render("deputy/supervision_project.html", page)


@blueprint.post("/deputy/<slug>/supervision/projects/<code>")
@door(Action.RECORD_VISIT)
@limited(20, "minute")
def record(slug: str, code: str) -> Response:
    form, photos = read_form(VisitForm), read_files("photos", pictures.LARGEST_FILE)
    visit = Visit(form.kind, form.visited_on, form.place, form.title, form.findings, tuple(photos))
    with transaction() as tx:
        made = visits.record_visit(tx, actor(), congress().id, code, visit=visit)
        if form.finding and form.finding_kind:
            visits.add_finding(tx, actor(), made, kind=form.finding_kind, words=form.finding)
    say(msg("Your visit is kept. What you found is with the unit now."))
    return redirect(url_for("watching.project_page", slug=slug, code=code))


@blueprint.get("/S/<code>")
@door(Action.OWN_ACCOUNT)
def sign_in_page(code: str) -> str:
    with reading() as tx:
        row = activities.find_by_code(tx, actor(), code)
        signed = activities.has_signed(tx, actor(), row)
        time, opens_at = activities.sign_in_time(row), activities.sign_in_opens(row)
        return render("deputy/activity_sign_in.html", SignInPage(row, signed, time, opens_at))


@blueprint.post("/S/<code>")
@door(Action.OWN_ACCOUNT)
@limited(20, "minute")
def sign_in(code: str) -> Response:
    with transaction() as tx:
        activities.sign_in(tx, actor(), code)
    say(msg("You are signed in."))
    return redirect(url_for("watching.sign_in_page", code=code))
