"""Prepares elections: from locked candidates and adopted rules, or as a run-off of one before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ballots.ballot import make_paper
from ballots.manifest import Manifest
from ballots.objects import DecisionOutcome, Keys, RatingOutcome, parse_object, store
from ballots.objects import Election as ElectionObject
from voting import ledger
from voting.db import Tx
from voting.errors import Conflict, NotFound, NotNow, msg
from voting.events import Event
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount, HandStage
from voting.models.sittings import BallotKind, Sitting
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import candidates, ceremony, journal, rolls
from voting.services.elections.papers import (
    FIRST,
    Project,
    Round,
    make_manifest,
    repeated_paper,
    runoff_paper,
)
from voting.services.sittings import rulebook
from voting.services.verdicts import judged


@dataclass(frozen=True, slots=True)
class ElectionPrepared(Event):
    """What is put to the vote stands in the log."""

    words = msg("The vote “{title}”, round {round}, was prepared.")
    election_id: int
    title: str
    round: int


@dataclass(frozen=True, slots=True)
class RunOff:
    """What the rules ask after a round: these projects again, for so many seats."""

    projects: tuple[str, ...]
    seats: int
    is_tie: bool


@judged
def prepare_manifest(tx: Tx, actor: Actor, sitting_id: int, manifest: Manifest) -> Election:
    """Put a question of its own to the vote, such as a rating of offices. Raises `RuleBroken`."""
    sitting = rolls.find_sitting(tx, sitting_id)
    access.check(actor, Action.PREPARE_ELECTION, sitting.congress_id)
    ledger.lock(tx, sitting.congress_id)
    return _publish(tx, actor, sitting, manifest, before=None)


@judged
def prepare(tx: Tx, actor: Actor, sitting_id: int, kind: BallotKind, *, title: str) -> Election:
    """Put the locked candidates to the vote under the adopted rules. Raises `RuleBroken`.

    After an annulled or void vote of the same kind it is the next round, and names that one.
    """
    sitting = rolls.find_sitting(tx, sitting_id)
    access.check(actor, Action.PREPARE_ELECTION, sitting.congress_id)
    ledger.lock(tx, sitting.congress_id)
    turn, before = _next_round(tx, sitting.id, kind)
    manifest = draft_manifest(tx, sitting.id, kind, title=title, turn=turn)
    return _publish(tx, actor, sitting, manifest, before=before)


def draft_manifest(
    tx: Tx, sitting_id: int, kind: BallotKind, *, title: str, turn: Round = FIRST
) -> Manifest:
    """Write the paper of the locked candidates under the adopted rules."""
    rules = rulebook.adopted_rules(tx, sitting_id, kind)
    if rules is None:
        raise NotNow("The rules of this vote are not adopted yet.").now("Adopt the rules first.")
    listed = candidates.locked_list(tx, sitting_id, kind)
    if listed is None:
        raise NotNow("The candidates are not locked yet.").now("Adopt the list first.")
    projects = [Project(candidate.code, candidate.title) for candidate in listed.candidates]
    return make_manifest(title, projects, rules.settings, kind=kind, turn=turn)


def asked_run_off(tx: Tx, election: Election) -> RunOff | None:
    """Tell what the rules ask after an election's outcome, if anything."""
    if election.state is not ElectionState.DECIDED:
        return None
    outcome = outcome_of(tx, election)
    if isinstance(outcome, RatingOutcome):
        return None
    rules = manifest_of(tx, election).rules
    return run_off_of(outcome, tie=rules["tie"], shortfall=rules["shortfall"])


def run_off_of(outcome: DecisionOutcome, *, tie: str, shortfall: str) -> RunOff | None:
    """Tell what rules ask after an outcome, if anything."""
    if not outcome.open_seats:
        return None
    if outcome.tied:
        found = RunOff(tuple(outcome.tied), outcome.open_seats, is_tie=True)
        return found if tie == "runoff" else None
    if outcome.not_elected and shortfall == "runoff":
        return RunOff(tuple(outcome.not_elected), outcome.open_seats, is_tie=False)
    return None


@judged
def run_off(tx: Tx, actor: Actor, election_id: int) -> Election:
    """Prepare the run-off that an outcome asks for, with the same cards and keys."""
    before = find_election(tx, election_id)
    access.check(actor, Action.RUN_OFF, before.congress_id)
    ledger.lock(tx, before.congress_id)
    asked = asked_run_off(tx, before)
    if asked is None:
        raise NotNow("The rules ask for no run-off after this outcome.")
    _check_last(tx, before)
    manifest = runoff_paper(
        manifest_of(tx, before),
        asked.projects,
        seats=asked.seats,
        is_tie=asked.is_tie,
        previous=before.object_id,
    )
    sitting = rolls.find_sitting(tx, before.sitting_id)
    return _publish(tx, actor, sitting, manifest, before=before)


