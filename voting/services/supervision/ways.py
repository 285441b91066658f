"""Tells the public way of a project what supervision has done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from voting.db import Tx
from voting.errors import Message, msg
from voting.i18n import SHANGHAI
from voting.models.inspections import ActivityState, FindingAct, FindingKind
from voting.models.milestones import Stage
from voting.models.people import Congress
from voting.models.projects import Project
from voting.models.supervision import Supervision
from voting.rules.journey import Step
from voting.rules.lights import LIGHT_NAMES, Light
from voting.services import milestones
from voting.services.supervision import activities, adjusting, lighting, problems, progress

_ACTS = {
    FindingAct.RAISED: (msg("Problem No. {number} was found."), Stage.PROBLEM),
    FindingAct.ANSWERED: (msg("The unit answered problem No. {number}."), Stage.ANSWERED),
    FindingAct.RETURNED: (
        msg("Problem No. {number} was checked again and sent back."),
        None,
    ),
    FindingAct.CLOSED: (msg("Problem No. {number} was checked again and closed."), Stage.CLOSED),
}


class _Entries:
    """A project's entries in the log, each given once to the step that it stands for."""

    def __init__(self, tx: Tx, project: Project) -> None:
        """Read them from the log."""
        self._lines = list(milestones.of_project(tx, project.congress_id, project.code))

    def index(self, stage: Stage | None, at: datetime) -> int | None:
        """Give the place in the log of what happened at a moment."""
        same = at.replace(microsecond=0)
        for line in self._lines:
            if line.stage is stage and line.at == same:
                self._lines.remove(line)
                return line.index
        return None

    @property
    def decided_at(self) -> datetime | None:
        """When the project was decided, as the log has it."""
        return next((line.at for line in self._lines if line.stage is Stage.DECIDED), None)

    def named(self, stage: Stage, title: str) -> int | None:
        """Give the place in the log of what has a title."""
        for line in self._lines:
            if line.stage is stage and (line.content or {}).get("title") == title:
                self._lines.remove(line)
                return line.index
        return None


def steps_of(tx: Tx, project: Project) -> tuple[Step, ...]:
    """Give the steps of a project's supervision, each with its entry in the log."""
    supervision = tx.get(Supervision, project.id)
    if supervision is None:
        return ()
    entries = _Entries(tx, project)
    slug = tx.get_one(Congress, project.congress_id).slug
    here: dict[str, Any] = {
        "endpoint": "watch_projects.project_page",
        "values": {"slug": slug, "code": project.code},
    }
    return (
        *_beginning(supervision, entries.decided_at),
        *_reports(tx, project, entries, here),
        *_visits(tx, project, entries),
        *_findings(tx, project, entries),
        *_adjustments(tx, project, entries),
        *_acceptance(tx, project, entries),
    )


def _beginning(supervision: Supervision, decided_at: datetime | None) -> Iterator[Step]:
    """Tell the beginning; on the day of the decision it is not told before it."""
    begun = datetime.combine(supervision.starts_on, time(), SHANGHAI).astimezone(UTC)
    begun = max(begun, decided_at or begun)
    detail = msg("Led by {lead}.", lead=supervision.lead) if supervision.lead else None
    yield Step(begun, msg("Supervision begins."), detail)


def _reports(tx: Tx, project: Project, entries: _Entries, here: dict[str, Any]) -> Iterator[Step]:
    lights = {lit.at: lit for lit in lighting.history(tx, project)}
    for report in progress.versions_of(tx, project):
        said = msg(
            "{unit} reports on month {month}: {percent}% done.",
            unit=report.unit.name,
            month=report.month,
            percent=report.percent,
        )
        lit = lights.get(report.sent_at)
        detail: Message | None = None
        if lit is not None:
            words = LIGHT_NAMES[lit.light]
            is_planned = lit.light is not Light.GREY
            detail = (
                msg("Planned {planned}%: {light}.", planned=lit.planned, light=words)
                if is_planned
                else words
            )
        index = entries.index(Stage.REPORTED, report.sent_at)
        yield Step(report.sent_at, said, detail, index, **here)


def _visits(tx: Tx, project: Project, entries: _Entries) -> Iterator[Step]:
    for activity in activities.activities_of(tx, project):
        if activity.state is ActivityState.HELD:
            words = msg(
                "{kind}: {title}", kind=activities.KIND_NAMES[activity.kind], title=activity.title
            )
            number = len(activities.deputies_of(activity))
            detail = msg("{number} deputies took part.", number=number)
            yield Step(
                activity.starts_at, words, detail, entries.named(Stage.VISITED, activity.title)
            )


def _findings(tx: Tx, project: Project, entries: _Entries) -> Iterator[Step]:
    for finding in problems.findings_of(tx, project):
        if finding.kind is not FindingKind.PROBLEM:
            continue
        for step in finding.steps:
            words, stage = _ACTS[step.act]
            said = Message(words.id, {"number": finding.number})
            yield Step(step.at, said, None, entries.index(stage, step.at))


def _adjustments(tx: Tx, project: Project, entries: _Entries) -> Iterator[Step]:
    for row in adjusting.adjustments_of(tx, project):
        words = msg("The project was adjusted by {body}.", body=row.body)
        detail = msg("Reason: {reason}", reason=row.reason)
        yield Step(row.made_at, words, detail, entries.index(Stage.ADJUSTED, row.made_at))


def _acceptance(tx: Tx, project: Project, entries: _Entries) -> Iterator[Step]:
    for lit in lighting.history(tx, project):
        if lit.reason == "accepted":
            index = entries.index(Stage.ACCEPTED, lit.at)
            yield Step(lit.at, msg("Finished and accepted."), None, index)
            return
