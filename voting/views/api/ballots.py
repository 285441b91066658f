"""Where tablets bring ballots and challenges and fetch receipts; no cookie is read here."""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify

from voting.db import reading, transaction
from voting.ledger import Place
from voting.rules.access import Action
from voting.services import casting
from voting.views.api import joining
from voting.views.api.answers import make_blueprint, read_raw
from voting.views.gate import bounds, door

blueprint: Final = make_blueprint("api_ballots")

# A whole hall comes from one address, and a tablet that lost its network tries again and again.
_HALL_LIMIT = bounds.limit("6000 per minute")


@blueprint.post("/ballots")
@_HALL_LIMIT
@door(Action.VOTE_WITH_CARD)
def cast(slug: str) -> tuple[Response, int]:
    raw = read_raw(casting.LARGEST_BODY)
    with reading() as tx:
        checked = casting.check(tx, slug, raw)
    taken = joining.accept(checked)
    return _receipt(taken.place), 201 if taken.is_new else 200


@blueprint.post("/challenges")
@_HALL_LIMIT
@door(Action.VOTE_WITH_CARD)
def challenge(slug: str) -> tuple[Response, int]:
    raw = read_raw(casting.LARGEST_BODY)
    with reading() as tx:
        checked = casting.check_opened(tx, slug, raw)
    with transaction() as tx:
        place = casting.challenge(tx, checked)
    return jsonify(index=place.position, id=place.object_id), 201


@blueprint.get("/receipts/<code>")
@_HALL_LIMIT
@door(Action.VOTE_WITH_CARD)
def receipt(slug: str, code: str) -> Response:
    with reading() as tx:
        place = casting.find_ballot(tx, slug, code)
    return _receipt(place)


def _receipt(place: Place) -> Response:
    """Make the receipt from what the database holds after the commit."""
    with reading() as tx:
        made = casting.receipt(tx, place)
    answer = jsonify(
        tracker=made.tracker, index=made.index, receipt=made.text, compact=made.compact
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
