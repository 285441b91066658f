"""Begins a vote on paper: after an annulled vote, from the locked list, or as a run-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select

from ballots.manifest import Manifest, Style, check_manifest, parse_manifest
from voting import clock
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, msg
from voting.events import Event
from voting.models.elections import Election
from voting.models.handcounts import HandCount, HandStage
from voting.models.sittings import BallotKind, Sitting, Stage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import elections, journal
from voting.services.elections import runoff_paper
from voting.services.handcounts.results import asked_run_off
from voting.services.sittings import plenary
from voting.services.verdicts import judged


@dataclass(frozen=True, slots=True)
class HandCountBegun(Event):
    """A vote goes on with paper."""

    words = msg("The vote “{title}”, round {round}, goes on with paper ballots, counted by hand.")
    hand_count_id: int
    title: str
    round: int


@dataclass(frozen=True, slots=True)
class HandCountDropped(Event):
    """A count by hand was begun for nothing."""

    words = msg("The count by hand of the vote “{title}” was given up.")
    hand_count_id: int
    title: str


@judged
def begin(tx: Tx, actor: Actor, sitting_id: int, kind: BallotKind, *, title: str) -> HandCount:
    """Go on with paper: with the paper of the annulled vote, or where there was none, a new one."""
    sitting = plenary.find_sitting(tx, sitting_id)
    access.check(actor, Action.PREPARE_ELECTION, sitting.congress_id)
    _check_meeting(sitting)
    last = _last_election(tx, sitting.id, kind)
    _check_free(tx, sitting.id, kind, last)
    if last is not None:
        manifest = elections.manifest_of(tx, last)
        return _add(tx, actor, sitting, manifest, election_id=last.id)
    manifest = elections.draft_manifest(tx, sitting.id, kind, title=title)
    return _add(tx, actor, sitting, manifest)


@judged
def run_off(tx: Tx, actor: Actor, hand_count_id: int) -> HandCount:
    """Vote on paper again on what an outcome left open."""
    before = find_hand_count(tx, hand_count_id)
    access.check(actor, Action.RUN_OFF, before.sitting.congress_id)
    _check_meeting(before.sitting)
    asked = asked_run_off(tx, before)
    if asked is None or before.digest is None:
        raise NotNow("The rules ask for no run-off after this outcome.")
    later = select(HandCount.id).where(HandCount.previous_id == before.id)
    if tx.scalar(later) is not None:
        raise Conflict("The next round of this vote has been prepared already.")
    manifest = runoff_paper(
        style_of(before).manifest,
        asked.projects,
        seats=asked.seats,
        is_tie=asked.is_tie,
        previous=before.digest,
    )
    return _add(tx, actor, before.sitting, manifest, previous_id=before.id)


def drop(tx: Tx, actor: Actor, hand_count_id: int) -> None:
    """Give up a count by hand that nobody has signed."""
    hand = find_hand_count(tx, hand_count_id)
    access.check(actor, Action.PREPARE_ELECTION, hand.sitting.congress_id)
    if hand.stage is not HandStage.COUNTING:
        raise NotNow("This count is signed, or was given up before.")
    # The row before may have another follower now.
    hand.stage, hand.previous_id = HandStage.DROPPED, None
    event = HandCountDropped(hand.id, hand.title)
    journal.record(tx, actor, event, congress_id=hand.sitting.congress_id)


def can_begin(tx: Tx, sitting: Sitting, kind: BallotKind) -> bool:
    """Tell whether to offer going on with paper for a kind of vote."""
    last = _last_election(tx, sitting.id, kind)
    is_free = last is None or elections.is_without_result(tx, last)
    return sitting.stage is Stage.MEETING and is_free and _living(tx, sitting.id, kind) is None


def find_hand_count(tx: Tx, hand_count_id: int) -> HandCount:
    """Find a count by hand by its number."""
    hand = tx.get(HandCount, hand_count_id, populate_existing=True)
    if hand is None:
        raise NotFound("There is no such count by hand.")
    return hand


def list_hand_counts(tx: Tx, sitting_id: int) -> Sequence[HandCount]:
    """Give a sitting's counts by hand that were not given up, the latest first."""
    query = select(HandCount).where(
        HandCount.sitting_id == sitting_id, HandCount.stage != HandStage.DROPPED
    )
    return tx.scalars(query.order_by(HandCount.id.desc())).all()


def style_of(hand: HandCount) -> Style:
    """Give what a vote on paper asks, checked."""
    return check_manifest(parse_manifest(hand.manifest))


def _add(
    tx: Tx,
    actor: Actor,
    sitting: Sitting,
    manifest: Manifest,
    *,
    election_id: int | None = None,
    previous_id: int | None = None,
) -> HandCount:
    plain: dict[str, Any] = msgspec.to_builtins(manifest)
    hand = HandCount(
        sitting_id=sitting.id,
        election_id=election_id,
        previous_id=previous_id,
        kind=BallotKind(manifest.kind),
        round=manifest.round,
        title=manifest.title,
        manifest=plain,
        begun_at=clock.now(),
    )
    tx.add(hand)
    tx.flush()
    event = HandCountBegun(hand.id, hand.title, hand.round)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return hand


def _check_meeting(sitting: Sitting) -> None:
    if sitting.stage is not Stage.MEETING:
        raise NotNow("The sitting has not begun, or it has ended.")


def _check_free(tx: Tx, sitting_id: int, kind: BallotKind, last: Election | None) -> None:
    if last is not None and not elections.is_without_result(tx, last):
        raise NotNow("The vote “{title}” goes on on the tablets.", title=last.title).now(
            "Chair and chief scrutineer annul it first; then it goes on with paper."
        )
    if _living(tx, sitting_id, kind) is not None:
        raise Conflict("This vote is being counted by hand already.")


def _last_election(tx: Tx, sitting_id: int, kind: BallotKind) -> Election | None:
    query = select(Election).where(Election.sitting_id == sitting_id, Election.kind == kind)
    return tx.scalar(query.order_by(Election.id.desc()).limit(1))


def _living(tx: Tx, sitting_id: int, kind: BallotKind) -> HandCount | None:
    query = select(HandCount).where(
        HandCount.sitting_id == sitting_id,
        HandCount.kind == kind,
        HandCount.stage != HandStage.DROPPED,
    )
    return tx.scalar(query.limit(1))
