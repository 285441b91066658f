"""Supervision for everyone: a year's lights and counters, progress, bulletins, days."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from voting.db import reading
from voting.exports.calendar import public_calendar
from voting.rules.access import NOBODY, Action
from voting.services.people import congresses
from voting.services.supervision import boards, public
from voting.views.fields import asked_year
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("watch_projects", __name__, url_prefix="/c/<slug>/progress")


@blueprint.get("")
@door(Action.READ_PUBLIC)
def year_page(slug: str) -> str:
    with reading() as tx:
        page = public.read_year(tx, slug, asked_year())
        return render("public/progress.html", page)


@blueprint.get("/projects/<code>")
@door(Action.READ_PUBLIC)
def project_page(slug: str, code: str) -> str:
    with reading() as tx:
        page = boards.read_project(tx, NOBODY, slug, code)
        return render("public/progress_project.html", page)


@blueprint.get("/papers/<int:number>")
@door(Action.READ_PUBLIC)
def paper_page(slug: str, number: int) -> str:
    with reading() as tx:
        page = public.read_paper(tx, slug, number)
        return render("public/progress_paper.html", page)


@blueprint.get("/calendar.ics")
@door(Action.READ_PUBLIC)
def calendar(slug: str) -> Response:
    with reading() as tx:
        days = public.read_days(tx, slug)
        content = public_calendar(congresses.find_congress(tx, slug).name, slug, days)
    return Response(content, content_type="text/calendar; charset=utf-8")
