"""What deputies say of projects before adoption, and the demand index made from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.projects import Project, ProjectState
from voting.models.proposals import Proposal
from voting.models.screening import Opinion, Stance
from voting.models.sittings import Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.screening import Demand, Opinions, Voices, demand_of
from voting.services import journal
from voting.services.people import deputies
from voting.services.projects import list_projects


@dataclass(frozen=True, slots=True)
class OpinionGiven(Event):
    """A deputy said what they think of a project."""

    words = msg("Deputy {number} gave an opinion on the project {code}.")
    number: str
    code: str


def give_opinion(
    tx: Tx, actor: Actor, congress_id: int, *, code: str, stance: Stance, words: str
) -> Opinion:
    """Say as a deputy what one thinks of a project; as long as it is screened it may change."""
    access.check(actor, Action.COMMENT_CANDIDATE, congress_id)
    deputy = deputies.deputy_of(tx, actor, congress_id)
    query = select(Project).where(Project.congress_id == congress_id, Project.code == code)
    project = tx.scalar(query)
    if project is None:
        raise NotFound("There is no such project.")
    if project.state is not ProjectState.SCREENING:
        raise NotNow("The project {code} is no longer under screening.", code=code).now(
            "Speak to it in the deliberation of the sitting."
        )
    if stance is not Stance.SUPPORT and not words:
        what = msg("Say in a few words why, so that the office can act on it.")
        raise NotValid("This opinion needs words.").at(FieldProblem("words", what))
    row = tx.get(Opinion, (project.id, deputy.id))
    if row is None:
        row = Opinion(project_id=project.id, deputy_id=deputy.id)
        tx.add(row)
    row.stance, row.words, row.given_at = stance, words, clock.now()
    tx.flush()
    event = OpinionGiven(deputy.number, project.code)
    journal.record(tx, actor, event, congress_id=congress_id)
    return row


def opinions_on(tx: Tx, project_id: int) -> Sequence[Opinion]:
    """List what deputies said of a project, in the order of the roster."""
    query = select(Opinion).join(Deputy).where(Opinion.project_id == project_id)
    return tx.scalars(query.order_by(Deputy.position, Deputy.id)).all()


def own_opinions(tx: Tx, deputy: Deputy) -> Mapping[int, Opinion]:
    """Give a deputy's own opinions by project."""
    query = select(Opinion).where(Opinion.deputy_id == deputy.id)
    return {row.project_id: row for row in tx.scalars(query)}


def demands(tx: Tx, congress_id: int, year: int) -> dict[int, Demand]:
    """Work out the demand index of every project of a year, by its number."""
    rows = list_projects(tx, congress_id, year=year)
    voices, opinions = _voices(tx, congress_id, year), _opinions(tx, congress_id, year)
    most = max((sum(pair) for pair in voices.values()), default=0)
    return {
        row.id: demand_of(
            Voices(*voices.get(row.id, (0, 0)), most), opinions.get(row.id, Opinions())
        )
        for row in rows
    }


def supporters(tx: Tx, congress_id: int, year: int) -> dict[int, frozenset[int]]:
    """Give for each project of a year the deputies who support it."""
    query = (
        select(Opinion.project_id, Opinion.deputy_id)
        .join(Project, Project.id == Opinion.project_id)
        .where(Project.congress_id == congress_id, Project.year == year)
        .where(Opinion.stance == Stance.SUPPORT)
    )
    found: dict[int, set[int]] = {}
    for project_id, deputy_id in tx.execute(query):
        found.setdefault(project_id, set()).add(deputy_id)
    return {project_id: frozenset(people) for project_id, people in found.items()}


def _voices(tx: Tx, congress_id: int, year: int) -> dict[int, tuple[int, int]]:
    query = (
        select(Proposal.project_id, func.count(), func.sum(Proposal.supports))
        .join(Project, Project.id == Proposal.project_id)
        .where(Project.congress_id == congress_id, Project.year == year)
        .group_by(Proposal.project_id)
    )
    return {
        project_id: (number, int(supports))
        for project_id, number, supports in tx.execute(query)
        if project_id is not None
    }


def _opinions(tx: Tx, congress_id: int, year: int) -> dict[int, Opinions]:
    query = (
        select(Opinion.project_id, Opinion.stance, func.count())
        .join(Project, Project.id == Opinion.project_id)
        .where(Project.congress_id == congress_id, Project.year == year)
        .group_by(Opinion.project_id, Opinion.stance)
    )
    counts: dict[int, Counter[Stance]] = {}
    for project_id, stance, number in tx.execute(query):
        counts.setdefault(project_id, Counter())[stance] = number
    return {
        project_id: Opinions(count[Stance.SUPPORT], count[Stance.RESERVED], count[Stance.AGAINST])
        for project_id, count in counts.items()
    }
