"""Problems 问题 and advice 建议: found, answered, checked again, closed 销号 or sent back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, Message, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import this_day
from voting.models.inspections import (
    Activity,
    Finding,
    FindingAct,
    FindingKind,
    FindingState,
    FindingStep,
)
from voting.models.milestones import Stage
from voting.models.projects import Project
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.escalation import Level, level_of
from voting.services import journal, pictures, units
from voting.services.supervision import trail
from voting.services.supervision.finding import account_of, ladder_of

FINDING_NAMES: Final[dict[FindingKind, Message]] = {
    FindingKind.PROBLEM: msg("Problem"),
    FindingKind.ADVICE: msg("Advice"),
}
STATE_NAMES: Final[dict[FindingState, Message]] = {
    FindingState.OPEN: msg("Waits for the unit"),
    FindingState.ANSWERED: msg("Waits for the re-check"),
    FindingState.CLOSED: msg("Closed after a re-check"),
}
ACT_NAMES: Final[dict[FindingAct, Message]] = {
    FindingAct.RAISED: msg("Found"),
    FindingAct.ANSWERED: msg("Answered by the unit"),
    FindingAct.RETURNED: msg("Re-checked and sent back"),
    FindingAct.CLOSED: msg("Re-checked and closed"),
}
MOST_PHOTOS: Final = 6


@dataclass(frozen=True, slots=True)
class FindingRaised(Event):
    words = msg("No. {number} on {code} was entered; the unit answers until {day}.")
    number: int
    code: str
    day: str


@dataclass(frozen=True, slots=True)
class FindingAnswered(Event):
    words = msg("No. {number} on {code} was answered by the unit.")
    number: int
    code: str


@dataclass(frozen=True, slots=True)
class FindingReturned(Event):
    words = msg("No. {number} on {code} was sent back to the unit.")
    number: int
    code: str


@dataclass(frozen=True, slots=True)
class FindingClosed(Event):
    words = msg("No. {number} on {code} was checked again and closed.")
    number: int
    code: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, where, and until when the unit answers."""

    kind: FindingKind
    words: str
    due_on: date
    photos: tuple[bytes, ...] = ()


def raise_finding(
    tx: Tx, actor: Actor, project: Project, found: Found, *, activity: Activity | None = None
) -> Finding:
    """Enter a problem or an advice; the project's unit gets it."""
    access.check(actor, Action.RECORD_VISIT, project.congress_id)
    if project.unit_id is None:
        raise NotNow("This project has no responsible unit yet.").now(
            "The committee office names one first."
        )
    if found.due_on < this_day():
        problem = FieldProblem("due_on", msg("Today or later."))
        raise NotValid("The unit needs a day until which it answers.").at(problem)
    # Two people who enter something at once get numbers one after the other.
    journal.lock(tx)
    finding = Finding(
        congress_id=project.congress_id,
        year=project.year,
        number=_next_number(tx, project),
        kind=found.kind,
        project_id=project.id,
        activity_id=activity.id if activity else None,
        unit_id=project.unit_id,
        words=found.words,
        due_on=found.due_on,
        found_on=this_day(),
    )
    tx.add(finding)
    tx.flush()
    _step(actor, finding, FindingAct.RAISED, found.words)
    tx.flush()
    for photo in found.photos[:MOST_PHOTOS]:
        pictures.keep(tx, project.congress_id, f"problem:{finding.id}", photo)
    _note(tx, finding, Stage.PROBLEM, {"words": found.words, "due": found.due_on})
    event = FindingRaised(finding.number, project.code, found.due_on.isoformat())
    journal.record(tx, actor, event, congress_id=project.congress_id)
    return finding


def answer_finding(
    tx: Tx, actor: Actor, congress_id: int, finding_id: int, *, words: str
) -> Finding:
    """Say what was done about it; the office checks it again."""
    access.check(actor, Action.ANSWER_PROBLEM, congress_id)
    finding = find_finding(tx, congress_id, finding_id)
    units.check_member(tx, actor, finding.unit_id)
    if finding.state is not FindingState.OPEN:
        raise NotNow("This has been answered already.").now("The office checks it again.")
    finding.state = FindingState.ANSWERED
    _step(actor, finding, FindingAct.ANSWERED, words)
    tx.flush()
    _note(tx, finding, Stage.ANSWERED, {"words": words})
    event = FindingAnswered(finding.number, finding.project.code)
    journal.record(tx, actor, event, congress_id=congress_id)
    return finding


