"""Writes the manifest of an election (protocol 5) from projects and the rules of the vote.

The words printed on a paper are part of the public log and stand in the congress's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from msgspec import UNSET, to_builtins
from msgspec.structs import replace

from ballots.manifest import (
    FOR,
    DecisionRules,
    Limit,
    Manifest,
    Option,
    Question,
    check_manifest,
)

PROJECTS: Final = "projects"
AGAINST: Final = "against"
_TITLES: Final = {
    FOR: "赞成",
    AGAINST: "反对",
    "satisfied": "满意",
    "basic": "基本满意",
    "dissatisfied": "不满意",
}


class PaperStyle(StrEnum):
    """How projects are put: all on one list, or each for / against / abstain."""

    SHEET = "sheet"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Project:
    """What is voted on: its id on the paper and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class PaperRules:
    """How a vote on projects is asked (style, choices, minimum, abstain) and decided."""

    style: PaperStyle
    choices: int
    minimum: int
    abstain: bool
    decision: DecisionRules


@dataclass(frozen=True, slots=True)
class Round:
    """Which round of the vote this is; a later one names the election before it."""

    number: int = 1
    previous: str | None = None


def decision_paper(
    title: str, projects: Sequence[Project], rules: PaperRules, *, kind: str, turn: Round
) -> Manifest:
    """Put projects to a decision. Raises `BallotError` with the manifest's codes."""
    if rules.style is PaperStyle.SHEET:
        options = [Option(project.id, project.title) for project in projects]
        questions = [
            Question(PROJECTS, title, options, rules.minimum, rules.choices, rules.abstain)
        ]
        limits = []
    else:
        questions = [
            _question(project, (FOR, AGAINST), abstain=rules.abstain) for project in projects
        ]
        favours = [(project.id, FOR) for project in projects]
        limits = [Limit(favours, rules.minimum, rules.choices)]
    made = Manifest(
        title=title,
        kind=kind,
        round=turn.number,
        questions=questions,
        limits=limits,
        rules=to_builtins(rules.decision),
        previous=UNSET if turn.previous is None else turn.previous,
    )
    check_manifest(made)
    return made


def rating_paper(
    title: str, projects: Sequence[Project], rules: dict[str, Any], *, abstain: bool, turn: Round
) -> Manifest:
    """Have projects rated. Raises `BallotError` with the manifest's codes."""
    grades = ("satisfied", "basic", "dissatisfied")
    made = Manifest(
        title=title,
        kind="rating",
        round=turn.number,
        questions=[_question(project, grades, abstain=abstain) for project in projects],
        limits=[],
        rules=rules,
        previous=UNSET if turn.previous is None else turn.previous,
    )
    check_manifest(made)
    return made


def runoff_paper(
    manifest: Manifest, projects: Sequence[str], *, seats: int, is_tie: bool, previous: str
) -> Manifest:
    """Put some of a vote's projects to the vote again, for the seats left open.

    After a tie the most votes win; after a shortfall the threshold stays. Raises `BallotError`.
    """
    choices = min(seats, len(projects))
    kept = set(projects)
    rules = dict(manifest.rules, seats=seats)
    if is_tie:
        rules["threshold"] = "none"
    made = replace(
        manifest,
        round=manifest.round + 1,
        questions=[
            question
            for question in (_narrow(question, kept, choices) for question in manifest.questions)
            if question is not None
        ],
        limits=[
            limit for limit in (_narrow_limit(x, kept, choices) for x in manifest.limits) if limit
        ],
        rules=rules,
        previous=previous,
    )
    check_manifest(made)
    return made


def project_titles(manifest: Manifest) -> dict[str, str]:
    """Give the titles of the projects on a paper, by id, in ballot order."""
    titles: dict[str, str] = {}
    for question in manifest.questions:
        if question.id == PROJECTS:
            titles.update({option.id: option.title for option in question.options})
        else:
            titles[question.id] = question.title
    return titles


def _question(project: Project, options: Sequence[str], *, abstain: bool) -> Question:
    named = [Option(name, _TITLES[name]) for name in options]
    return Question(project.id, project.title, named, 1, 1, abstain)


def _narrow(question: Question, kept: set[str], choices: int) -> Question | None:
    if question.id != PROJECTS:
        return question if question.id in kept else None
    options = [option for option in question.options if option.id in kept]
    return replace(question, options=options, min=min(question.min, choices), max=choices)


def _narrow_limit(limit: Limit, kept: set[str], choices: int) -> Limit | None:
    options = [name for name in limit.options if name[0] in kept]
    if not options:
        return None
    return replace(limit, options=options, min=min(limit.min, choices), max=choices)
