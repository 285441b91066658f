"""Pages of plain words: how a vote works, how anyone checks it, how these pages serve everyone."""

from __future__ import annotations

from typing import Final

from flask import Blueprint

from voting.db import reading
from voting.rules.access import Action
from voting.services import reports
from voting.views.gate import door
from voting.views.pages import render

blueprint: Final = Blueprint("about", __name__)


@blueprint.get("/how")
@door(Action.READ_PUBLIC)
def how() -> str:
    with reading() as tx:
        logs = reports.known_logs(tx)
    return render("public/how.html", logs)


@blueprint.get("/accessibility")
@door(Action.READ_PUBLIC)
def accessibility() -> str:
    return render("public/accessibility.html", None)