def return_finding(
    tx: Tx, actor: Actor, congress_id: int, finding_id: int, *, words: str, due_on: date
) -> None:
    """Send it back after a re-check that found it not mended, with a new day."""
    finding = _answered(tx, actor, congress_id, finding_id)
    if due_on < this_day():
        problem = FieldProblem("due_on", msg("Today or later."))
        raise NotValid("The unit needs a day until which it answers.").at(problem)
    finding.state, finding.due_on = FindingState.OPEN, due_on
    _step(actor, finding, FindingAct.RETURNED, words)
    tx.flush()
    event = FindingReturned(finding.number, finding.project.code)
    journal.record(tx, actor, event, congress_id=congress_id)


def close_finding(
    tx: Tx, actor: Actor, congress_id: int, finding_id: int, *, words: str, checker: str
) -> None:
    """Close it 销号: whoever has checked it again is named."""
    finding = _answered(tx, actor, congress_id, finding_id)
    finding.state, finding.closed_on = FindingState.CLOSED, this_day()
    _step(actor, finding, FindingAct.CLOSED, words, name=checker)
    tx.flush()
    _note(tx, finding, Stage.CLOSED, {"words": words, "checked_by": checker})
    event = FindingClosed(finding.number, finding.project.code)
    journal.record(tx, actor, event, congress_id=congress_id)


def find_finding(tx: Tx, congress_id: int, finding_id: int) -> Finding:
    """Give a problem or advice of a congress."""
    finding = tx.get(Finding, finding_id)
    if finding is None or finding.congress_id != congress_id:
        raise NotFound("There is no such problem.")
    return finding


def read_own(tx: Tx, actor: Actor, congress_id: int, finding_id: int) -> Finding:
    """Give one to the unit that it is for. Raises NotAllowed to others."""
    finding = find_finding(tx, congress_id, finding_id)
    if finding.unit_id not in {unit.id for unit in units.units_of(tx, actor, congress_id)}:
        raise NotAllowed("This is for another unit.")
    return finding


def list_findings(tx: Tx, congress_id: int, year: int) -> Sequence[Finding]:
    """Give the ledger 台账 of a year: by number."""
    query = select(Finding).where(Finding.congress_id == congress_id, Finding.year == year)
    return tx.scalars(query.order_by(Finding.number)).all()


def findings_of(tx: Tx, project: Project) -> Sequence[Finding]:
    """Give what was found about a project, by number."""
    query = select(Finding).where(Finding.project_id == project.id)
    return tx.scalars(query.order_by(Finding.number)).all()


def findings_of_units(tx: Tx, congress_id: int, unit_ids: Sequence[int]) -> Sequence[Finding]:
    """Give what units have to see to or have seen to: open ones first, then by day."""
    query = select(Finding).where(Finding.congress_id == congress_id, Finding.unit_id.in_(unit_ids))
    order = {FindingState.OPEN: 0, FindingState.ANSWERED: 1, FindingState.CLOSED: 2}
    rows = tx.scalars(query.order_by(Finding.due_on, Finding.id)).all()
    return sorted(rows, key=lambda row: order[row.state])


def levels(
    tx: Tx, congress_id: int, findings: Sequence[Finding], *, day: date | None = None
) -> dict[int, Level]:
    """Tell of each who has to see to it; what is answered waits for the office."""
    ladder, day = ladder_of(tx, congress_id), day or this_day()
    return {
        row.id: level_of(row.due_on, day, ladder) if row.state is FindingState.OPEN else Level.NONE
        for row in findings
    }


def _answered(tx: Tx, actor: Actor, congress_id: int, finding_id: int) -> Finding:
    access.check(actor, Action.CLOSE_PROBLEM, congress_id)
    finding = find_finding(tx, congress_id, finding_id)
    if finding.state is not FindingState.ANSWERED:
        raise NotNow("There is no answer to check.").now("Wait for the unit, or ask for it.")
    return finding


def _next_number(tx: Tx, project: Project) -> int:
    query = select(func.max(Finding.number)).where(
        Finding.congress_id == project.congress_id, Finding.year == project.year
    )
    return (tx.scalar(query) or 0) + 1


def _step(actor: Actor, finding: Finding, act: FindingAct, words: str, *, name: str = "") -> None:
    finding.steps.append(
        FindingStep(
            act=act,
            at=clock.now(),
            by_id=account_of(actor),
            by_name=(name or actor.name)[:64],
            words=words,
            due_on=finding.due_on if finding.state is FindingState.OPEN else None,
        )
    )


def _note(tx: Tx, finding: Finding, stage: Stage, content: dict[str, object]) -> None:
    # What deputies advise is no problem that the log would wait to see closed.
    if finding.kind is FindingKind.PROBLEM:
        project = finding.project or tx.get_one(Project, finding.project_id)
        trail.note(tx, project, stage, {"number": finding.number, **content})
