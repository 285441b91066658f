"""Rules and counts at their edges; the shared vectors hold the rest."""

from __future__ import annotations

import pytest

from ballots.manifest import check_manifest
from ballots.objects import DecisionOutcome, RatingOutcome
from ballots.outcome import Turnout, decide
from tests.manifests import choice, one_by_one, rating

ALL = Turnout(9, 9, 9, 9)


def decision(votes: list[int], seats: int, turnout: Turnout = ALL, **rules: object) -> object:
    """Decide between as many projects as there are votes."""
    manifest = choice(len(votes), seats)
    style = check_manifest(choice(len(votes), seats, rules=manifest.rules | rules))
    outcome = decide(style, [*votes, 0], turnout, "")
    assert isinstance(outcome, DecisionOutcome)
    return outcome.elected, outcome.tied, outcome.not_elected, outcome.open_seats


def test_project_without_a_vote_is_never_elected() -> None:
    assert decision([0, 0], 2, threshold="none") == ([], [], ["p1", "p2"], 2)


def test_tie_within_the_seats_elects_all_and_tie_over_them_none_of_the_tied() -> None:
    assert decision([5, 5, 1], 2, threshold="none") == (["p1", "p2"], [], ["p3"], 0)
    assert decision([5, 6, 5], 2, threshold="none") == (["p2"], ["p1", "p3"], [], 1)
    assert decision([4, 4, 4], 2, threshold="none") == ([], ["p1", "p2", "p3"], [], 2)


@pytest.mark.parametrize(
    ("threshold", "required"), [("all", 5), ("present", 4), ("valid", 3), ("none", 0)]
)
def test_threshold_is_more_than_half_of_what_it_names(threshold: str, required: int) -> None:
    turnout = Turnout(9, 7, 6, 5)
    style = check_manifest(choice(1, 1, rules=choice(1, 1).rules | {"threshold": threshold}))

    outcome = decide(style, [max(required, 1), 0], turnout, "")

    assert isinstance(outcome, DecisionOutcome)
    assert (outcome.required, outcome.elected) == (required, ["p1"])
    if required:
        fewer = decide(style, [required - 1, 0], turnout, "")
        assert isinstance(fewer, DecisionOutcome)
        assert fewer.elected == []


@pytest.mark.parametrize(
    ("turnout", "is_valid"),
    [
        (Turnout(9, 6, 6, 6), True),
        (Turnout(9, 5, 5, 5), False),
        (Turnout(10, 6, 6, 6), False),
        (Turnout(10, 7, 7, 7), True),
        (Turnout(9, 9, 8, 9), False),
        (Turnout(9, 8, 9, 8), False),
        (Turnout(0, 0, 0, 0), True),
    ],
)
def test_round_is_void_without_quorum_or_with_too_many_papers(
    turnout: Turnout, is_valid: bool
) -> None:
    assert turnout.is_valid == is_valid
    elected = ["p1"] if is_valid else []
    assert decision([3], 1, turnout, threshold="none") == (elected, [], [], 0)


def test_votes_for_a_question_are_those_of_its_option_for() -> None:
    style = check_manifest(one_by_one(2, 2))

    outcome = decide(style, [5, 4, 0, 4, 5, 0], ALL, "r")

    assert isinstance(outcome, DecisionOutcome)
    assert (outcome.elected, outcome.not_elected) == (["p1"], ["p2"])


@pytest.mark.parametrize(
    ("counts", "strict", "grade"),
    [
        ([5, 0, 5], False, "satisfied"),
        ([5, 0, 5], True, "dissatisfied"),
        ([5, 1, 4], True, "basic"),
        ([6, 0, 4], True, "satisfied"),
        ([2, 3, 5], False, "basic"),
        ([4, 0, 6], False, "dissatisfied"),
    ],
)
def test_grade_is_the_best_that_half_or_more_than_half_reach(
    counts: list[int], strict: bool, grade: str
) -> None:
    style = check_manifest(rating(1, strict=strict))

    outcome = decide(style, [*counts, 0], Turnout(10, 10, 10, 10), "")

    assert isinstance(outcome, RatingOutcome)
    assert outcome.grades == {"p1": grade}
    void = decide(style, [*counts, 0], Turnout(30, 10, 10, 10), "")
    assert isinstance(void, RatingOutcome)
    assert void.grades == {}
