"""Where chair and chief scrutineer consent, each on a device of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.rules.access import Action
from voting.services import elections, handcounts, reports, tallying
from voting.services.journal import Approvals
from voting.views.fields import read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("chair", __name__, url_prefix="/chair/<slug>")


@dataclass(frozen=True, slots=True)
class OpeningForm:
    report: Annotated[str, Meta(min_length=64, max_length=64)]


@dataclass(frozen=True, slots=True)
class AnnulmentForm:
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


@blueprint.get("")
@door(Action.READ_SITTING)
def conduct_page(slug: str) -> str:
    with reading() as tx:
        page = reports.read_conduct(tx, actor(), slug)
    return render("secretariat/chair.html", page)


@blueprint.get("/live")
@door(Action.READ_SITTING)
def live(slug: str) -> Response:
    with reading() as tx:
        page = reports.read_conduct(tx, actor(), slug)
    if request.args.get("live") == page.live_mark:
        return Response(status=204)
    answer = Response(render("secretariat/chair_live.html", page))
    if request.args.get("seen", page.mark) != page.mark:
        # What can be consented to has changed: the page is asked for again, unless one types.
        answer.headers["HX-Trigger"] = "outdated"
    return answer


@blueprint.post("/votes/<int:election_id>/open")
@door(Action.OPEN_ELECTION)
def consent_to_opening(slug: str, election_id: int) -> Response:
    form = read_form(OpeningForm)
    with transaction() as tx:
        given = elections.open_election(tx, actor(), election_id, report=form.report)
    return _told(slug, given)


@blueprint.post("/votes/<int:election_id>/close")
@door(Action.CLOSE_ELECTION)
def consent_to_closing(slug: str, election_id: int) -> Response:
    with transaction() as tx:
        given = tallying.close(tx, actor(), election_id)
    if given.is_complete:
        _add_up(election_id)
    return _told(slug, given)


@blueprint.post("/votes/<int:election_id>/tally")
@door(Action.TALLY_ELECTION)
def add_up(slug: str, election_id: int) -> Response:
    _add_up(election_id)
    say(msg("The ballots are added up. Now the scrutineers decrypt the sum."))
    return redirect(url_for("chair.conduct_page", slug=slug))


@blueprint.post("/votes/<int:election_id>/declare")
@door(Action.DECLARE_OUTCOME)
def consent_to_declaring(slug: str, election_id: int) -> Response:
    with transaction() as tx:
        given = tallying.declare(tx, actor(), election_id)
    return _told(slug, given)


@blueprint.post("/hand/<int:hand_id>/declare")
@door(Action.DECLARE_OUTCOME)
def consent_to_declaring_by_hand(slug: str, hand_id: int) -> Response:
    with transaction() as tx:
        given = handcounts.declare(tx, actor(), hand_id)
    return _told(slug, given)


@blueprint.get("/votes/<int:election_id>/zero")
@door(Action.READ_SITTING)
def zero_page(slug: str, election_id: int) -> str:
    with reading() as tx:
        page = reports.read_zero(tx, actor(), slug, election_id)
    return render("secretariat/zero.html", page)


@blueprint.post("/votes/<int:election_id>/annul")
@door(Action.ANNUL_ELECTION)
def consent_to_annulling(slug: str, election_id: int) -> Response:
    form = read_form(AnnulmentForm)
    with transaction() as tx:
        given = tallying.annul(tx, actor(), election_id, reason=form.reason)
    return _told(slug, given)


def _add_up(election_id: int) -> None:
    """Check and add outside of any lock, then publish: ballots of other votes need not wait."""
    with reading() as tx:
        total = tallying.add_up(tx, election_id)
    with transaction() as tx:
        tallying.publish_tally(tx, actor(), election_id, total)


def _told(slug: str, given: Approvals) -> Response:
    done = msg("Both have consented: it is done.")
    waiting = msg("Your consent is given. It is done as soon as the other one consents.")
    say(done if given.is_complete else waiting)
    return redirect(url_for("chair.conduct_page", slug=slug))
