"""Where scrutineers' devices publish what they make, and look how far the ceremony has come."""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify, request

from voting.db import reading, transaction
from voting.rules.access import Action
from voting.services import ceremony, tallying
from voting.views.api.answers import make_blueprint, read_raw
from voting.views.gate import actor, door, limited

blueprint: Final = make_blueprint("api_trustees")

INVITATION = "X-Invitation"


@blueprint.post("/trustee-objects")
@limited(120, "minute")
@door(Action.READ_PUBLIC)
def publish(slug: str) -> tuple[Response, int]:
    raw = read_raw(ceremony.LARGEST_OBJECT)
    invitation = request.headers.get(INVITATION)
    with transaction() as tx:
        published = tallying.receive(tx, actor(), slug, raw, invitation=invitation)
    return jsonify(id=published.object_id, index=published.position), 201


@blueprint.post("/trustee-failures")
@limited(30, "minute")
@door(Action.READ_PUBLIC)
def report_failure(slug: str) -> tuple[Response, int]:
    raw = read_raw(ceremony.LARGEST_OBJECT)
    invitation = request.headers.get(INVITATION)
    with transaction() as tx:
        ceremony.report_failure(tx, actor(), slug, raw, invitation=invitation)
    return jsonify(stage="abandoned"), 201


@blueprint.get("/ceremonies/<object_id>")
@door(Action.READ_PUBLIC)
def show(slug: str, object_id: str) -> Response:
    with reading() as tx:
        status = ceremony.status(tx, slug, object_id)
    return jsonify(
        ceremony=status.object_id,
        stage=status.stage,
        names=status.names,
        threshold=status.threshold,
        trustees=[name for name in status.trustees if name],
        commitments=[name for name in status.commitments if name],
        confirmations=[name for name in status.confirmations if name],
        keys=status.keys,
        blamed=status.blamed,
    )
