"""Plans a sitting, begins it with everybody expected, and ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, insert, select

from voting import clock
from voting.db import Tx
from voting.errors import Conflict, FieldProblem, Message, NotFound, NotNow, NotValid, msg
from voting.events import Event
from voting.models.people import Congress
from voting.models.sittings import (
    Attendance,
    Body,
    CandidateList,
    Card,
    CommitteeMember,
    Deputy,
    Presence,
    Sitting,
    SittingRules,
    Stage,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal

_LONGEST_NAME = 200
_MOST_DEPUTIES = 5000


@dataclass(frozen=True, slots=True)
class SittingPlan:
    """What the secretariat enters of a sitting; `deputies` is N, the number of all its members."""

    name: str
    starts_on: date
    ends_on: date
    deputies: int
    is_named: bool = False
    is_rehearsal: bool = False
    body: Body = Body.PLENARY


@dataclass(frozen=True, slots=True)
class SittingPlanned(Event):
    """A sitting was entered or changed."""

    words = msg("The sitting {name} was planned, with {deputies} deputies in all.")
    sitting_id: int
    name: str
    deputies: int


@dataclass(frozen=True, slots=True)
class SittingBegun(Event):
    """Check-in may begin."""

    words = msg("The sitting {name} began; {expected} deputies are expected.")
    sitting_id: int
    name: str
    expected: int


@dataclass(frozen=True, slots=True)
class SittingEnded(Event):
    """Nothing of the sitting changes any more."""

    words = msg("The sitting {name} ended.")
    sitting_id: int
    name: str


def find_sitting(tx: Tx, sitting_id: int) -> Sitting:
    """Find a sitting by its number."""
    sitting = tx.get(Sitting, sitting_id)
    if sitting is None:
        raise NotFound("There is no such sitting.")
    return sitting


def list_sittings(tx: Tx, congress_id: int) -> Sequence[Sitting]:
    """Give a congress's sittings, the latest first."""
    query = select(Sitting).where(Sitting.congress_id == congress_id)
    return tx.scalars(query.order_by(Sitting.starts_on.desc(), Sitting.id.desc())).all()


def plan_sitting(tx: Tx, actor: Actor, congress_id: int, plan: SittingPlan) -> Sitting:
    """Enter a new sitting of a congress."""
    access.check(actor, Action.EDIT_SITTING, congress_id)
    if tx.get(Congress, congress_id) is None:
        raise NotFound("There is no such congress.")
    sitting = Sitting(congress_id=congress_id, created_at=clock.now())
    _apply(tx, sitting, plan)
    tx.add(sitting)
    tx.flush()
    event = SittingPlanned(sitting.id, sitting.name, sitting.deputies)
    journal.record(tx, actor, event, congress_id=congress_id)
    return sitting


def change_plan(tx: Tx, actor: Actor, sitting_id: int, plan: SittingPlan) -> Sitting:
    """Change a sitting that stands in no log yet; dates may change until it ends."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.EDIT_SITTING, sitting.congress_id)
    _check_fixed(tx, sitting, plan)
    _apply(tx, sitting, plan)
    tx.flush()
    event = SittingPlanned(sitting.id, sitting.name, sitting.deputies)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return sitting


def begin_sitting(tx: Tx, actor: Actor, sitting_id: int) -> Sitting:
    """Let check-in begin: every deputy of the roster is expected, in the order of the roster."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.EDIT_SITTING, sitting.congress_id)
    if sitting.stage is not Stage.PREPARING:
        raise NotNow("This sitting has begun already.")
    if sitting.roll_object is None:
        raise NotNow("The roll of this sitting is not published yet.").now(
            "Make the cards and publish their roll, so that each deputy who checks in gets one."
        )
    expected = expect_newcomers(tx, sitting)
    if not expected:
        raise NotNow("The roster is empty.").now("Import the roster first.")
    sitting.stage = Stage.MEETING
    event = SittingBegun(sitting.id, sitting.name, expected)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return sitting


def end_sitting(tx: Tx, actor: Actor, sitting_id: int) -> Sitting:
    """End a sitting; whoever never came counts as absent."""
    sitting = find_sitting(tx, sitting_id)
    access.check(actor, Action.EDIT_SITTING, sitting.congress_id)
    if sitting.stage is not Stage.MEETING:
        raise NotNow("This sitting is not meeting.")
    query = select(Attendance).where(
        Attendance.sitting_id == sitting.id, Attendance.status == Presence.EXPECTED
    )
    for row in tx.scalars(query):
        row.status = Presence.ABSENT
    sitting.stage = Stage.ENDED
    event = SittingEnded(sitting.id, sitting.name)
    journal.record(tx, actor, event, congress_id=sitting.congress_id)
    return sitting


