"""Plans activities, signs people in by QR code or the office's list, keeps what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import (
    Conflict,
    FieldProblem,
    Message,
    NotAllowed,
    NotFound,
    NotNow,
    NotValid,
    msg,
)
from voting.events import Event
from voting.i18n import local
from voting.models.inspections import Activity, ActivityKind, ActivityState, Finding, Guest
from voting.models.milestones import Stage
from voting.models.projects import Project
from voting.models.sittings import Deputy
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal
from voting.services.people.deputies import find_own
from voting.services.supervision import trail
from voting.services.supervision.finding import account_of, find_project

KIND_NAMES: Final[dict[ActivityKind, Message]] = {
    ActivityKind.VISIT: msg("Inspection together"),
    ActivityKind.TARGETED: msg("Targeted inspection"),
    ActivityKind.UNANNOUNCED: msg("Open and unannounced visits"),
    ActivityKind.INQUIRY: msg("Special inquiry"),
    ActivityKind.RESEARCH: msg("Special study"),
    ActivityKind.HEARING: msg("Hearing of a special report"),
    ActivityKind.STATION: msg("Visit of a station"),
}
INSPECTIONS: Final = frozenset(
    {ActivityKind.VISIT, ActivityKind.TARGETED, ActivityKind.UNANNOUNCED}
)
"""Kinds that go and look."""

_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE: Final = 10
SIGN_IN_BEFORE: Final = timedelta(hours=3)
SIGN_IN_AFTER: Final = timedelta(hours=12)


class SignInTime(StrEnum):
    """Whether the code of an activity works."""

    TO_COME = "to_come"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ActivityPlanned(Event):
    words = msg("The activity “{title}” was planned.")
    title: str


@dataclass(frozen=True, slots=True)
class ActivityHeld(Event):
    words = msg("The activity “{title}” was held; {number} deputies took part.")
    title: str
    number: int


@dataclass(frozen=True, slots=True)
class ActivityCancelled(Event):
    words = msg("The activity “{title}” was cancelled.")
    title: str


@dataclass(frozen=True, slots=True)
class GuestSigned(Event):
    words = msg("{person} signed in to “{title}”.")
    title: str
    person: str


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """What, when and where; which projects it looks at; whom it asks to come."""

    kind: ActivityKind
    title: str
    place: str
    starts_at: datetime
    codes: tuple[str, ...]
    deputies: tuple[int, ...] = ()
    others: tuple[str, ...] = ()


def plan_activity(tx: Tx, actor: Actor, congress_id: int, plan: ActivityPlan) -> Activity:
    """Plan an activity; its members of the groups need not be asked one by one."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    activity = add_activity(tx, actor, congress_id, plan)
    event = ActivityPlanned(plan.title)
    journal.record(tx, actor, event, congress_id=congress_id)
    return activity


def add_activity(tx: Tx, actor: Actor, congress_id: int, plan: ActivityPlan) -> Activity:
    """Enter an activity; who may do so has been asked already."""
    projects = [find_project(tx, congress_id, code) for code in dict.fromkeys(plan.codes)]
    if not projects:
        problem = FieldProblem("codes", msg("Choose at least one project."))
        raise NotValid("An activity looks at one project or more.").at(problem)
    activity = Activity(
        congress_id=congress_id,
        year=local(plan.starts_at).year,
        kind=plan.kind,
        title=plan.title,
        place=plan.place,
        starts_at=plan.starts_at,
        code="".join(secrets.choice(_LETTERS) for _ in range(_CODE)),
        made_by_id=account_of(actor),
        created_at=clock.now(),
        projects=projects,
    )
    tx.add(activity)
    _ask(tx, activity, plan)
    tx.flush()
    return activity


def find_activity(tx: Tx, congress_id: int, activity_id: int) -> Activity:
    """Give an activity of a congress."""
    activity = tx.get(Activity, activity_id)
    if activity is None or activity.congress_id != congress_id:
        raise NotFound("There is no such activity.")
    return activity


def list_activities(tx: Tx, congress_id: int, year: int) -> Sequence[Activity]:
    """Give a year's activities, the latest first."""
    query = select(Activity).where(Activity.congress_id == congress_id, Activity.year == year)
    return tx.scalars(query.order_by(Activity.starts_at.desc(), Activity.id.desc())).all()


def activities_of(tx: Tx, project: Project) -> Sequence[Activity]:
    """Give the activities that look at a project, the latest first."""
    query = select(Activity).where(Activity.projects.any(Project.id == project.id))
    return tx.scalars(query.order_by(Activity.starts_at.desc(), Activity.id.desc())).all()


def find_by_code(tx: Tx, actor: Actor, code: str) -> Activity:
    """Give the activity whose QR code a deputy has scanned."""
    activity = tx.scalar(select(Activity).where(Activity.code == code.upper()))
    if activity is None:
        raise NotFound("There is no activity with this code.").now("Scan the code once more.")
    access.check(actor, Action.RECORD_VISIT, activity.congress_id)
    return activity


def sign_in_opens(activity: Activity) -> datetime:
    """Give the moment from which the code at the place works."""
    return activity.starts_at - SIGN_IN_BEFORE


def sign_in_time(activity: Activity) -> SignInTime:
    """Tell whether one can sign in now, not yet, or no more."""
    now = clock.now()
    if activity.state is ActivityState.CANCELLED or now > activity.starts_at + SIGN_IN_AFTER:
        return SignInTime.OVER
    return SignInTime.TO_COME if now < sign_in_opens(activity) else SignInTime.OPEN


