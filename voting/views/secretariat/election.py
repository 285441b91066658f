"""Votes of a sitting: the keys, preparing, run-offs; opening and closing are others' to consent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from flask import Blueprint, redirect, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.sittings import BallotKind
from voting.rules.access import Action
from voting.services import ceremony, elections, reports, witnesses
from voting.services.sittings import scrutineers
from voting.views.fields import Title, read_form
from voting.views.gate import actor, door
from voting.views.pages import render, say

blueprint: Final = Blueprint(
    "election", __name__, url_prefix="/desk/<slug>/sittings/<int:sitting_id>"
)


@dataclass(frozen=True, slots=True)
class ScrutineersForm:
    deputies: tuple[int, ...]
    chief: int


@dataclass(frozen=True, slots=True)
class CeremonyForm:
    holders: tuple[int, ...]
    threshold: Annotated[int, Meta(ge=1, le=9)]


@dataclass(frozen=True, slots=True)
class WitnessForm:
    vkey: Annotated[str, Meta(min_length=40, max_length=400)]


@dataclass(frozen=True, slots=True)
class PrepareForm:
    kind: BallotKind
    title: Title


@blueprint.get("/scrutineers")
@door(Action.NAME_SCRUTINEERS)
def scrutineers_page(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_scrutineers(tx, actor(), slug, sitting_id)
    return render("secretariat/scrutineers.html", page)


@blueprint.post("/scrutineers")
@door(Action.NAME_SCRUTINEERS)
def name_scrutineers(slug: str, sitting_id: int) -> Response:
    form = read_form(ScrutineersForm)
    with transaction() as tx:
        warnings = scrutineers.name_scrutineers(
            tx, actor(), sitting_id, deputies=form.deputies, chief=form.chief
        )
    say(msg("The list of scrutineers is saved."))
    for warning in warnings:
        say(warning, "warning")
    return redirect(url_for("election.scrutineers_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/ceremony")
@door(Action.NAME_SCRUTINEERS)
def begin_ceremony(slug: str, sitting_id: int) -> Response:
    form = read_form(CeremonyForm)
    with transaction() as tx:
        holders = reports.plan_holders(tx, slug, form.holders)
        ceremony.begin(tx, actor(), sitting_id, threshold=form.threshold, holders=holders)
    say(msg("The key ceremony has begun: each scrutineer opens “Keys and watch” on a device."))
    return redirect(url_for("election.scrutineers_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/ceremony/<int:ceremony_id>/give-up")
@door(Action.NAME_SCRUTINEERS)
def give_up(slug: str, sitting_id: int, ceremony_id: int) -> Response:
    with transaction() as tx:
        ceremony.give_up(tx, actor(), ceremony_id)
    say(msg("The ceremony is given up. A new one can begin."))
    return redirect(url_for("election.scrutineers_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/witnesses")
@door(Action.NAME_SCRUTINEERS)
def name_witness(slug: str, sitting_id: int) -> Response:
    form = read_form(WitnessForm)
    with transaction() as tx:
        witnesses.invite_witness(tx, actor(), slug, form.vkey)
    say(msg("The witness is named: its signatures are taken from now on."))
    return redirect(url_for("election.scrutineers_page", slug=slug, sitting_id=sitting_id))


@blueprint.get("/votes")
@door(Action.READ_SITTING)
def votes_page(slug: str, sitting_id: int) -> str:
    with reading() as tx:
        page = reports.read_votes_page(tx, actor(), slug, sitting_id)
    return render("secretariat/votes.html", page)


@blueprint.post("/votes")
@door(Action.PREPARE_ELECTION)
def prepare(slug: str, sitting_id: int) -> Response:
    form = read_form(PrepareForm)
    with transaction() as tx:
        elections.prepare(tx, actor(), sitting_id, form.kind, title=form.title)
    say(msg("The vote is prepared. Chair and chief scrutineer can look at the zero report."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/votes/<int:election_id>/repeat")
@door(Action.PREPARE_ELECTION)
def repeat(slug: str, sitting_id: int, election_id: int) -> Response:
    with transaction() as tx:
        elections.repeat(tx, actor(), election_id)
    say(msg("The vote is prepared once more, word for word, as another round."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))


@blueprint.post("/votes/<int:election_id>/run-off")
@door(Action.RUN_OFF)
def run_off(slug: str, sitting_id: int, election_id: int) -> Response:
    with transaction() as tx:
        elections.run_off(tx, actor(), election_id)
    say(msg("The run-off is prepared with the same cards and keys."))
    return redirect(url_for("election.votes_page", slug=slug, sitting_id=sitting_id))
