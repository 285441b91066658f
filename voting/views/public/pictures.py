"""Photos of proposals, reports and problems, in two sizes."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, request
from werkzeug.wrappers import Response

from voting.db import reading
from voting.rules.access import Action
from voting.services import pictures
from voting.views.gate import actor, congress, door

blueprint: Final = Blueprint("pictures", __name__, url_prefix="/c/<slug>/pictures")

# A photo never changes, but it may be taken from the public again.
_AN_HOUR: Final = "public, max-age=3600"


@blueprint.get("/<int:number>")
@door(Action.READ_PUBLIC)
def picture(slug: str, number: int) -> Response:
    with reading() as tx:
        small = request.args.get("size") == "small"
        found = pictures.read(tx, actor(), congress().id, number, small=small)
    answer = Response(found.content, mimetype=found.media_type)
    answer.headers["Cache-Control"] = _AN_HOUR if found.is_public else "private, no-store"
    # Even if somebody opens it by itself, nothing in it may run.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.set_etag(f"{found.digest}{'-small' if small else ''}")
    return answer.make_conditional(request)
