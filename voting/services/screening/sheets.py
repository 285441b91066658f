"""The screening sheet of a project: who is asked, what they find by each criterion, legality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, NotAllowed, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.projects import Project, ProjectState
from voting.models.screening import Enquiry, Judgement, Legality, LegalReview, Verdict
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.screening import CRITERIA
from voting.services import journal, units
from voting.services.projects import check_draft

LONGEST_NOTE: Final = 1000


@dataclass(frozen=True, slots=True)
class UnitsAsked(Event):
    """Units were asked to judge a project."""

    words = msg("{number} units were asked about the project {code}.")
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class EnquiryAnswered(Event):
    """Somebody who was asked has judged a project."""

    words = msg("{unit} judged the project {code}.")
    code: str
    unit: str


@dataclass(frozen=True, slots=True)
class LegalityReviewed(Event):
    """The legality review of a project has come to something."""

    words = msg("The legality review of the project {code} came to: {finding}.")
    code: str
    finding: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How a project meets one criterion; what is not met needs words."""

    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody who was asked has to say: a finding for each criterion, and a remark."""

    findings: Mapping[str, Finding]
    remark: str = ""


def ask(
    tx: Tx, actor: Actor, project_id: int, unit_ids: Sequence[int | None], *, due_on: date | None
) -> None:
    """Ask units about a project, and the office itself for none; who was asked is not asked twice.

    The new day counts for all who have not answered yet.
    """
    project = check_draft(tx, actor, project_id)
    if not unit_ids:
        raise NotValid("Choose whom to ask.").at(FieldProblem("unit", msg("Choose at least one.")))
    known = {row.unit_id: row for row in enquiries_of(tx, project.id)}
    for unit_id in unit_ids:
        if unit_id is not None:
            units.find_unit(tx, project.congress_id, unit_id)
        row = known.get(unit_id)
        if row is None:
            row = Enquiry(project_id=project.id, unit_id=unit_id, asked_at=clock.now())
            tx.add(row)
        if row.answered_at is None:
            row.due_on = due_on
    tx.flush()
    event = UnitsAsked(project.code, len(unit_ids))
    journal.record(tx, actor, event, congress_id=project.congress_id)


def take_back(tx: Tx, actor: Actor, project_id: int, enquiry_id: int) -> None:
    """Ask somebody no longer, as long as they have not answered."""
    project = check_draft(tx, actor, project_id)
    row = tx.get(Enquiry, enquiry_id)
    if row is None or row.project_id != project.id:
        raise NotFound("There is no such enquiry.")
    if row.answered_at is not None:
        raise NotNow("It has been answered already; the answer stays.")
    tx.delete(row)
    tx.flush()


def parse_answer(values: Mapping[str, str]) -> Answer:
    """Read an answer typed into a form: for each criterion a choice and a note, and a remark."""
    findings = {
        criterion.key: Finding(
            Verdict(values[f"verdict_{criterion.key}"]),
            values.get(f"note_{criterion.key}", "").strip(),
        )
        for criterion in CRITERIA
        if values.get(f"verdict_{criterion.key}") in set(Verdict)
    }
    return Answer(findings, values.get("remark", "").strip())


def answer(tx: Tx, actor: Actor, enquiry_id: int, given: Answer) -> Enquiry:
    """Judge a project as one of those asked; while it is under screening the answer may change."""
    row = find_enquiry(tx, actor, enquiry_id)
    project = row.project
    if project.state is not ProjectState.SCREENING:
        raise NotNow("The project {code} is no longer under screening.", code=project.code)
    _check_answer(given)
    row.judgements.clear()
    tx.flush()
    for criterion in CRITERIA:
        finding = given.findings[criterion.key]
        row.judgements.append(
            Judgement(criterion=criterion.key, verdict=finding.verdict, note=finding.note)
        )
    row.remark, row.answered_by, row.answered_at = given.remark, actor.name, clock.now()
    tx.flush()
    event = EnquiryAnswered(project.code, row.unit.name if row.unit else actor.name)
    journal.record(tx, actor, event, congress_id=project.congress_id)
    return row


def find_enquiry(tx: Tx, actor: Actor, enquiry_id: int) -> Enquiry:
    """Give an enquiry to somebody who may answer it: the unit's people, or the office its own."""
    row = tx.get(Enquiry, enquiry_id)
    if row is None:
        raise NotFound("There is no such enquiry.")
    if row.unit_id is not None:
        units.check_member(tx, actor, row.unit_id)
    else:
        access.check(actor, Action.SCREEN, row.project.congress_id)
    return row


def enquiries_of(tx: Tx, project_id: int) -> Sequence[Enquiry]:
    """List who was asked about a project, with what they said."""
    query = select(Enquiry).where(Enquiry.project_id == project_id).order_by(Enquiry.id)
    return tx.scalars(query.options(selectinload(Enquiry.judgements))).all()


def enquiries_to(tx: Tx, actor: Actor, congress_id: int) -> Sequence[Enquiry]:
    """List what the units of somebody were asked, open ones first, the most urgent before."""
    mine = [card.id for card in units.units_of(tx, actor, congress_id)]
    query = (
        select(Enquiry)
        .join(Project, Project.id == Enquiry.project_id)
        .where(Enquiry.unit_id.in_(mine), Project.state == ProjectState.SCREENING)
        .order_by(Enquiry.answered_at.is_not(None), Enquiry.due_on, Enquiry.id)
    )
    return tx.scalars(query).all()


def review_legality(
    tx: Tx, actor: Actor, project_id: int, *, finding: Legality, note: str
) -> LegalReview:
    """Note what the legality review has come to; all but a plain yes needs words."""
    project = check_draft(tx, actor, project_id)
    if actor.user_id is None:
        raise NotAllowed("A review is made by a person with an account.")
    if finding in {Legality.CONDITIONS, Legality.UNLAWFUL} and not note:
        what = msg("Say which rule stands against it, and what would have to change.")
        raise NotValid("This finding needs a note.").at(FieldProblem("note", what))
    row = tx.get(LegalReview, project.id)
    if row is None:
        row = LegalReview(project_id=project.id)
        tx.add(row)
    row.finding, row.note = finding, note
    row.reviewed_by, row.reviewed_at = actor.name, clock.now()
    tx.flush()
    event = LegalityReviewed(project.code, finding.value)
    journal.record(tx, actor, event, congress_id=project.congress_id)
    return row


def legality_of(tx: Tx, project_id: int) -> LegalReview | None:
    """Give the legality review of a project, if there is one."""
    return tx.get(LegalReview, project_id)


def _check_answer(given: Answer) -> None:
    problems = _too_long(given)
    for criterion in CRITERIA:
        finding = given.findings.get(criterion.key)
        if finding is None:
            problems.append(FieldProblem(f"verdict_{criterion.key}", msg("Choose one.")))
        elif finding.verdict is not Verdict.MET and not finding.note:
            what = msg("Say in a few words what is missing.")
            problems.append(FieldProblem(f"note_{criterion.key}", what))
    if problems:
        raise NotValid("The judgement is not complete.").at(*problems)
    if set(given.findings) - {criterion.key for criterion in CRITERIA}:
        raise Conflict("The list of criteria has changed meanwhile.").now("Open the page again.")


def _too_long(given: Answer) -> list[FieldProblem]:
    texts = {f"note_{key}": finding.note for key, finding in given.findings.items()}
    texts["remark"] = given.remark
    return [
        FieldProblem(name, msg("At most {n} characters.", n=LONGEST_NOTE))
        for name, text in texts.items()
        if len(text) > LONGEST_NOTE
    ]