def sign_in(tx: Tx, actor: Actor, code: str) -> Activity:
    """Sign a deputy in by the code that hangs at the place; doing it twice changes nothing."""
    activity = find_by_code(tx, actor, code)
    deputy = find_own(tx, actor, activity.congress_id)
    if deputy is None:
        raise NotAllowed("No deputy of this congress belongs to your account.").now(
            "Ask the office at the place to tick you off."
        )
    now = clock.now()
    if sign_in_time(activity) is not SignInTime.OPEN:
        raise NotNow("Nobody can sign in to this activity now.").now(
            "The code works on the day, from three hours before the beginning."
        )
    guest = _guest(activity, deputy)
    if guest.signed_at is None:
        guest.signed_at = now
        tx.flush()
        event = GuestSigned(activity.title, deputy.name)
        journal.record(tx, actor, event, congress_id=activity.congress_id)
    return activity


def mark_guests(
    tx: Tx, actor: Actor, congress_id: int, activity_id: int, *, present: Sequence[int]
) -> None:
    """Tick off who came, from the office's list; whoever signed in by code stays."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    activity = find_activity(tx, congress_id, activity_id)
    _check_running(activity)
    for guest in activity.guests:
        if guest.id in present and guest.signed_at is None:
            guest.signed_at, guest.by_office = clock.now(), True
        elif guest.id not in present and guest.by_office:
            guest.signed_at, guest.by_office = None, False
    tx.flush()


def ask_guests(
    tx: Tx,
    actor: Actor,
    congress_id: int,
    activity_id: int,
    *,
    deputies: Sequence[int],
    others: Sequence[str],
) -> None:
    """Ask more people to an activity."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    activity = find_activity(tx, congress_id, activity_id)
    _check_running(activity)
    _invite(tx, activity, deputies, others)
    tx.flush()


def hold_activity(
    tx: Tx, actor: Actor, congress_id: int, activity_id: int, *, findings: str
) -> Activity:
    """Write down what came of an activity; it counts as held from then on."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    activity = find_activity(tx, congress_id, activity_id)
    _check_running(activity)
    if sign_in_opens(activity) > clock.now():
        raise NotNow("This activity is still to come.").now("Write its findings down afterwards.")
    close_activity(tx, actor, activity, findings)
    return activity


def close_activity(tx: Tx, actor: Actor, activity: Activity, findings: str) -> None:
    """Let an activity count as held, and enter it for each of its projects."""
    first = activity.state is ActivityState.PLANNED
    activity.state, activity.findings = ActivityState.HELD, findings
    tx.flush()
    if not first:
        return
    came = deputies_of(activity)
    for project in activity.projects:
        content = {
            "kind": str(activity.kind),
            "title": activity.title,
            "place": activity.place,
            "at": local(activity.starts_at).date(),
            "deputies": len(came),
            "findings": findings,
        }
        trail.note(tx, project, Stage.VISITED, content)
    event = ActivityHeld(activity.title, len(came))
    journal.record(tx, actor, event, congress_id=activity.congress_id)


def cancel_activity(tx: Tx, actor: Actor, congress_id: int, activity_id: int) -> None:
    """Call an activity off; it stays in the list."""
    access.check(actor, Action.PLAN_SUPERVISION, congress_id)
    activity = find_activity(tx, congress_id, activity_id)
    if activity.state is not ActivityState.PLANNED:
        raise Conflict("This activity was held or cancelled already.")
    activity.state = ActivityState.CANCELLED
    tx.flush()
    event = ActivityCancelled(activity.title)
    journal.record(tx, actor, event, congress_id=congress_id)


def deputies_of(activity: Activity) -> list[Guest]:
    """Give the deputies who came."""
    return [guest for guest in activity.guests if guest.deputy_id and guest.signed_at]


def _guest(activity: Activity, deputy: Deputy) -> Guest:
    found = next((guest for guest in activity.guests if guest.deputy_id == deputy.id), None)
    if found is None:
        found = Guest(deputy_id=deputy.id, name="")
        activity.guests.append(found)
    return found


def _check_running(activity: Activity) -> None:
    if activity.state is ActivityState.CANCELLED:
        raise NotNow("This activity was cancelled.").now("Plan another one.")


def _ask(tx: Tx, activity: Activity, plan: ActivityPlan) -> None:
    _invite(tx, activity, plan.deputies, plan.others)


def _invite(tx: Tx, activity: Activity, deputies: Sequence[int], others: Sequence[str]) -> None:
    known = {guest.deputy_id for guest in activity.guests}
    names = {guest.name for guest in activity.guests}
    query = select(Deputy).where(
        Deputy.congress_id == activity.congress_id, Deputy.id.in_(set(deputies) - known)
    )
    activity.guests.extend(
        Guest(deputy_id=deputy.id, name="")
        for deputy in tx.scalars(query.order_by(Deputy.position))
    )
    fresh = dict.fromkeys(" ".join(name.split()) for name in others)
    activity.guests.extend(Guest(name=name[:64]) for name in fresh if name and name not in names)


def findings_of(tx: Tx, activity: Activity) -> Sequence[Finding]:
    """Give what was found at an activity, by number."""
    query = select(Finding).where(Finding.activity_id == activity.id)
    return tx.scalars(query.order_by(Finding.number)).all()


def has_signed(tx: Tx, actor: Actor, activity: Activity) -> bool:
    """Tell whether the deputy behind an account has signed in."""
    deputy = find_own(tx, actor, activity.congress_id)
    return deputy is not None and any(
        guest.deputy_id == deputy.id and guest.signed_at for guest in activity.guests
    )
