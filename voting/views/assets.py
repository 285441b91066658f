"""Files for browsers: built ones by the manifest, style sheets as they stand."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, send_from_directory, url_for
from markupsafe import Markup

from voting.errors import NotFound
from voting.rules.access import Action
from voting.views.gate import door

blueprint: Final = Blueprint("assets", __name__)

_FOLDER: Final = Path(__file__).parents[1] / "static"
_FOREVER: Final = "public, max-age=31536000, immutable"


@blueprint.get("/static/<path:name>")
@door(Action.READ_PUBLIC)
def static_file(name: str) -> Response:
    if not (_FOLDER / name).is_file():
        raise NotFound("There is nothing at this address.")
    answer = send_from_directory(_FOLDER, name, conditional=True)
    answer.headers["Cache-Control"] = _FOREVER
    return answer


def asset(name: str) -> str:
    """Give the address of a file: `booth/page.js`, `vendor/pico.css`, `css/page.css`."""
    built = _manifest().get(name)
    if built is not None:
        return url_for("assets.static_file", name=f"dist/{built}")
    return url_for("assets.static_file", name=name, v=_fingerprint(name))


def send_built(name: str) -> Response:
    """Answer with a built file under an address of its own, as a service worker needs one."""
    built = _manifest().get(name)
    if built is None:
        raise NotFound("There is nothing at this address.")
    return send_from_directory(_FOLDER / "dist", built, conditional=True)


def is_built(name: str) -> bool:
    """Tell whether the build made a file, so that a page can do without it."""
    return name in _manifest()


def damaged_files() -> tuple[str, ...]:
    """Name the files of the bundle that are missing or are not what was built."""
    path = _FOLDER / "dist" / "manifest.json"
    if not path.is_file():
        return (path.name,)
    listed: dict[str, dict[str, str]] = json.loads(path.read_bytes())
    return tuple(entry["file"] for entry in listed.values() if not _is_whole(entry))


def _is_whole(entry: dict[str, str]) -> bool:
    path = _FOLDER / "dist" / entry["file"]
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == entry["sha256"]


def icon(name: str) -> Markup:
    """Draw an icon of the sheet; the word beside it says what it means."""
    sheet = asset("vendor/icons.svg")
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    ).format(sheet, name)


@cache
def _manifest() -> dict[str, str]:
    path = _FOLDER / "dist" / "manifest.json"
    if not path.is_file():
        return {}
    listed = json.loads(path.read_bytes())
    return {name: entry["file"] for name, entry in listed.items()}


@cache
def _fingerprint(name: str) -> str:
    path = _FOLDER / name
    return sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else "0"
