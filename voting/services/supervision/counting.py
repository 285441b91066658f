"""Counts a year of supervision: groups, visits, deputies, problems, advice, solved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from voting.db import Tx
from voting.models.inspections import (
    Activity,
    ActivityKind,
    ActivityState,
    Finding,
    FindingKind,
    FindingState,
    Guest,
)
from voting.models.projects import Project
from voting.models.supervision import GroupMember, ProgressReport, Supervision


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of a year."""

    year: int
    projects: int
    groups: int
    members: int
    activities: int
    stations: int
    attendances: int
    problems: int
    advice: int
    solved: int
    reports: int
    late: int

    @property
    def solved_percent(self) -> int:
        """How many of a hundred problems and pieces of advice are closed."""
        found = self.problems + self.advice
        return round(100 * self.solved / found) if found else 0


def count_year(tx: Tx, congress_id: int, year: int) -> Counters:
    """Count a year."""
    projects = select(Project.id).where(Project.congress_id == congress_id, Project.year == year)
    with_group = (Supervision.lead != "") | Supervision.members.any()
    held = select(Activity.id).where(
        Activity.congress_id == congress_id,
        Activity.year == year,
        Activity.state == ActivityState.HELD,
    )
    found = select(func.count(Finding.id)).where(
        Finding.congress_id == congress_id, Finding.year == year
    )
    reports = select(func.count(ProgressReport.id)).where(
        ProgressReport.project_id.in_(projects), ProgressReport.version == 1
    )

    def number(query: object) -> int:
        return int(tx.scalar(query) or 0)  # type: ignore[call-overload]  # each counts something

    supervised = select(func.count(Supervision.project_id)).where(
        Supervision.project_id.in_(projects)
    )
    members = select(func.count(GroupMember.deputy_id.distinct())).where(
        GroupMember.project_id.in_(projects)
    )
    came = select(func.count(Guest.id)).where(
        Guest.activity_id.in_(held), Guest.deputy_id.is_not(None), Guest.signed_at.is_not(None)
    )
    activities = select(func.count()).select_from(held.subquery())
    stations = select(func.count()).select_from(
        held.where(Activity.kind == ActivityKind.STATION).subquery()
    )
    return Counters(
        year=year,
        projects=number(supervised),
        groups=number(supervised.where(with_group)),
        members=number(members),
        activities=number(activities),
        stations=number(stations),
        attendances=number(came),
        problems=number(found.where(Finding.kind == FindingKind.PROBLEM)),
        advice=number(found.where(Finding.kind == FindingKind.ADVICE)),
        solved=number(found.where(Finding.state == FindingState.CLOSED)),
        reports=number(reports),
        late=number(reports.where(ProgressReport.is_late)),
    )
