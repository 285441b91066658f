"""What tablets and screens ask every two seconds: the sitting, its votes and their turnout.

The answer is worked out once for all who ask: it is kept for a second, or until something happens
that tablets wait for. A ballot more is nothing of the kind.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from flask import Flask, Response, current_app, jsonify, request

from voting import clock
from voting.db import bus, reading
from voting.events import Event
from voting.rules.access import Action
from voting.services import elections, tallying
from voting.services.casting import BallotAccepted, BallotChallenged
from voting.services.tallying import ElectionStanding, Standing
from voting.views.api.answers import make_blueprint
from voting.views.gate import door

blueprint: Final = make_blueprint("api_state")

# How late another worker's change may show.
_FRESH: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, its mark, and until when it is good."""

    content: dict[str, Any]
    mark: str
    until: datetime


class States:
    """The latest answers by congress; any event of this process forgets them."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._lock = threading.Lock()

    def forget(self, event: Event) -> None:
        """Drop all answers, because something has happened."""
        if not isinstance(event, BallotAccepted | BallotChallenged):
            self._kept.clear()

    def get(self, slug: str) -> Kept:
        """Give the state of a congress, not older than a second; one thread works it out."""
        return self._fresh(slug) or self._make(slug)

    def _fresh(self, slug: str) -> Kept | None:
        found = self._kept.get(slug)
        return found if found is not None and clock.now() < found.until else None

    def _make(self, slug: str) -> Kept:
        with self._lock:
            found = self._fresh(slug)
            if found is not None:
                return found
            until = clock.now() + _FRESH
            with reading() as tx:
                content = _content(tallying.standing(tx, slug))
            mark = hashlib.sha256(repr(content).encode()).hexdigest()[:32]
            self._kept[slug] = made = Kept(content, mark, until)
            return made


def init_states(app: Flask) -> None:
    """Keep answers in this app, and drop them when something happens."""
    states = States()
    app.extensions["states"] = states
    with app.app_context():
        bus().subscribe(states.forget)


@blueprint.get("/state")
@door(Action.VOTE_WITH_CARD)
def state(slug: str) -> Response:
    kept = cast("States", current_app.extensions["states"]).get(slug)
    if request.if_none_match.contains(kept.mark):
        answer = Response(status=304)
    else:
        answer = jsonify(**kept.content, time=elections.wire_time(clock.now()))
    answer.set_etag(kept.mark)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _content(standing: Standing) -> dict[str, Any]:
    sitting = standing.sitting
    return {
        "congress": standing.congress,
        "sitting": sitting
        and {
            "id": sitting.id,
            "session": sitting.session_object,
            "name": sitting.name,
            "deputies": sitting.deputies,
            "present": sitting.present,
            "rehearsal": sitting.is_rehearsal,
        },
        "elections": [_election(election) for election in standing.elections],
    }


def _election(election: ElectionStanding) -> dict[str, Any]:
    turnout = election.turnout
    return {
        "id": election.object_id,
        "title": election.title,
        "kind": election.kind,
        "round": election.round,
        "state": election.state,
        "turnout": {
            "deputies": turnout.deputies,
            "present": turnout.present,
            "issued": turnout.issued,
            "ballots": turnout.ballots,
        },
        "keys": election.keys_object,
        "roll": election.roll_object,
        "outcome": election.outcome_object,
    }
