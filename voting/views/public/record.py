"""The log as anyone reads it: checkpoint, tiles and objects as files, and the record as one zip."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, request, stream_with_context

from voting import ledger
from voting.db import reading
from voting.errors import NotFound
from voting.exports.record import record_zip
from voting.rules.access import Action
from voting.views.gate import bounds, door

blueprint: Final = Blueprint("record", __name__, url_prefix="/log/<slug>")

_OBJECT: Final = re.compile(r"[0-9a-f]{64}")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_MINUTE: Final = "public, max-age=60"
_TEXT: Final = "text/plain; charset=utf-8"
_BYTES: Final = "application/octet-stream"


@blueprint.get("/checkpoint")
@door(Action.READ_PUBLIC)
def checkpoint(slug: str) -> Response:
    with reading() as tx:
        log = ledger.find_log(tx, slug)
        text = ledger.cosigned(tx, log.congress_id, log.size, log.checkpoint)
    return _file(text.encode(), _TEXT, "no-cache")


@blueprint.get("/log.vkey")
@door(Action.READ_PUBLIC)
def vkey(slug: str) -> Response:
    with reading() as tx:
        log = ledger.find_log(tx, slug)
    return _file(f"{log.vkey}\n".encode(), _TEXT, _FOR_A_MINUTE)


@blueprint.get("/tile/<path:path>")
@door(Action.READ_PUBLIC)
def tile(slug: str, path: str) -> Response:
    level, number, width = ledger.parse_tile_path(f"tile/{path}")
    with reading() as tx:
        data = ledger.tile(tx, ledger.find_log(tx, slug), level, number=number, width=width)
    is_full = width == ledger.TILE_WIDTH
    return _file(data, _BYTES, _FOR_EVER if is_full else _FOR_A_MINUTE)


@blueprint.get("/object/<name>")
@door(Action.READ_PUBLIC)
def object_file(slug: str, name: str) -> Response:
    if not _OBJECT.fullmatch(name):
        raise NotFound("The log holds no such object.")
    with reading() as tx:
        raw = ledger.raw_object(tx, ledger.find_log(tx, slug).congress_id, name)
    return _file(raw, "application/json", _FOR_EVER)


@blueprint.get("/record.zip")
@bounds.limit("60 per minute")
@door(Action.READ_PUBLIC)
def record(slug: str) -> Response:
    with reading() as tx:
        log = ledger.find_log(tx, slug)
    name = f"{slug}-{log.size}.zip"
    answer = Response(stream_with_context(record_zip(log, reading)), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.after_request
def _open_to_all(response: Response) -> Response:
    # The log belongs to everyone: a verifier on another host may read it from a browser.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _file(data: bytes, content_type: str, caching: str) -> Response:
    answer = Response(data, content_type=content_type)
    answer.headers["Cache-Control"] = caching
    answer.add_etag()
    answer.make_conditional(request)
    return answer
