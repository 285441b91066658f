"""The year's list of candidates: put together, in order, adopted by the standing committee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

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
from voting.i18n import this_day
from voting.imports.projects import ProjectRow
from voting.models.projects import Project, ProjectState
from voting.models.screening import Legality, ListPlace, ProjectList
from voting.models.sittings import BallotKind
from voting.rules import access, candidates, vote
from voting.rules.access import Action, Actor
from voting.rules.vote import DecisionSettings
from voting.services import journal, projects
from voting.services.screening import opinions, sheets

USUAL_SEATS = 10


@dataclass(frozen=True, slots=True)
class ListChanged(Event):
    """The draft of a list was changed."""

    words = msg("The draft list of {year} has {number} projects now.")
    year: int
    number: int


@dataclass(frozen=True, slots=True)
class ListAdopted(Event):
    """The standing committee adopted a list, and it is locked."""

    words = msg("The list of {number} projects of {year} was adopted; digest {digest}.")
    year: int
    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class ListReopened(Event):
    """A new version of an adopted list was begun."""

    words = msg("A new version of the list of {year} was begun.")
    year: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """The decision of the standing committee by which a list is adopted."""

    adopted_on: date
    resolution: str


def latest_list(tx: Tx, congress_id: int, year: int) -> ProjectList | None:
    """Give the newest version of a year's list, locked or not."""
    query = select(ProjectList).where(
        ProjectList.congress_id == congress_id, ProjectList.year == year
    )
    return tx.scalar(query.order_by(ProjectList.version.desc()).limit(1))


def adopted_list(tx: Tx, congress_id: int, year: int) -> ProjectList | None:
    """Give the newest version of a year's list that was adopted."""
    query = select(ProjectList).where(
        ProjectList.congress_id == congress_id,
        ProjectList.year == year,
        ProjectList.digest.is_not(None),
    )
    return tx.scalar(query.order_by(ProjectList.version.desc()).limit(1))


def adopted_years(tx: Tx, congress_id: int) -> tuple[int, ...]:
    """List the years whose lists were adopted, the latest first."""
    query = select(ProjectList.year).where(
        ProjectList.congress_id == congress_id, ProjectList.digest.is_not(None)
    )
    return tuple(tx.scalars(query.distinct().order_by(ProjectList.year.desc())))


def draft_list(tx: Tx, actor: Actor, congress_id: int, year: int) -> ProjectList:
    """Give the draft of a year's list, an empty first version where there is none."""
    access.check(actor, Action.SCREEN, congress_id)
    latest = latest_list(tx, congress_id, year)
    if latest is not None and latest.digest is not None:
        raise NotNow("This list is adopted and locked.").now(
            "Begin a new version if it has to change."
        )
    if latest is None:
        latest = ProjectList(congress_id=congress_id, year=year, version=1, seats=USUAL_SEATS)
        tx.add(latest)
        tx.flush()
    return latest


def put_together(
    tx: Tx, actor: Actor, draft: ProjectList, project_ids: Sequence[int], *, seats: int
) -> None:
    """Say which projects stand on a draft, in which order, and how many are to be chosen."""
    _check_draft(actor, draft)
    found = [projects.find_project(tx, draft.congress_id, number) for number in project_ids]
    if len(set(project_ids)) != len(project_ids):
        raise Conflict("The list has changed meanwhile.").now("Look at the list again.")
    for project in found:
        _check_candidate(draft, project)
    draft.places.clear()
    tx.flush()
    draft.seats = seats
    draft.places.extend(
        ListPlace(project_id=project.id, position=place, project=project)
        for place, project in enumerate(found, start=1)
    )
    tx.flush()
    event = ListChanged(draft.year, len(found))
    journal.record(tx, actor, event, congress_id=draft.congress_id)


def adopt(tx: Tx, actor: Actor, draft: ProjectList, adoption: Adoption) -> str:
    """Lock a draft as the standing committee adopted it; every project of it enters the log.

    Gives the digest, which is that of the sitting's list made from it.
    """
    _check_draft(actor, draft)
    access.check(actor, Action.ADOPT_CANDIDATES, draft.congress_id)
    if actor.user_id is None:
        raise NotAllowed("A list is locked by a person with an account.")
    _check_adoptable(tx, draft, adoption)
    stars = opinions.demands(tx, draft.congress_id, draft.year)
    for place in draft.places:
        place.project.demand = stars[place.project_id].stars
        place.project.state = ProjectState.LISTED
    rows = rows_of(draft)
    draft.digest = digest_of(draft)
    draft.adopted_on, draft.resolution = adoption.adopted_on, adoption.resolution
    draft.locked_at, draft.locked_by_id = clock.now(), actor.user_id
    for place, row in zip(draft.places, rows, strict=True):
        projects.enter_adoption(tx, place.project, _content(draft, row))
    tx.flush()
    event = ListAdopted(draft.year, len(rows), draft.digest)
    journal.record(tx, actor, event, congress_id=draft.congress_id)
    return draft.digest


