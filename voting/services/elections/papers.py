"""Writes the manifest of an election (protocol 5) from projects and the rules of the vote.

The words printed on a paper are part of the public log and stand in the congress's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from ballots.manifest import (
    FOR,
    GRADES,
    Limit,
    Manifest,
    Option,
    Question,
    check_manifest,
)
from voting.rules.vote import DecisionSettings, RatingSettings, Settings, Style

PROJECTS: Final = "projects"
AGAINST: Final = "against"
_TITLES: Final = {
    FOR: "赞成",
    AGAINST: "反对",
    "satisfied": "满意",
    "basic": "基本满意",
    "dissatisfied": "不满意",
}

_NAMES: Final = {
    "decision": "{year}年度民生实事项目票决",
    "rating": "{year}年度民生实事项目满意度测评",
    "advisory": "{year}年度民生实事项目票荐",
}


@dataclass(frozen=True, slots=True)
class Project:
    """What is voted on: its id on the paper and its title."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Round:
    """Which round of the vote this is; a later one names the election before it."""

    number: int = 1
    previous: str | None = None


FIRST: Final = Round()


def suggested_title(kind: str, year: int) -> str:
    """Give the usual title of a vote held in a year; a rating looks back at the year before."""
    return _NAMES[kind].format(year=year - (kind == "rating"))


def make_manifest(
    title: str,
    projects: Sequence[Project],
    settings: Settings,
    *,
    kind: str = "decision",
    turn: Round = FIRST,
) -> Manifest:
    """Put projects to the vote under adopted rules. Raises `BallotError`."""
    if isinstance(settings, RatingSettings):
        questions = [_question(project, GRADES, abstain=settings.abstain) for project in projects]
        limits: list[Limit] = []
    elif settings.style is Style.SHEET:
        questions, limits = [_sheet(title, projects, settings)], []
    else:
        questions = [_question(project, (FOR, AGAINST), abstain=True) for project in projects]
        favours = [(project.id, FOR) for project in projects]
        limits = [Limit(favours, 0, min(settings.seats, len(projects)))]
    made = Manifest(
        title=title,
        kind=kind,
        round=turn.number,
        questions=questions,
        limits=limits,
        rules=_rules(settings),
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
        limits=[_narrow_limit(limit, kept, choices) for limit in manifest.limits],
        rules=rules,
        previous=previous,
    )
    check_manifest(made)
    return made


def repeated_paper(manifest: Manifest, *, previous: str) -> Manifest:
    """Put the same once more, as the round after the one that came to nothing."""
    return replace(manifest, round=manifest.round + 1, previous=previous)


def project_titles(manifest: Manifest) -> dict[str, str]:
    """Give the titles of the projects on a paper, by id, in ballot order."""
    titles: dict[str, str] = {}
    for question in manifest.questions:
        if question.id == PROJECTS:
            titles.update({option.id: option.title for option in question.options})
        else:
            titles[question.id] = question.title
    return titles


def _sheet(title: str, projects: Sequence[Project], settings: DecisionSettings) -> Question:
    options = [Option(project.id, project.title) for project in projects]
    return Question(PROJECTS, title, options, settings.least, settings.seats, abstain=True)


def _rules(settings: Settings) -> dict[str, Any]:
    if isinstance(settings, RatingSettings):
        return {"base": str(settings.base), "strict": settings.strict}
    return {
        "seats": settings.seats,
        "threshold": str(settings.threshold),
        "tie": str(settings.tie),
        "shortfall": str(settings.shortfall),
    }


def _question(project: Project, options: Sequence[str], *, abstain: bool) -> Question:
    named = [Option(name, _TITLES[name]) for name in options]
    return Question(project.id, project.title, named, 1, 1, abstain)


def _narrow(question: Question, kept: set[str], choices: int) -> Question | None:
    if question.id != PROJECTS:
        return question if question.id in kept else None
    options = [option for option in question.options if option.id in kept]
    return replace(question, options=options, min=min(question.min, choices), max=choices)


def _narrow_limit(limit: Limit, kept: set[str], choices: int) -> Limit:
    options = [name for name in limit.options if name[0] in kept]
    return replace(limit, options=options, min=min(limit.min, choices), max=choices)
