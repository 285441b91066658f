"""Keeps the visits that deputies make of their own accord, with what they found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotAllowed, NotValid, msg
from voting.i18n import SHANGHAI, this_day
from voting.models.inspections import Activity, ActivityKind, Finding, FindingKind, Guest
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import pictures
from voting.services.people import congresses
from voting.services.people.deputies import find_own
from voting.services.supervision import activities, problems
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.problems import Found

KINDS: Final = (
    ActivityKind.UNANNOUNCED,
    ActivityKind.TARGETED,
    ActivityKind.RESEARCH,
    ActivityKind.STATION,
)
"""What one deputy can do without the office."""

_NOON: Final = time(12)
_OLDEST: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a deputy was and what they saw."""

    kind: ActivityKind
    visited_on: date
    place: str
    title: str
    findings: str
    photos: tuple[bytes, ...] = ()


def record_visit(tx: Tx, actor: Actor, congress_id: int, code: str, *, visit: Visit) -> Activity:
    """Keep a visit; the deputy counts as having taken part."""
    access.check(actor, Action.RECORD_VISIT, congress_id)
    deputy = find_own(tx, actor, congress_id)
    if deputy is None:
        raise NotAllowed("No deputy of this congress belongs to your account.").now(
            "Ask the secretariat to name your account on the roster."
        )
    if visit.kind not in KINDS:
        problem = FieldProblem("kind", msg("Choose one of the list."))
        raise NotValid("This kind of activity is planned by the office.").at(problem)
    if not this_day() - _OLDEST <= visit.visited_on <= this_day():
        problem = FieldProblem("visited_on", msg("One of the last sixty days."))
        raise NotValid("A visit is written down soon after it was made.").at(problem)
    noon = datetime.combine(visit.visited_on, _NOON, SHANGHAI).astimezone(UTC)
    plan = ActivityPlan(visit.kind, visit.title, visit.place, noon, (code,))
    activity = activities.add_activity(tx, actor, congress_id, plan)
    activity.guests.append(Guest(deputy_id=deputy.id, name="", signed_at=clock.now()))
    tx.flush()
    for photo in visit.photos[: problems.MOST_PHOTOS]:
        pictures.keep(tx, congress_id, f"activity:{activity.id}", photo)
    activities.close_activity(tx, actor, activity, visit.findings)
    return activity


def add_finding(
    tx: Tx, actor: Actor, activity: Activity, *, kind: FindingKind, words: str
) -> Finding:
    """Enter what was found at a visit, with the usual time to answer."""
    days = congresses.preferences_of(tx, activity.congress_id).number("problems.days")
    found = Found(kind, words, this_day() + timedelta(days=days))
    return problems.raise_finding(tx, actor, activity.projects[0], found, activity=activity)
