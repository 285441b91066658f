"""What the replay refuses beside what forged logs show, and what it never changes."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import msgspec
import pytest

from ballots.errors import BallotError
from ballots.objects import Base, Ceremony, Election, Issue, Roll, Session, Stored, store
from ballots.replay import Replay, judge_ballot
from tests.cheats import signed_ballot
from tests.congress import Congress, card, credential
from tests.manifests import choice
from tests.votes import Vote

PROJECTS = "projects"


def refusal(congress: Congress, value: Base) -> str:
    """Give the rule by which the log refuses an object."""
    with pytest.raises(BallotError) as refused:
        congress.replay.take(store(value))
    return refused.value.rule


def other_session(congress: Congress) -> Stored:
    """Let the congress meet again."""
    return congress.add(Session("Congress", "Second session", 4))


def test_turnout_of_an_election_that_is_not_closed_is_a_mistake(vote: Vote) -> None:
    with pytest.raises(ValueError, match=r"^the election was not closed$"):
        _ = vote.congress.election(vote.election).turnout


def test_keys_and_roll_of_another_session_are_refused(vote: Vote) -> None:
    congress = vote.congress
    session = other_session(congress)
    election = vote.election.value
    assert isinstance(election, Election)
    roll = congress.add(Roll(session.id, [credential(1)]))
    keys = congress.hold(congress.add(Ceremony(session.id, 1, 1, 32)))

    for members in (
        {"session": session.id},
        {"roll": roll.id},
        {"keys": keys.id},
        {"session": session.id, "roll": roll.id},
        {"session": session.id, "keys": keys.id},
    ):
        other = msgspec.structs.replace(election, **members)
        assert refusal(congress, other) == "order.reference"
    own = msgspec.structs.replace(election, session=session.id, roll=roll.id, keys=keys.id)
    congress.add(own)


def test_run_off_of_an_election_that_was_never_held_is_refused(vote: Vote) -> None:
    election = vote.election.value
    assert isinstance(election, Election)
    manifest = choice(2, 1, round=2, previous="0" * 64)

    assert refusal(vote.congress, msgspec.structs.replace(election, manifest=manifest)) == (
        "order.reference"
    )


@pytest.mark.parametrize(
    "leave_out",
    [
        lambda congress: congress.log[2],
        lambda congress: congress.log[4],
        lambda congress: congress.log[6],
    ],
    ids=["registration", "commitment", "confirmation"],
)
def test_ceremony_goes_on_only_when_all_have_spoken(
    assembly: Congress, leave_out: Callable[[Congress], Stored]
) -> None:
    missing = leave_out(assembly)
    replay, rules = Replay(), []
    for stored in assembly.log:
        try:
            if stored != missing:
                replay.take(stored)
        except BallotError as error:
            rules.append(error.rule)

    assert rules[0] == "order.state"


def test_confirmation_after_the_keys_is_refused(vote: Vote) -> None:
    congress = vote.congress
    confirmation = congress.log[6].value

    again = msgspec.structs.replace(confirmation, signature="A" * 86)
    assert refusal(congress, again) == "order.state"


def test_share_after_the_result_is_refused(vote: Vote) -> None:
    congress = Congress(trustees=3, threshold=2)
    election = congress.elect(choice(2))
    congress.open(election)
    congress.close(election)
    congress.tally(election)
    late = congress.share(election, 3)
    congress.decrypt(election)
    congress.result(election)

    assert refusal(congress, late) == "order.state"


def test_any_shares_that_are_enough_give_the_result() -> None:
    congress = Congress(trustees=3, threshold=2)
    election = congress.elect(choice(2))
    congress.open(election)
    congress.cast(election, 1, [(PROJECTS, "p2")])
    congress.close(election)
    congress.tally(election)
    congress.decrypt(election, [3, 2])

    result = congress.result(election)

    assert msgspec.to_builtins(result.value)["trustees"] == [2, 3]
    assert msgspec.to_builtins(result.value)["counts"] == [0, 1, 0]


def test_card_that_voted_is_revoked_once_the_election_is_closed(vote: Vote) -> None:
    congress = vote.congress
    congress.cast(vote.election, 1, [(PROJECTS, "p1")])

    with pytest.raises(BallotError, match=r"^revoke\.voted$"):
        congress.revoke(1)
    congress.close(vote.election)
    congress.revoke(1)
    second = congress.elect(choice(2))
    congress.open(second)
    with pytest.raises(BallotError, match=r"^ballot\.credential$"):
        congress.cast(second, 1, [(PROJECTS, "p1")])


def test_revoked_card_is_neither_issued_again_nor_challenges(vote: Vote) -> None:
    congress = vote.congress
    congress.revoke(2)

    assert refusal(congress, Issue(congress.roll.id, [credential(2)])) == "issue.credential"
    with pytest.raises(BallotError, match=r"^ballot\.credential$"):
        congress.challenge(vote.election, 2, [(PROJECTS, "p1")])


def test_challenge_outside_the_opening_is_refused(vote: Vote) -> None:
    congress = vote.congress
    congress.close(vote.election)

    with pytest.raises(BallotError, match=r"^ballot\.closed$"):
        congress.challenge(vote.election, 1, [(PROJECTS, "p1")])


def test_second_ballot_of_a_card_is_refused_and_the_first_stands(vote: Vote) -> None:
    congress = vote.congress
    first = congress.cast(vote.election, 1, [(PROJECTS, "p1")])
    other = vote.ballot(1, "p2")

    second = signed_ballot(other, card(1))
    assert second.id != first.id
    assert refusal(congress, second.value) == "ballot.second"
    assert congress.election(vote.election).ballots[credential(1)].id == first.id


def test_form_of_a_ballot_is_named_before_its_place_and_its_place_before_its_claims(
    vote: Vote,
) -> None:
    congress = vote.congress
    congress.close(vote.election)
    short = msgspec.structs.replace(vote.ballot(), proof="")
    false = msgspec.structs.replace(vote.ballot(), signature="A" * 86)

    assert refusal(congress, short) == "ballot.length"
    assert refusal(congress, false) == "ballot.closed"


def test_verdict_of_another_process_is_taken_as_it_is(vote: Vote) -> None:
    good = store(vote.ballot())
    bad = store(msgspec.structs.replace(vote.ballot(), signature="A" * 86))
    verdict = judge_ballot(vote.paper, bad)
    congress = vote.congress

    assert isinstance(verdict, BallotError)
    with pytest.raises(BallotError, match=r"^object\.signature$"):
        congress.replay.take(bad, verdict)
    congress.replay.take(good, judge_ballot(vote.paper, good))
    assert congress.election(vote.election).ballots.keys() == {credential(1)}


def snapshot(value: Any) -> Any:
    """Take all of a state apart, down to what can be compared."""
    if isinstance(value, dict):
        return {name: snapshot(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [snapshot(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: snapshot(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def test_refusal_changes_nothing(everything: Vote) -> None:
    """Every object of a whole log is refused at every place but its own, and leaves no trace."""
    replay = Replay()
    for place, stored in enumerate(everything.congress.log):
        before = snapshot(deepcopy(replay.__dict__))
        for other in everything.congress.log[place + 2 :: 5]:
            try:
                trial = deepcopy(replay)
                trial.take(other)
            except BallotError:
                assert snapshot(trial.__dict__) == before
        replay.take(stored)
