"""What-if sums over a list, which are advice only: a cap on money, and equal shares."""

from __future__ import annotations

from dataclasses import dataclass

from voting.db import Tx
from voting.models.projects import Project
from voting.models.screening import ProjectList
from voting.rules.screening import Choice, equal_shares, greedy
from voting.services import projects
from voting.services.screening import opinions


@dataclass(frozen=True, slots=True)
class WhatIfRow:
    """A project of the list with what it costs this year, and which sums would take it."""

    project: Project
    cost_yuan: int | None
    stars: int
    percent: int
    supporters: int
    by_demand: bool
    by_shares: bool


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both sums under a cap; what they would spend, and how many deputies' views went in."""

    cap_yuan: int
    rows: tuple[WhatIfRow, ...]
    spent_by_demand: int
    spent_by_shares: int
    deputies: int


def what_if(tx: Tx, listed: ProjectList, cap_yuan: int) -> WhatIf:
    """Work out what a cap on the year's money would leave of a list."""
    stars = opinions.demands(tx, listed.congress_id, listed.year)
    people = opinions.supporters(tx, listed.congress_id, listed.year)
    costs = {place.project_id: _cost(place.project) for place in listed.places}
    choices = [
        Choice(
            place.project.code,
            cost,
            stars[place.project_id].percent,
            people.get(place.project_id, frozenset()),
        )
        for place in listed.places
        if (cost := costs[place.project_id]) is not None
    ]
    by_demand, by_shares = greedy(choices, cap_yuan), equal_shares(choices, cap_yuan)
    prices = {choice.code: choice.cost for choice in choices}
    rows = tuple(
        WhatIfRow(
            project=place.project,
            cost_yuan=costs[place.project_id],
            stars=stars[place.project_id].stars,
            percent=stars[place.project_id].percent,
            supporters=len(people.get(place.project_id, ())),
            by_demand=place.project.code in by_demand,
            by_shares=place.project.code in by_shares,
        )
        for place in listed.places
    )
    return WhatIf(
        cap_yuan=cap_yuan,
        rows=rows,
        spent_by_demand=sum(prices[code] for code in by_demand),
        spent_by_shares=sum(prices[code] for code in by_shares),
        deputies=len(frozenset[int]().union(*(choice.supporters for choice in choices))),
    )


def _cost(project: Project) -> int | None:
    """Give what a project takes from the year's money, or all of it where years are not known."""
    yearly = projects.yearly_of(project)
    return project.total_yuan if yearly is None else yearly
