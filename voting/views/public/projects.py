"""The projects of a year for everyone, and the whole way of each."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from voting.db import reading
from voting.rules.access import Action
from voting.services.reports import journeys
from voting.views.fields import asked_year
from voting.views.gate import congress, door
from voting.views.pages import render

blueprint: Final = Blueprint("projects", __name__, url_prefix="/c/<slug>/projects")


@blueprint.get("")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    year = asked_year()
    with reading() as tx:
        return render("public/projects.html", journeys.read_projects(tx, congress(), year))


@blueprint.get("/<code>")
@door(Action.READ_PUBLIC)
def project_page(slug: str, code: str) -> str | Response:
    with reading() as tx:
        page = journeys.read_project(tx, congress(), code)
        if page.merged_into is not None:
            return redirect(url_for(".project_page", slug=slug, code=page.merged_into.code))
        return render("public/project.html", page)
