"""Each object of an election at the wrong time, and its right time again."""

from __future__ import annotations

from copy import deepcopy

import msgspec
import pytest
from msgspec.structs import replace as changed

from ballots.errors import BallotError
from ballots.objects import (
    Annul,
    Base,
    Close,
    DecisionOutcome,
    Issue,
    Keys,
    Milestone,
    Open,
    Result,
    Revoke,
    Roll,
    Tally,
    Trustee,
    store,
)
from ballots.outcome import decide
from tests.cheats import ballot_of, signed_ballot
from tests.congress import TIME, Congress, card, credential
from tests.manifests import choice
from tests.votes import PROJECTS, Vote

NAMES = sorted(credential(number) for number in (1, 2, 3, 4))


def refusal(congress: Congress, value: Base) -> str:
    """Give the rule by which the log refuses an object."""
    with pytest.raises(BallotError) as refused:
        congress.replay.take(store(value))
    return str(refused.value)


def test_ceremony_that_is_over_takes_nothing_more(vote: Vote) -> None:
    congress = vote.congress
    trustee, keys = congress.log[2].value, congress.keys.value
    assert isinstance(trustee, Trustee)
    assert isinstance(keys, Keys)

    assert congress.state(congress.ceremony).keys == keys
    assert refusal(congress, changed(trustee, name="Another")) == "order.state"
    other = changed(keys, verification=keys.verification[::-1])
    assert refusal(congress, other) == "order.repeated"


def test_roll_is_sorted_and_its_cards_are_issued_and_revoked_in_turns(assembly: Congress) -> None:
    congress = deepcopy(assembly)
    session = congress.session.id
    for names in ([], NAMES[::-1], [NAMES[0], *NAMES]):
        assert refusal(congress, Roll(session, names)) == "roll.credentials"
    roll = congress.add(Roll(session, NAMES[:3]))
    state = congress.replay.rolls[roll.id]

    congress.add(Issue(roll.id, NAMES[:1]))
    congress.add(Issue(roll.id, NAMES[1:2]))
    for names in (NAMES[1:3], NAMES[3:], [NAMES[2]] * 2):
        assert refusal(congress, Issue(roll.id, names)) == "issue.credential"
    assert (state.issued, state.good) == (set(NAMES[:2]), 2)
    for names in (NAMES[2:3], NAMES[3:], [NAMES[0]] * 2):
        assert refusal(congress, Revoke(roll.id, names, "lost")) == "revoke.credential"
    congress.add(Revoke(roll.id, NAMES[:1], "lost"))
    congress.add(Revoke(roll.id, NAMES[1:2], "lost"))
    assert (state.revoked, state.good) == (set(NAMES[:2]), 0)
    assert refusal(congress, Revoke(roll.id, NAMES[:1], "again")) == "revoke.credential"


def test_election_goes_its_way_once_and_in_order(vote: Vote) -> None:
    congress, election = vote.congress, vote.election
    early = congress.elect(choice(3, 2, title="Another matter"))
    assert refusal(congress, Close(early.id, 4, 4, 0, TIME)) == "order.state"
    assert refusal(congress, Tally(election.id, 0, "")) == "order.state"
    assert refusal(congress, Open(election.id, 3, TIME)) == "order.repeated"
    congress.cast(election, 1, [(PROJECTS, "p1")])
    assert refusal(congress, Close(election.id, 4, 3, 1, TIME)) == "close.issued"
    assert refusal(congress, Close(election.id, 4, 4, 2, TIME)) == "close.ballots"
    congress.close(election)
    assert refusal(congress, Close(election.id, 3, 4, 1, TIME)) == "order.repeated"
    tally = congress.tally(election)
    assert refusal(congress, Tally(election.id, 0, "")) == "order.repeated"
    congress.decrypt(election, [1])
    share = congress.share(election, 1)
    assert refusal(congress, changed(share, signature="A" * 86)) == "decryption.index"
    assert refusal(congress, Result(tally.id, [1, 2], [1, 0, 0, 0])) == "order.state"
    congress.decrypt(election, [2])
    assert refusal(congress, Result(tally.id, [2, 1], [1, 0, 0, 0])) == "result.trustees"
    assert refusal(congress, Result(tally.id, [1, 2], [0, 1, 0, 0])) == "result.counts"
    result = congress.add(Result(tally.id, [1, 2], [1, 0, 0, 0]))
    assert refusal(congress, Result(tally.id, [1, 2], [0, 0, 0, 0])) == "order.repeated"
    turnout = congress.election(election).turnout
    value = decide(vote.paper.style, [1, 0, 0, 0], turnout, result.id)
    assert isinstance(value, DecisionOutcome)
    assert refusal(congress, changed(value, open_seats=9)) == "outcome.value"
    outcome = congress.add(value)
    assert refusal(congress, changed(value, open_seats=9)) == "order.repeated"
    assert congress.replay.outcomes[outcome.id].kind == "decision"


def test_annulled_election_takes_nothing_more(vote: Vote) -> None:
    congress, election = vote.congress, vote.election
    ballot = vote.ballot(2)
    for number in (1, 3, 4):
        congress.cast(election, number, [(PROJECTS, "p1")])
    decided = congress.finish(election)
    congress.milestone("p1", "adopted")
    congress.milestone("p1", "decided", decided.id)
    state = congress.election(election)
    assert state.count is not None
    tally = state.count.id
    assert congress.replay.ways["p1"].election == election.id

    congress.add(Annul(election.id, "void", TIME))

    assert congress.replay.ways["p1"].election == ""
    outcome = msgspec.structs.replace(decided.value, open_seats=9)
    share = changed(congress.share(election, 1), signature="A" * 86)
    last = congress.replay.ways["p1"]
    milestone = Milestone("p1", 3, last.last, "decided", "0" * 64, decided.id, TIME)
    for value in (
        Annul(election.id, "again", TIME),
        Open(election.id, 3, TIME),
        ballot,
        Close(election.id, 3, 4, 3, TIME),
        Tally(election.id, 0, ""),
        share,
        Result(tally, [1, 2], [0, 0, 0, 0]),
        outcome,
        milestone,
    ):
        assert refusal(congress, value) == "order.annulled"


def test_what_was_accepted_is_not_challenged_and_what_was_challenged_not_accepted(
    vote: Vote,
) -> None:
    congress, election = vote.congress, vote.election
    challenge = congress.challenge(election, 1, [(PROJECTS, "p1")])
    opened = ballot_of(store(challenge.value.ballot))  # type: ignore[attr-defined]
    assert refusal(congress, opened) == "ballot.challenged"
    congress.cast(election, 1, [(PROJECTS, "p2")])
    accepted = changed(challenge.value, ballot=vote.ballot(1, "p2"))
    assert refusal(congress, accepted) == "challenge.accepted"
    stolen = signed_ballot(changed(vote.ballot(1, "p2"), credential=credential(2)), card(2))
    assert refusal(congress, stolen.value).startswith("ballot.")
