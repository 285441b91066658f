"""The tables of an archive: every column is named here, so that nothing gets in by chance.

No contact and no telephone has a column; `gathering` also takes numbers out of texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from sqlalchemy import Select, extract, or_, select

from voting.models.announcements import Announcement
from voting.models.elections import Election
from voting.models.inspections import Activity, Finding, FindingStep, Paper
from voting.models.milestones import Milestone
from voting.models.projects import MoneyLine, Project, SubItem
from voting.models.proposals import Proposal
from voting.models.ratings import Rating, RatingItem, Rectification, ResidentItem, ResidentPoll
from voting.models.screening import ProjectList
from voting.models.sittings import Sitting
from voting.models.suggestions import Suggestion
from voting.models.supervision import (
    Adjustment,
    LightEntry,
    PartProgress,
    ProgressReport,
    Supervision,
    Target,
)
from voting.models.units import Unit

Statement: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an archive is of."""

    congress_id: int
    year: int


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table: its name as a file, and the columns it takes."""

    name: str
    statement: Callable[[Scope], Statement]


def _projects(scope: Scope) -> Statement:
    return (
        select(
            *(Project.code, Project.title, Project.category, Project.state, Project.reason),
            *(Project.content, Project.place, Project.goal, Project.due_on),
            Unit.name.label("unit"),
            *(Project.co_units, Project.leader, Project.total_yuan, Project.demand, Project.note),
        )
        .outerjoin(Unit, Unit.id == Project.unit_id)
        .where(*_of(scope))
        .order_by(Project.code)
    )


def _parts(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            SubItem.position,
            SubItem.title,
            SubItem.goal,
            Unit.name.label("unit"),
        )
        .join(Project, Project.id == SubItem.project_id)
        .outerjoin(Unit, Unit.id == SubItem.unit_id)
        .where(*_of(scope))
        .order_by(Project.code, SubItem.position)
    )


def _money(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            MoneyLine.year,
            MoneyLine.source,
            MoneyLine.planned_yuan,
        )
        .join(Project, Project.id == MoneyLine.project_id)
        .where(*_of(scope))
        .order_by(Project.code, MoneyLine.year, MoneyLine.id)
    )


def _proposals(scope: Scope) -> Statement:
    return (
        select(
            *(Proposal.number, Proposal.state, Proposal.title, Proposal.category),
            *(Proposal.place, Proposal.reason, Proposal.content, Proposal.source),
            Proposal.supports,
            Project.code.label("project"),
        )
        .outerjoin(Project, Project.id == Proposal.project_id)
        .where(Proposal.congress_id == scope.congress_id)
        .where(
            or_(
                Project.year == scope.year,
                # What is proposed in a year is for the projects of the next.
                extract("year", Proposal.created_at) == scope.year - 1,
            )
        )
        .order_by(Proposal.number)
    )


def _lists(scope: Scope) -> Statement:
    return (
        select(
            *(ProjectList.version, ProjectList.seats, ProjectList.adopted_on),
            *(ProjectList.resolution, ProjectList.digest, ProjectList.locked_at),
        )
        .where(ProjectList.congress_id == scope.congress_id, ProjectList.year == scope.year)
        .order_by(ProjectList.version)
    )


def _plans(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(Supervision.starts_on, Supervision.office, Supervision.lead, Supervision.plan),
            *(Supervision.accepted_on, Supervision.accepted_note),
        )
        .join(Project, Project.id == Supervision.project_id)
        .where(*_of(scope))
        .order_by(Project.code)
    )


def _targets(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(Target.month, Target.percent, Target.words, Target.reached_on),
        )
        .join(Project, Project.id == Target.project_id)
        .where(*_of(scope))
        .order_by(Project.code, Target.month)
    )


def _reports(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            Unit.name.label("unit"),
            *(ProgressReport.month, ProgressReport.version, ProgressReport.done),
            *(ProgressReport.trouble, ProgressReport.next_steps, ProgressReport.percent),
            *(ProgressReport.paid_yuan, ProgressReport.due_on, ProgressReport.is_late),
            ProgressReport.sent_at,
        )
        .join(Project, Project.id == ProgressReport.project_id)
        .join(Unit, Unit.id == ProgressReport.unit_id)
        .where(*_of(scope))
        .order_by(Project.code, ProgressReport.month, ProgressReport.version)
    )


def _part_reports(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(ProgressReport.month, ProgressReport.version),
            *(SubItem.position, SubItem.title, PartProgress.percent, PartProgress.words),
        )
        .join(ProgressReport, ProgressReport.id == PartProgress.report_id)
        .join(Project, Project.id == ProgressReport.project_id)
        .join(SubItem, SubItem.id == PartProgress.sub_item_id)
        .where(*_of(scope))
        .order_by(Project.code, ProgressReport.month, ProgressReport.version, SubItem.position)
    )


def _adjustments(scope: Scope) -> Statement:
    names = ("content", "place", "goal", "due_on", "total_yuan")
    return (
        select(
            Project.code.label("project"),
            *(Adjustment.decided_on, Adjustment.body, Adjustment.reason),
            *(
                Adjustment.changes[name][side].as_string().label(f"{name}_{side}")
                for name in names
                for side in ("old", "new")
            ),
        )
        .join(Project, Project.id == Adjustment.project_id)
        .where(*_of(scope))
        .order_by(Project.code, Adjustment.id)
    )


def _lights(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(LightEntry.at, LightEntry.month, LightEntry.light),
            *(LightEntry.planned, LightEntry.actual),
        )
        .join(Project, Project.id == LightEntry.project_id)
        .where(*_of(scope))
        .order_by(Project.code, LightEntry.id)
    )


def _activities(scope: Scope) -> Statement:
    return (
        select(
            *(Activity.kind, Activity.title, Activity.place, Activity.starts_at),
            *(Activity.state, Activity.findings),
        )
        .where(Activity.congress_id == scope.congress_id, Activity.year == scope.year)
        .order_by(Activity.starts_at, Activity.id)
    )


def _findings(scope: Scope) -> Statement:
    return (
        select(
            *(Finding.number, Finding.kind, Project.code.label("project")),
            *(Unit.name.label("unit"), Finding.words, Finding.state),
            *(Finding.found_on, Finding.due_on, Finding.closed_on),
        )
        .join(Project, Project.id == Finding.project_id)
        .join(Unit, Unit.id == Finding.unit_id)
        .where(Finding.congress_id == scope.congress_id, Finding.year == scope.year)
        .order_by(Finding.number)
    )


def _answers(scope: Scope) -> Statement:
    return (
        select(
            *(Finding.number.label("finding"), FindingStep.act, FindingStep.at),
            *(FindingStep.words, FindingStep.due_on),
        )
        .join(Finding, Finding.id == FindingStep.finding_id)
        .where(Finding.congress_id == scope.congress_id, Finding.year == scope.year)
        .order_by(Finding.number, FindingStep.id)
    )


def _papers(scope: Scope) -> Statement:
    return (
        select(Paper.kind, Paper.period, Paper.title, Paper.text, Paper.published_at)
        .where(Paper.congress_id == scope.congress_id, Paper.year == scope.year)
        .order_by(Paper.kind, Paper.period)
    )


def _votes(scope: Scope) -> Statement:
    rated = select(Rating.sitting_id).where(
        Rating.congress_id == scope.congress_id, Rating.year == scope.year
    )
    return (
        select(
            Sitting.name.label("sitting"),
            *(Election.title, Election.kind, Election.round, Election.state, Election.present),
            *(Election.issued, Election.ballots, Election.object_id.label("election")),
            Election.outcome_object.label("outcome"),
            *(Election.opened_at, Election.closed_at, Election.declared_at),
        )
        .join(Sitting, Sitting.id == Election.sitting_id)
        .where(Election.congress_id == scope.congress_id, Sitting.is_rehearsal.is_(False))
        .where(or_(extract("year", Sitting.starts_on) == scope.year, Sitting.id.in_(rated)))
        .order_by(Election.id)
    )


def _announcements(scope: Scope) -> Statement:
    return (
        select(Announcement.number, Announcement.dated, Announcement.public_from)
        .where(Announcement.congress_id == scope.congress_id)
        .where(extract("year", Announcement.dated).in_((scope.year, scope.year + 1)))
        .order_by(Announcement.number)
    )


def _ratings(scope: Scope) -> Statement:
    return (
        select(
            Rating.title.label("rating"),
            Sitting.name.label("sitting"),
            *(Rating.is_second, Rating.rated_on, Rating.deputies, Rating.present, Rating.issued),
            *(Rating.ballots, Rating.base, Rating.strict, RatingItem.code),
            RatingItem.title,
            *(RatingItem.satisfied, RatingItem.basic, RatingItem.dissatisfied),
            *(RatingItem.abstain, RatingItem.grade),
        )
        .join(Rating, Rating.id == RatingItem.rating_id)
        .join(Sitting, Sitting.id == Rating.sitting_id)
        .where(Rating.congress_id == scope.congress_id, Rating.year == scope.year)
        .where(Rating.settled_at.is_not(None))
        .order_by(Rating.id, RatingItem.position)
    )


def _rectifications(scope: Scope) -> Statement:
    return (
        select(
            *(RatingItem.code, RatingItem.title, Unit.name.label("unit")),
            *(Rectification.state, Rectification.demand, Rectification.due_on),
            *(Rectification.measures, Rectification.planned_at, Rectification.report),
            *(Rectification.reported_at, Rectification.closed_at),
        )
        .join(RatingItem, RatingItem.id == Rectification.item_id)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .outerjoin(Unit, Unit.id == Rectification.unit_id)
        .where(Rating.congress_id == scope.congress_id, Rating.year == scope.year)
        .order_by(Rectification.id)
    )


def _residents(scope: Scope) -> Statement:
    return (
        select(
            ResidentPoll.title.label("poll"),
            Project.code.label("project"),
            *(ResidentItem.title, ResidentItem.satisfied, ResidentItem.basic),
            *(ResidentItem.dissatisfied, ResidentItem.unknown),
        )
        .join(ResidentPoll, ResidentPoll.id == ResidentItem.poll_id)
        .join(Project, Project.id == ResidentItem.project_id)
        .where(ResidentPoll.congress_id == scope.congress_id, ResidentPoll.year == scope.year)
        .order_by(ResidentPoll.id, ResidentItem.position)
    )


def _suggestions(scope: Scope) -> Statement:
    return (
        select(
            *(Suggestion.number, Suggestion.title, Suggestion.category, Suggestion.content),
            *(Suggestion.state, Suggestion.submitted_on, Suggestion.assigned_on),
            Suggestion.closed_on,
        )
        .where(Suggestion.congress_id == scope.congress_id, Suggestion.year == scope.year)
        .order_by(Suggestion.number)
    )


def _milestones(scope: Scope) -> Statement:
    return (
        select(
            *(Milestone.project, Milestone.number, Milestone.stage, Milestone.at),
            Milestone.object_id.label("object"),
            Milestone.position.label("place_in_log"),
        )
        .join(Project, Project.code == Milestone.project)
        .where(Milestone.congress_id == scope.congress_id, *_of(scope))
        .order_by(Milestone.project, Milestone.number)
    )


def _of(scope: Scope) -> tuple[Any, ...]:
    return (Project.congress_id == scope.congress_id, Project.year == scope.year)


DATASETS: Final = (
    Dataset("projects", _projects),
    Dataset("parts", _parts),
    Dataset("money", _money),
    Dataset("proposals", _proposals),
    Dataset("adopted-lists", _lists),
    Dataset("votes", _votes),
    Dataset("announcements", _announcements),
    Dataset("supervision-plans", _plans),
    Dataset("targets", _targets),
    Dataset("progress-reports", _reports),
    Dataset("part-reports", _part_reports),
    Dataset("adjustments", _adjustments),
    Dataset("lights", _lights),
    Dataset("activities", _activities),
    Dataset("findings", _findings),
    Dataset("finding-steps", _answers),
    Dataset("bulletins-and-reports", _papers),
    Dataset("suggestions", _suggestions),
    Dataset("ratings", _ratings),
    Dataset("rectifications", _rectifications),
    Dataset("residents", _residents),
    Dataset("milestones", _milestones),
)
"""In the order of the year."""
