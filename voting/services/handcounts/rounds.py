"""What a vote has come to over all its rounds, on tablets and on paper."""

from __future__ import annotations

from dataclasses import dataclass

from ballots.objects import DecisionOutcome
from voting.db import Tx
from voting.models.elections import Election, ElectionState
from voting.models.handcounts import HandCount, HandStage
from voting.services import elections
from voting.services.handcounts import results


@dataclass(frozen=True, slots=True)
class Chosen:
    """The codes of all that were chosen, each with its outcome in the log; by hand there is none.

    `is_final` tells that the rules ask for no further round.
    """

    outcomes: dict[str, str]
    is_final: bool


def chosen_in_all(tx: Tx, last: Election | HandCount) -> Chosen:
    """Gather what a round and those before it have chosen."""
    outcomes: dict[str, str] = {}
    vote: Election | HandCount | None = last
    while vote is not None:
        outcomes = {**_elected(tx, vote), **outcomes}
        vote = _before(tx, vote)
    return Chosen(outcomes, _is_final(tx, last))


def _elected(tx: Tx, vote: Election | HandCount) -> dict[str, str]:
    if isinstance(vote, Election):
        if vote.state is not ElectionState.DECIDED:
            return {}
        outcome, name = elections.outcome_of(tx, vote), vote.outcome_object or ""
    else:
        if vote.stage is not HandStage.SIGNED:
            return {}
        outcome, name = results.outcome_of(tx, vote), ""
    if not isinstance(outcome, DecisionOutcome) or not outcome.valid:
        return {}
    return dict.fromkeys(outcome.elected, name)


def _before(tx: Tx, vote: Election | HandCount) -> Election | HandCount | None:
    if isinstance(vote, HandCount) and vote.previous_id is not None:
        return tx.get(HandCount, vote.previous_id)
    before = vote.election_id if isinstance(vote, HandCount) else vote.previous_id
    return None if before is None else tx.get(Election, before)


def _is_final(tx: Tx, last: Election | HandCount) -> bool:
    if isinstance(last, Election):
        return not elections.is_without_result(tx, last) and not elections.asked_run_off(tx, last)
    return results.outcome_of(tx, last).valid and not results.asked_run_off(tx, last)