@judged
def repeat(tx: Tx, actor: Actor, election_id: int) -> Election:
    """Put an annulled or void vote once more, word for word, as another round."""
    before = find_election(tx, election_id)
    access.check(actor, Action.PREPARE_ELECTION, before.congress_id)
    ledger.lock(tx, before.congress_id)
    if not is_without_result(tx, before):
        raise NotNow("Only an annulled or void vote is repeated.")
    _check_last(tx, before)
    manifest = repeated_paper(manifest_of(tx, before), previous=before.object_id)
    sitting = rolls.find_sitting(tx, before.sitting_id)
    return _publish(tx, actor, sitting, manifest, before=before)


def find_election(tx: Tx, election_id: int) -> Election:
    """Find an election by its number."""
    election = tx.get(Election, election_id, populate_existing=True)
    if election is None:
        raise NotFound("There is no such vote.")
    return election


def manifest_of(tx: Tx, election: Election) -> Manifest:
    """Give what an election asks."""
    _, value = ledger.load(tx, election.congress_id, election.object_id, ElectionObject)
    return value.manifest


def may_prepare(tx: Tx, sitting_id: int, kind: BallotKind) -> bool:
    """Tell whether to offer a vote of a kind: there is none yet, or it came to nothing."""
    query = select(Election).where(Election.sitting_id == sitting_id, Election.kind == kind)
    last = tx.scalar(query.order_by(Election.id.desc()).limit(1))
    by_hand = select(HandCount.id).where(
        HandCount.sitting_id == sitting_id,
        HandCount.kind == kind,
        HandCount.stage != HandStage.DROPPED,
    )
    is_free = last is None or is_without_result(tx, last)
    return is_free and tx.scalar(by_hand.limit(1)) is None


def _next_round(tx: Tx, sitting_id: int, kind: BallotKind) -> tuple[Round, Election | None]:
    query = select(Election).where(Election.sitting_id == sitting_id, Election.kind == kind)
    last = tx.scalar(query.order_by(Election.id.desc()).limit(1))
    if last is None and not may_prepare(tx, sitting_id, kind):
        raise Conflict("This vote is being counted by hand already.")
    if last is None:
        return FIRST, None
    if not is_without_result(tx, last):
        raise Conflict("This sitting has a vote of this kind already.").now(
            "Annul it first, or make the run-off that its outcome asks for."
        )
    _check_last(tx, last)
    return Round(last.round + 1, last.object_id), last


def is_without_result(tx: Tx, election: Election) -> bool:
    """Tell whether a vote was annulled or is void."""
    if election.state is ElectionState.DECIDED:
        return not outcome_of(tx, election).valid
    return election.state is ElectionState.ANNULLED


def _check_last(tx: Tx, election: Election) -> None:
    by_hand = select(HandCount.id).where(
        HandCount.election_id == election.id, HandCount.stage != HandStage.DROPPED
    )
    if tx.scalar(by_hand) is not None:
        raise Conflict("This vote is being counted by hand already.")
    later = select(Election.id).where(Election.previous_id == election.id)
    if tx.scalar(later) is not None:
        raise Conflict("The next round of this vote has been prepared already.").now(
            "If that one was annulled or is void, repeat that one."
        )


def _publish(
    tx: Tx, actor: Actor, sitting: Sitting, manifest: Manifest, *, before: Election | None
) -> Election:
    circle = ceremony.current(tx, sitting.id)
    if circle is None or circle.keys_object is None:
        raise NotNow("The key ceremony has not come to its end.")
    if sitting.session_object is None or sitting.roll_object is None:
        raise NotNow("The roll of cards is not published yet.")
    stored = parse_object(
        store(
            ElectionObject(
                session=sitting.session_object,
                keys=circle.keys_object,
                roll=sitting.roll_object,
                manifest=manifest,
            )
        ).raw
    )
    _, keys = ledger.load(tx, sitting.congress_id, circle.keys_object, Keys)
    make_paper(stored, keys)
    ledger.append(tx, sitting.congress_id, stored)
    election = Election(
        congress_id=sitting.congress_id,
        sitting_id=sitting.id,
        ceremony_id=circle.id,
        previous_id=before.id if before else None,
        object_id=stored.id,
        keys_object=circle.keys_object,
        roll_object=sitting.roll_object,
        title=manifest.title,
        kind=BallotKind(manifest.kind),
        round=manifest.round,
    )
    tx.add(election)
    tx.flush()
    event = ElectionPrepared(election.id, election.title, election.round)
    journal.record(tx, actor, event, congress_id=election.congress_id)
    return election


def outcome_of(tx: Tx, election: Election) -> DecisionOutcome | RatingOutcome:
    """Give what a decided election has come to."""
    if election.outcome_object is None:
        raise NotNow("This vote has no outcome yet.")
    raw = ledger.raw_object(tx, election.congress_id, election.outcome_object)
    value = parse_object(raw).value
    if not isinstance(value, DecisionOutcome | RatingOutcome):
        raise TypeError("an outcome is needed")
    return value
