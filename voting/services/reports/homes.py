"""A congress's home page: what is open to take part in, this year's projects, votes and news."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voting.db import Tx
from voting.models.news import NewsItem
from voting.models.projects import Project, ProjectState
from voting.models.proposals import CollectionWindow
from voting.services import news, projects, proposals
from voting.services.people.congresses import CongressCard
from voting.services.reports.overview import CongressPage, read_congress
from voting.services.supervision.lighting import Lit, light_now

_DECIDED: Final = (ProjectState.DECIDED, ProjectState.ACCEPTED)
_NEWS: Final = 5


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A decided project and its light, once it is supervised."""

    code: str
    title: str
    unit: str
    light: Lit | None


@dataclass(frozen=True, slots=True)
class HomePage:
    """What stands on a congress's home page; `year` is that of the projects."""

    congress: CongressCard
    windows: Sequence[CollectionWindow]
    year: int | None
    projects: tuple[ProjectLine, ...]
    votes: CongressPage
    news: Sequence[NewsItem]


def read_home(tx: Tx, slug: str) -> HomePage:
    """Gather a congress's home page."""
    votes = read_congress(tx, slug)
    congress = votes.congress
    year, rows = _latest(tx, congress.id)
    return HomePage(
        congress=congress,
        windows=proposals.open_windows(tx, congress.id),
        year=year,
        projects=tuple(_line(tx, row) for row in rows),
        votes=votes,
        news=news.list_public(tx, congress.id, limit=_NEWS),
    )


def _latest(tx: Tx, congress_id: int) -> tuple[int | None, Sequence[Project]]:
    """Give the latest year in which projects were decided, and those projects."""
    for year in projects.list_years(tx, congress_id):
        rows = projects.list_projects(tx, congress_id, year=year, states=_DECIDED)
        if rows:
            return year, rows
    return None, ()


def _line(tx: Tx, project: Project) -> ProjectLine:
    unit = project.unit.name if project.unit else ""
    return ProjectLine(project.code, project.title, unit, light_now(tx, project))
