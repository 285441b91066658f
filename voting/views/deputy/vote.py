"""The tablet on which a deputy votes: an empty page that a script fills, and what installs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, jsonify

from voting import i18n
from voting.config import Settings
from voting.db import reading
from voting.rules.access import Action
from voting.services.elections.contents import project_contents
from voting.views import assets
from voting.views.gate import congress, door
from voting.views.pages import render

blueprint: Final = Blueprint("vote", __name__, url_prefix="/vote/<slug>")

_RED: Final = "#9e1b1f"


@dataclass(frozen=True, slots=True)
class TabletPage:
    """The congress whose cards the tablet takes, and the host that receipts name."""

    slug: str
    congress: str
    host: str


@blueprint.get("")
@door(Action.READ_PUBLIC)
def tablet(slug: str) -> str:
    settings = cast("Settings", current_app.extensions["settings"])
    host = urlsplit(settings.base_url).netloc
    return render("deputy/vote.html", TabletPage(slug, congress().name, host))


@blueprint.get("/app.webmanifest")
@door(Action.READ_PUBLIC)
def app_manifest(slug: str) -> Response:
    answer = jsonify(_installed_as(slug, congress().name))
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/sw.js")
@door(Action.READ_PUBLIC)
def service_worker(slug: str) -> Response:
    answer = assets.send_built("offline/worker.js")
    answer.headers["Cache-Control"] = "no-cache"
    # It lies below the page that it keeps.
    answer.headers["Service-Worker-Allowed"] = f"/vote/{slug}"
    return answer


@blueprint.get("/contents/<election>")
@door(Action.VOTE_WITH_CARD)
def contents(slug: str, election: str) -> Response:
    with reading() as tx:
        return jsonify(project_contents(tx, slug, election))


def _installed_as(slug: str, name: str) -> dict[str, object]:
    """Describe the tablet's page to a device that keeps it among its applications."""
    return {
        "name": f"{name} · {i18n.t('Tablet')}",
        "short_name": i18n.t("Vote"),
        "lang": i18n.HTML_TAGS[i18n.language()],
        "start_url": f"/vote/{slug}",
        "scope": f"/vote/{slug}",
        "display": "fullscreen",
        "orientation": "any",
        "background_color": "#ffffff",
        "theme_color": _RED,
        "icons": [{"src": assets.asset("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
