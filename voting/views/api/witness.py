"""Where witnesses bring their cosignatures of the log's checkpoint."""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify, request

from voting.db import transaction
from voting.rules.access import Action
from voting.services import witnesses
from voting.views.api.answers import make_blueprint, read_raw
from voting.views.gate import door, limited

blueprint: Final = make_blueprint("api_witness")

_LARGEST = 4096


@blueprint.post("/cosignatures")
@limited(600, "minute")
@door(Action.READ_PUBLIC)
def cosign(slug: str) -> tuple[Response, int]:
    line = read_raw(_LARGEST, kind="text/plain")
    size = request.args.get("size", type=int)
    with transaction() as tx:
        at = witnesses.cosign(tx, slug, line, size=size)
    return jsonify(size=at), 201