def expect_newcomers(tx: Tx, sitting: Sitting) -> int:
    """Expect every active member who has no status yet; gives the number of those new."""
    known = select(Attendance.deputy_id).where(Attendance.sitting_id == sitting.id)
    query = members_of(sitting).where(Deputy.id.not_in(known)).order_by(Deputy.id)
    rows = [{"sitting_id": sitting.id, "deputy_id": deputy} for deputy in tx.scalars(query)]
    if rows:
        tx.execute(insert(Attendance), rows)
    return len(rows)


def expect_latecomers(tx: Tx, congress_id: int) -> None:
    """Expect those whom the roster has lacked at the sitting that is held."""
    query = select(Sitting).where(
        Sitting.congress_id == congress_id, Sitting.stage == Stage.MEETING
    )
    for sitting in tx.scalars(query):
        expect_newcomers(tx, sitting)


def members_of(sitting: Sitting) -> Select[int]:
    """Select the deputies who belong to a sitting: all, or those of the standing committee."""
    query = select(Deputy.id).where(Deputy.congress_id == sitting.congress_id, Deputy.is_active)
    if sitting.body is Body.COMMITTEE:
        query = query.where(Deputy.id.in_(select(CommitteeMember.deputy_id)))
    return query


def warn_of_roster(tx: Tx, sitting: Sitting) -> list[Message]:
    """Tell where the roster and the number of all deputies don't agree."""
    listed = tx.scalars(select(func.count()).select_from(members_of(sitting).subquery())).one()
    if listed == sitting.deputies:
        return []
    return [
        msg(
            "The roster has {listed} deputies, and the sitting is planned with {deputies} in all.",
            listed=listed,
            deputies=sitting.deputies,
        )
    ]


def _apply(tx: Tx, sitting: Sitting, plan: SittingPlan) -> None:
    problems = _problems(plan)
    if problems:
        raise NotValid("The sitting can't be planned like this.").at(*problems)
    same = select(Sitting.id).where(
        Sitting.congress_id == sitting.congress_id, Sitting.name == plan.name.strip()
    )
    with tx.no_autoflush:
        if tx.scalar(same) not in {None, sitting.id}:
            raise Conflict("A sitting of this name exists already.").now("Choose another name.")
    sitting.name = plan.name.strip()
    sitting.starts_on, sitting.ends_on = plan.starts_on, plan.ends_on
    sitting.deputies, sitting.body = plan.deputies, plan.body
    sitting.is_named, sitting.is_rehearsal = plan.is_named, plan.is_rehearsal


def _problems(plan: SittingPlan) -> list[FieldProblem]:
    found: list[FieldProblem] = []
    if not 0 < len(plan.name.strip()) <= _LONGEST_NAME:
        found.append(FieldProblem("name", msg("Enter the name of the sitting.")))
    if plan.ends_on < plan.starts_on:
        found.append(FieldProblem("ends_on", msg("The last day is before the first.")))
    if not 0 < plan.deputies <= _MOST_DEPUTIES:
        what = msg("Enter the number of all deputies, from 1 to {most}.", most=_MOST_DEPUTIES)
        found.append(FieldProblem("deputies", what))
    return found


def _check_fixed(tx: Tx, sitting: Sitting, plan: SittingPlan) -> None:
    """Refuse to change what the log or the cards have fixed."""
    if sitting.stage is Stage.ENDED:
        raise NotNow("This sitting has ended.")
    has_cards = tx.scalar(select(Card.serial).where(Card.sitting_id == sitting.id).limit(1))
    if has_cards is not None and plan.is_named != sitting.is_named:
        raise NotNow("The cards are made; whether they are named or sealed stays as it is.")
    fixed = (sitting.name, sitting.deputies, sitting.is_rehearsal, sitting.body)
    if sitting.session_object is None and not _has_locks(tx, sitting):
        return
    if fixed != (plan.name.strip(), plan.deputies, plan.is_rehearsal, plan.body):
        raise NotNow(
            "The sitting is in the public log, or its rules or candidates are locked."
        ).now("Its name and the number of deputies stay; plan another sitting if they are wrong.")


def _has_locks(tx: Tx, sitting: Sitting) -> bool:
    locked = (
        select(table.id).where(table.sitting_id == sitting.id, table.digest.is_not(None)).limit(1)
        for table in (SittingRules, CandidateList)
    )
    return any(tx.scalar(query) is not None for query in locked)
