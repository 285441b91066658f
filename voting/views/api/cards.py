"""Where tablets ask whether a card can vote, or what it has cast; no cookie is read here."""

from __future__ import annotations

from typing import Final

from flask import Response, jsonify

from voting.db import reading
from voting.rules.access import Action
from voting.services import admission
from voting.views.api.answers import make_blueprint, read_raw
from voting.views.gate import bounds, door

blueprint: Final = make_blueprint("api_cards")

_LARGEST: Final = 1024


# The card's credential is in the body: addresses are written down on the way, bodies are not.
@blueprint.post("/cards")
@bounds.limit("6000 per minute")
@door(Action.VOTE_WITH_CARD)
def look_up(slug: str) -> Response:
    raw = read_raw(_LARGEST)
    with reading() as tx:
        word = admission.look_up(tx, slug, raw)
    answer = jsonify(state=word.standing, ballot=word.ballot)
    answer.headers["Cache-Control"] = "no-store"
    return answer
