"""The tables of an archive that supervision fills."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from voting.models.inspections import Activity, Finding, FindingStep, Paper
from voting.models.projects import Project, SubItem
from voting.models.supervision import (
    Adjustment,
    LightEntry,
    PartProgress,
    PartReport,
    ProgressReport,
    Supervision,
    Target,
)
from voting.models.units import Unit
from voting.services.archives.scope import Dataset, Scope, Statement, of


def _plans(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(Supervision.starts_on, Supervision.office, Supervision.lead, Supervision.plan),
            *(Supervision.accepted_on, Supervision.accepted_note),
        )
        .join(Project, Project.id == Supervision.project_id)
        .where(*of(scope))
        .order_by(Project.code)
    )


def _targets(scope: Scope) -> Statement:
    return (
        select(
            Project.code.label("project"),
            *(Target.month, Target.percent, Target.words, Target.reached_on),
        )
        .join(Project, Project.id == Target.project_id)
        .where(*of(scope))
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
        .where(*of(scope))
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
        .where(*of(scope))
        .order_by(Project.code, ProgressReport.month, ProgressReport.version, SubItem.position)
    )


def _own_parts(scope: Scope) -> Statement:
    """Give what units said of their parts, whether or not the leading one has reported."""
    return (
        select(
            Project.code.label("project"),
            *(PartReport.month, SubItem.position, SubItem.title, Unit.name.label("unit")),
            *(PartReport.percent, PartReport.words, PartReport.sent_at),
        )
        .join(SubItem, SubItem.id == PartReport.sub_item_id)
        .join(Project, Project.id == SubItem.project_id)
        .join(Unit, Unit.id == PartReport.unit_id)
        .where(*of(scope))
        .order_by(Project.code, PartReport.month, SubItem.position)
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
        .where(*of(scope))
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
        .where(*of(scope))
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


SUPERVISION: Final = (
    Dataset("supervision-plans", _plans),
    Dataset("targets", _targets),
    Dataset("progress-reports", _reports),
    Dataset("part-reports", _part_reports),
    Dataset("part-reports-of-units", _own_parts),
    Dataset("adjustments", _adjustments),
    Dataset("lights", _lights),
    Dataset("activities", _activities),
    Dataset("findings", _findings),
    Dataset("finding-steps", _answers),
    Dataset("bulletins-and-reports", _papers),
)
"""In the order of the year."""
