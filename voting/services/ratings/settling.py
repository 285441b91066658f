"""Takes over what a declared rating came to: counts, grades, and what has to be put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from voting import clock
from voting.db import Tx
from voting.errors import FieldProblem, NotNow, NotValid, msg
from voting.events import Event
from voting.i18n import local
from voting.models.ratings import (
    Rating,
    RatingItem,
    RatingState,
    Rectification,
    RectificationState,
)
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.ratings import Grade
from voting.services import handcounts, journal, milestones
from voting.services.handcounts import Graded
from voting.services.milestones import Stage
from voting.services.ratings.preparing import find_rating


@dataclass(frozen=True, slots=True)
class RatingSettled(Event):
    """Counts and grades of a rating stand on the projects' pages."""

    words = msg("The result of “{title}” was taken over; {poor} items are to be put right.")
    rating_id: int
    title: str
    poor: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """Under whose name and date the table is published, and what is asked after poor grades."""

    office: str
    dated: date
    due_on: date
    demand: str = ""
    with_basic: bool = False
    """Whether “basically satisfied” has to be put right as well."""


def settle(tx: Tx, actor: Actor, rating_id: int, settlement: Settlement) -> Rating:
    """Take over the declared result, publish the table, and ask that what is poor be put right."""
    rating = find_rating(tx, rating_id)
    access.check(actor, Action.MANAGE_RATINGS, rating.congress_id)
    found = _result(tx, rating)
    if settlement.due_on <= settlement.dated:
        what = msg("The deadline lies after the day of the table.")
        raise NotValid("The deadline is too early.").at(FieldProblem("due_on", what))
    _take_over(rating, found)
    rating.office, rating.dated = settlement.office.strip(), settlement.dated
    poor = [item for item in rating.items if is_poor(item, with_basic=settlement.with_basic)]
    for item in rating.items:
        if item in poor:
            _demand(item, settlement)
        _close_former(item, is_poor=item in poor)
    tx.flush()
    _record_milestones(tx, rating, found)
    event = RatingSettled(rating.id, rating.title, len(poor))
    journal.record(tx, actor, event, congress_id=rating.congress_id)
    return rating


def is_settleable(tx: Tx, rating: Rating) -> bool:
    """Tell whether the sitting has declared a valid result that is not taken over yet."""
    if rating.state is not RatingState.PREPARED or rating.sitting.is_rehearsal:
        return False
    voted = handcounts.declared_rating(tx, rating.sitting_id)
    return voted is not None and handcounts.graded(tx, voted).is_valid


def is_poor(item: RatingItem, *, with_basic: bool) -> bool:
    """Tell whether a grade lies below the line."""
    return item.grade == Grade.DISSATISFIED or (with_basic and item.grade == Grade.BASIC)


def _result(tx: Tx, rating: Rating) -> Graded:
    if rating.state is RatingState.SETTLED:
        raise NotNow("The result of this rating is taken over already.")
    if rating.sitting.is_rehearsal:
        raise NotNow("A rehearsal has no result.")
    voted = handcounts.declared_rating(tx, rating.sitting_id)
    if voted is None:
        raise NotNow("The sitting has not declared the result yet.").now(
            "Chair and chief scrutineer declare it first."
        )
    found = handcounts.graded(tx, voted)
    if not found.is_valid:
        raise NotNow("The round was void, so it has no grades.").now("Hold it once more.")
    if {line.code for line in found.lines} != {item.code for item in rating.items}:
        raise NotNow("What was voted on is not what this rating lists.").now(
            "Its list was changed at the sitting's desk; give the rating up and set it up anew."
        )
    return found


def _take_over(rating: Rating, found: Graded) -> None:
    rating.state, rating.settled_at = RatingState.SETTLED, clock.now()
    rating.election_id, rating.hand_count_id = found.election_id, found.hand_count_id
    rating.base, rating.strict, rating.is_valid = found.base, found.strict, found.is_valid
    turnout = found.turnout
    rating.deputies, rating.present = turnout.deputies, turnout.present
    rating.issued, rating.ballots = turnout.issued, turnout.ballots
    rating.rated_on = local(found.voted_at).date()
    lines = {line.code: line for line in found.lines}
    for item in rating.items:
        line = lines[item.code]
        item.satisfied, item.basic = line.satisfied, line.basic
        item.dissatisfied, item.abstain = line.dissatisfied, line.abstain
        item.grade = line.grade


def _demand(item: RatingItem, settlement: Settlement) -> None:
    item.rectification = Rectification(
        unit_id=item.unit_id, demand=settlement.demand.strip(), due_on=settlement.due_on
    )


def _close_former(item: RatingItem, *, is_poor: bool) -> None:
    """Close what an earlier rating of the same thing asked for."""
    former = item.follows.rectification if item.follows else None
    if former is not None:
        former.state = RectificationState.AGAIN if is_poor else RectificationState.DONE
        former.closed_at = clock.now()


def _record_milestones(tx: Tx, rating: Rating, found: Graded) -> None:
    """Enter the grades of each project, and what was put right, in the public log."""
    by_project = sorted(rating.items, key=lambda item: (item.project.code, item.position))
    for code, group in groupby(by_project, key=lambda item: item.project.code):
        if not _is_decided(tx, rating.congress_id, code):
            continue
        items = list(group)
        content: dict[str, Any] = {
            "rating": rating.title,
            "sitting": rating.sitting.name,
            "election": found.object_id,
            "ballots": rating.ballots,
            "items": [_content(item) for item in items],
        }
        # An outcome names what stood on the paper, which may be the parts of a project.
        outcome = found.outcome_object if any(item.code == code for item in items) else ""
        milestones.record(
            tx, rating.congress_id, code, Stage.RATED, content=content, outcome=outcome
        )
        done = [item.code for item in items if item.follows and item.rectification is None]
        if done:
            put_right: dict[str, Any] = {
                "rating": rating.title,
                "sitting": rating.sitting.name,
                "items": done,
            }
            milestones.record(tx, rating.congress_id, code, Stage.RECTIFIED, content=put_right)


def _is_decided(tx: Tx, congress_id: int, code: str) -> bool:
    """Tell whether the log knows that a project was decided; older ones were decided elsewhere."""
    lines = milestones.of_project(tx, congress_id, code)
    return any(line.stage is Stage.DECIDED for line in lines)


def _content(item: RatingItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "title": item.title,
        "satisfied": item.satisfied,
        "basic": item.basic,
        "dissatisfied": item.dissatisfied,
        "abstain": item.abstain or 0,
        "grade": item.grade or "",
    }
