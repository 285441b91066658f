"""§16. A project's milestones: which may follow which, and which outcomes they may name."""

from __future__ import annotations

from copy import deepcopy
from typing import get_args

import pytest

from ballots.encoding import canonical, sha256
from ballots.errors import Invalid, Malformed
from ballots.milestones import Decision, Way, check_content, follow, undo
from ballots.objects import DecisionOutcome, Milestone, RatingOutcome, Stage
from tests.congress import TIME
from tests.votes import Vote

STAGES: tuple[Stage, ...] = get_args(Stage)
ELECTED = Decision("e1", "decision", DecisionOutcome("", True, 1, 1, ["p1"], ["p3"], ["p2"], 0))
GRADED = Decision("e2", "rating", RatingOutcome("", True, 1, {"p1": "basic"}))


def milestone(way: Way, stage: Stage, project: str = "p1") -> Milestone:
    """Make the milestone that follows."""
    return Milestone(project, way.number + 1, way.last, stage, "0" * 64, "", TIME)


def way_along(*stages: Stage) -> Way:
    """Follow a project through stages."""
    way = Way()
    for stage in stages:
        way = follow(way, f"{way.number + 1}", milestone(way, stage), None)
    return way


def next_after(*stages: Stage) -> set[str]:
    """Tell which stages may follow."""
    way = way_along(*stages)
    return {stage for stage in STAGES if refusal(way, stage) is None}


def refusal(way: Way, stage: Stage) -> str | None:
    """Give the rule that a stage would break."""
    try:
        follow(way, "next", milestone(way, stage), None)
    except Invalid as refused:
        return refused.rule
    return None


ALWAYS = {"planned", "reported", "visited", "problem", "adjusted", "accepted", "rated", "archived"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], {"adopted"}),
        (["adopted"], {"decided", "archived"}),
        (["adopted", "decided"], ALWAYS),
        (["adopted", "decided", "planned", "reported", "visited", "adjusted"], ALWAYS),
        (["adopted", "decided", "accepted"], ALWAYS),
        (["adopted", "decided", "problem"], ALWAYS | {"answered"}),
        (["adopted", "decided", "problem", "answered"], ALWAYS | {"answered", "closed"}),
        (["adopted", "decided", "problem", "answered", "closed"], ALWAYS),
        (["adopted", "decided", "rated"], ALWAYS | {"rectified"}),
        (["adopted", "decided", "rated", "rectified"], ALWAYS | {"rectified"}),
        (["adopted", "archived"], set()),
        (["adopted", "decided", "problem", "answered", "rated", "archived"], set()),
    ],
)
def test_stage_may_follow_those_alone_that_the_page_names(
    before: list[Stage], after: set[str]
) -> None:
    way = way_along(*before)

    assert next_after(*before) == after
    assert {refusal(way, stage) for stage in STAGES} <= {None, "milestone.stage"}


def test_problem_is_closed_once_for_each_answer_and_each_problem() -> None:
    """An answer that was sent back is given again; it does not close two problems."""
    begun: tuple[Stage, ...] = ("adopted", "decided", "problem", "answered", "answered", "closed")

    assert next_after(*begun) == ALWAYS
    assert next_after(*begun, "problem") == ALWAYS | {"answered"}
    assert next_after(*begun[:3], "problem", "answered", "closed") == ALWAYS | {"answered"}
    two = (*begun[:3], "problem", "answered", "answered", "closed")
    assert next_after(*two) == ALWAYS | {"answered", "closed"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"previous": "0"}, "milestone.previous"),
        ({"previous": ""}, "milestone.previous"),
        ({"number": 2}, "milestone.number"),
        ({"number": 4}, "milestone.number"),
    ],
)
def test_milestone_out_of_its_chain_is_refused(change: dict[str, object], rule: str) -> None:
    way = way_along("adopted", "decided")
    members = {"number": 3, "previous": way.last} | change
    value = Milestone("p1", stage="planned", content="0" * 64, outcome="", time=TIME, **members)  # type: ignore[arg-type]  # members of both types

    with pytest.raises(Invalid) as refused:
        follow(way, "next", value, None)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    ("stage", "project", "decision"),
    [
        ("decided", "p2", ELECTED),
        ("decided", "p3", ELECTED),
        ("decided", "p1", Decision("e", "advisory", ELECTED.outcome)),
        ("decided", "p1", GRADED),
        ("rated", "p2", GRADED),
        ("rated", "p1", ELECTED),
        ("planned", "p1", ELECTED),
        ("archived", "p1", GRADED),
    ],
)
def test_outcome_that_says_otherwise_is_refused(
    stage: Stage, project: str, decision: Decision
) -> None:
    way = way_along("adopted") if stage == "decided" else way_along("adopted", "decided")

    with pytest.raises(Invalid, match=r"^milestone\.outcome$"):
        follow(way, "next", milestone(way, stage, project), decision)


def test_outcomes_that_elect_and_grade_are_taken() -> None:
    way = way_along("adopted")

    decided = follow(way, "2", milestone(way, "decided"), ELECTED)
    rated = follow(decided, "3", milestone(decided, "rated"), GRADED)

    assert (decided.election, rated.election) == ("e1", "e1")
    assert (rated.last, rated.number, rated.stage) == ("3", 3, "rated")


def test_decision_that_was_taken_back_is_made_anew() -> None:
    way = undo(way_along("adopted", "decided", "problem"))

    with pytest.raises(Invalid, match=r"^milestone\.stage$"):
        follow(way, "4", milestone(way, "planned"), None)
    again = follow(way, "4", milestone(way, "decided"), ELECTED)

    assert again.election == "e1"
    assert follow(again, "5", milestone(again, "answered"), None).number == 5


def test_annulled_election_takes_back_its_own_decisions_alone(everything: Vote) -> None:
    congress, decision = deepcopy(everything)
    state = congress.election(decision)
    outcome = next(
        name
        for name in congress.replay.outcomes
        if congress.replay.outcomes[name].election == decision.id
    )
    congress.milestone("p9", "adopted")
    congress.milestone("p9", "decided")

    congress.annul(decision)

    assert state.is_annulled
    congress.milestone("p9", "planned")
    with pytest.raises(Invalid, match=r"^milestone\.stage$"):
        congress.milestone("p1", "planned")
    with pytest.raises(Invalid, match=r"^order\.annulled$"):
        congress.milestone("p1", "decided", outcome)
    congress.milestone("p1", "decided")


def test_content_is_compared_byte_for_byte() -> None:
    raw = canonical({"salt": "AAAAAAAAAAAAAAAAAAAAAA", "title": "口袋公园"})
    value = Milestone("p1", 1, "", "adopted", sha256(raw).hex(), "", TIME)

    check_content(value, raw)
    with pytest.raises(Invalid, match=r"^milestone\.content$"):
        check_content(value, canonical({"title": "口袋公园"}))
    with pytest.raises(Malformed, match=r"^encoding\.canonical$"):
        check_content(value, b" " + raw)