def reopen(tx: Tx, actor: Actor, congress_id: int, year: int) -> ProjectList:
    """Begin a new version as a copy; its projects are under screening again until it is adopted."""
    access.check(actor, Action.ADOPT_CANDIDATES, congress_id)
    locked = latest_list(tx, congress_id, year)
    if locked is None or locked.digest is None:
        raise NotNow("This list is not locked.").now("Change it as it is.")
    if is_voted(locked):
        raise NotNow("Projects of this list have been voted on; it stays as it is.")
    draft = ProjectList(
        congress_id=congress_id, year=year, version=locked.version + 1, seats=locked.seats
    )
    for place in locked.places:
        place.project.state = ProjectState.SCREENING
        draft.places.append(
            ListPlace(project_id=place.project_id, position=place.position, project=place.project)
        )
    tx.add(draft)
    tx.flush()
    journal.record(tx, actor, ListReopened(year), congress_id=congress_id)
    return draft


def is_voted(listed: ProjectList) -> bool:
    """Tell whether projects of an adopted list have been voted on."""
    return listed.digest is not None and any(
        place.project.state is not ProjectState.LISTED for place in listed.places
    )


def rows_of(listed: ProjectList) -> tuple[ProjectRow, ...]:
    """Give a list as form 2 of the trade has it."""
    return tuple(row_of(place.project, place.position) for place in listed.places)


def printed_rows(tx: Tx, listed: ProjectList) -> tuple[ProjectRow, ...]:
    """Give a list for printing; the demand index of a draft is that of now."""
    rows = rows_of(listed)
    if listed.digest is not None:
        return rows
    stars = opinions.demands(tx, listed.congress_id, listed.year)
    return tuple(
        replace(row, demand=stars[place.project_id].stars)
        for row, place in zip(rows, listed.places, strict=True)
    )


def row_of(project: Project, position: int) -> ProjectRow:
    """Give one project as form 2 has it."""
    return ProjectRow(
        line=position,
        code=project.code,
        title=project.title,
        category=project.category,
        content=project.content,
        place=project.place,
        total_yuan=project.total_yuan,
        yearly_yuan=projects.yearly_of(project),
        sources="、".join(projects.sources_of(project))[:200],
        unit=project.unit.name if project.unit else "",
        co_units=tuple(project.co_units),
        leader=project.leader,
        due_on=project.due_on,
        goal=project.goal,
        demand=project.demand,
        note=project.note,
    )


def digest_of(listed: ProjectList) -> str:
    """Hash all that stands on a list, as the sitting's list does."""
    return candidates.digest_of(BallotKind.DECISION.value, listed.version, rows_of(listed))


def advice_on(tx: Tx, listed: ProjectList) -> list[Message]:
    """Tell what speaks against adopting a list as it is, and how a majority would behave."""
    number = len(listed.places)
    settings = DecisionSettings(listed.seats)
    problems = vote.check_settings(settings, number)
    advice = [problem.message for problem in problems] if number else []
    unreviewed = [
        place.project.code
        for place in listed.places
        if (review := sheets.legality_of(tx, place.project_id)) is None
        or review.finding is Legality.OPEN
    ]
    if unreviewed:
        codes = "、".join(unreviewed)
        advice.append(msg("The legality of these is not reviewed yet: {codes}.", codes=codes))
    return [*advice, *vote.advise(settings, number)]


def _content(listed: ProjectList, row: ProjectRow) -> dict[str, object]:
    return {
        **candidates.content_of(row),
        "list": listed.digest,
        "version": listed.version,
        "adopted_on": listed.adopted_on,
        "resolution": listed.resolution,
    }


def _check_draft(actor: Actor, draft: ProjectList) -> None:
    access.check(actor, Action.SCREEN, draft.congress_id)
    if draft.digest is not None:
        raise NotNow("This list is adopted and locked.").now(
            "Begin a new version if it has to change."
        )


def _check_candidate(draft: ProjectList, project: Project) -> None:
    if project.year != draft.year:
        raise NotFound("There is no such project.")
    if project.state is not ProjectState.SCREENING:
        raise NotNow("The project {code} is no longer under screening.", code=project.code)


def _check_adoptable(tx: Tx, draft: ProjectList, adoption: Adoption) -> None:
    if not draft.places:
        raise NotNow("The list has no candidates.").now("Put projects on it first.")
    if adoption.adopted_on > this_day():
        what = msg("The list can't be adopted in the future.")
        raise NotValid("Check the day.").at(FieldProblem("adopted_on", what))
    for place in draft.places:
        _check_candidate(draft, place.project)
        review = sheets.legality_of(tx, place.project_id)
        if review is not None and review.finding is Legality.UNLAWFUL:
            raise NotNow(
                "The legality review stands against {title}.", title=place.project.title
            ).now("Take it off the list, or have it reviewed again.")
