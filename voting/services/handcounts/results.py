"""What a signed count by hand comes to, by the same rules as every other count."""

from __future__ import annotations

from collections.abc import Sequence

from ballots.manifest import DecisionRules, check_manifest, parse_manifest
from ballots.objects import DecisionOutcome, RatingOutcome
from ballots.outcome import Turnout as Weighed
from ballots.outcome import decide
from voting.db import Tx
from voting.errors import NotNow
from voting.models.handcounts import HandCount, HandStage
from voting.services import elections
from voting.services.elections import RunOff
from voting.services.tallying import Turnout


def turnout_of(tx: Tx, hand: HandCount) -> Turnout:
    """Give papers handed out and returned, once two tellers agree; the present as signed or now."""
    present = hand.present
    if present is None:
        present = elections.count_present(tx, hand.sitting_id)
    is_counted = hand.stage is HandStage.SIGNED
    issued, returned = (hand.entries[0].issued, hand.entries[0].returned) if is_counted else (0, 0)
    return Turnout(hand.sitting.deputies, present, issued, returned)


def counts_of(hand: HandCount) -> Sequence[int]:
    """Give the signed counts, one an option on the paper."""
    if hand.stage is not HandStage.SIGNED:
        raise NotNow("This count is not signed yet.")
    return [int(count) for count in hand.entries[0].counts]


def outcome_of(tx: Tx, hand: HandCount) -> DecisionOutcome | RatingOutcome:
    """Apply the rules to signed counts; void papers count as returned, but not as votes."""
    counts, turnout = counts_of(hand), turnout_of(tx, hand)
    is_void = turnout.ballots > turnout.issued
    votes = turnout.ballots if is_void else turnout.ballots - hand.entries[0].void
    weighed = Weighed(turnout.deputies, turnout.present, turnout.issued, votes)
    style = check_manifest(parse_manifest(hand.manifest))
    return decide(style, counts, weighed, str(hand.digest))


def asked_run_off(tx: Tx, hand: HandCount) -> RunOff | None:
    """Tell what the rules ask after a signed count, if anything."""
    if hand.stage is not HandStage.SIGNED:
        return None
    rules = check_manifest(parse_manifest(hand.manifest)).rules
    outcome = outcome_of(tx, hand)
    if not isinstance(rules, DecisionRules) or not isinstance(outcome, DecisionOutcome):
        return None
    return elections.run_off_of(outcome, tie=rules.tie, shortfall=rules.shortfall)
