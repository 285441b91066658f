"""Open data: what a congress publishes, as tables whose columns keep their names over the years.

A dataset is a row of `DATASETS`: a key, a title, columns with a name for machines and one for
people, and a function that gives the rows. Only what a public page shows already is in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import Message, NotFound, msg
from voting.i18n import local
from voting.models.elections import Election, ElectionState
from voting.models.projects import MoneyLine, Project, ProjectState
from voting.models.proposals import Proposal, ProposalState
from voting.models.sittings import Sitting
from voting.models.stations import Station
from voting.models.suggestions import Suggestion
from voting.models.supervision import LightEntry
from voting.services import announcements, news
from voting.services.people.congresses import CongressCard
from voting.services.reports.notices import title_of
from voting.services.reports.votes import read_vote

Cell: TypeAlias = "str | int | float | None"
Rows: TypeAlias = "Iterable[Sequence[Cell]]"

_PUBLIC_PROJECTS: Final = (
    ProjectState.LISTED,
    ProjectState.DECIDED,
    ProjectState.NOT_CHOSEN,
    ProjectState.ACCEPTED,
)


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of open data."""

    key: str
    title: Message
    columns: tuple[tuple[str, Message], ...]
    rows: Callable[[Tx, CongressCard], Rows]


def find_dataset(key: str) -> Dataset:
    """Find a table by its key. Raises `NotFound`."""
    for dataset in DATASETS:
        if dataset.key == key:
            return dataset
    raise NotFound("There is no such table.").now("See the list of open data.")


def _projects(tx: Tx, congress: CongressCard) -> Rows:
    query = select(Project).where(
        Project.congress_id == congress.id, Project.state.in_(_PUBLIC_PROJECTS)
    )
    for row in tx.scalars(query.order_by(Project.year, Project.code)):
        unit = row.unit.name if row.unit else ""
        due = row.due_on.isoformat() if row.due_on else None
        yield (
            *(row.year, row.code, row.title, row.category, row.state.value, row.place),
            *(row.content, row.goal, unit, row.total_yuan, due, row.demand),
        )


def _money(tx: Tx, congress: CongressCard) -> Rows:
    query = (
        select(MoneyLine, Project.code)
        .join(Project, Project.id == MoneyLine.project_id)
        .where(Project.congress_id == congress.id, Project.state.in_(_PUBLIC_PROJECTS))
        .order_by(Project.code, MoneyLine.year, MoneyLine.id)
    )
    for line, code in tx.execute(query):
        yield code, line.year, line.source, line.planned_yuan


def _lights(tx: Tx, congress: CongressCard) -> Rows:
    query = (
        select(LightEntry, Project.code)
        .join(Project, Project.id == LightEntry.project_id)
        .where(Project.congress_id == congress.id)
        .order_by(Project.code, LightEntry.id)
    )
    for row, code in tx.execute(query):
        yield code, row.at.isoformat(), row.light.value, row.planned, row.actual


def _votes(tx: Tx, congress: CongressCard) -> Rows:
    query = (
        select(Election.object_id)
        .join(Sitting, Sitting.id == Election.sitting_id)
        .where(
            Election.congress_id == congress.id,
            Election.state == ElectionState.DECIDED,
            Election.declared_at.is_not(None),
            Sitting.is_rehearsal.is_(False),
        )
        .order_by(Election.id)
    )
    for object_id in tx.scalars(query):
        page = read_vote(tx, congress.slug, object_id)
        head = (page.sitting, page.title, page.round, object_id, page.turnout.ballots)
        if page.decision is not None:
            for vote in page.decision.rows:
                given = (vote.votes, vote.against, vote.abstain, None, None, None)
                yield (*head, vote.code, vote.title, *given, vote.standing.value)
        if page.rating is not None:
            for rated in page.rating.rows:
                grades = (rated.abstain, rated.satisfied, rated.basic, rated.dissatisfied)
                yield (*head, rated.code, rated.title, None, None, *grades, rated.grade)


def _proposals(tx: Tx, congress: CongressCard) -> Rows:
    query = select(Proposal).where(
        Proposal.congress_id == congress.id,
        Proposal.state.in_((ProposalState.ACCEPTED, ProposalState.MERGED)),
    )
    for row in tx.scalars(query.order_by(Proposal.number)):
        project = row.project.code if row.project else ""
        yield (
            *(row.number, local(row.created_at).date().isoformat(), row.source.value, row.title),
            *(row.category, row.place, row.supports, row.state.value, project),
        )


def _suggestions(tx: Tx, congress: CongressCard) -> Rows:
    query = select(Suggestion).where(
        Suggestion.congress_id == congress.id, Suggestion.public_from <= clock.now()
    )
    for row in tx.scalars(query.order_by(Suggestion.year, Suggestion.number)):
        replies = [reply.replied_on.isoformat() for reply in row.replies]
        yield (
            *(row.year, row.number, row.title, row.category, row.state.value),
            *(row.submitted_on.isoformat(), replies[-1] if replies else None),
        )


def _stations(tx: Tx, congress: CongressCard) -> Rows:
    query = select(Station).where(Station.congress_id == congress.id, Station.is_active)
    for row in tx.scalars(query.order_by(Station.id)):
        yield row.code, row.name, row.address, row.phone, int(row.is_online)


def _announcements(tx: Tx, congress: CongressCard) -> Rows:
    for row in announcements.list_public(tx, congress.id):
        yield row.number, row.dated.isoformat(), title_of(row)


def _news(tx: Tx, congress: CongressCard) -> Rows:
    for item in news.list_public(tx, congress.id, limit=1000):
        at = item.public_from.isoformat() if item.public_from else None
        yield item.id, at, item.kind.value, item.title, item.body


DATASETS: Final[tuple[Dataset, ...]] = (
    Dataset(
        "projects",
        msg("Projects"),
        (
            ("year", msg("Year")),
            ("code", msg("Number")),
            ("title", msg("Project")),
            ("category", msg("Category")),
            ("state", msg("State")),
            ("place", msg("Location")),
            ("content", msg("Content")),
            ("goal", msg("Target of the year")),
            ("unit", msg("Responsible unit")),
            ("total_yuan", msg("Total investment (yuan)")),
            ("due_on", msg("To be finished by")),
            ("demand", msg("Demand index")),
        ),
        _projects,
    ),
    Dataset(
        "money",
        msg("Money planned for projects"),
        (
            ("project", msg("Number")),
            ("year", msg("Year")),
            ("source", msg("Source of the money")),
            ("planned_yuan", msg("Planned (yuan)")),
        ),
        _money,
    ),
    Dataset(
        "lights",
        msg("Lights of projects over time"),
        (
            ("project", msg("Number")),
            ("at", msg("Time")),
            ("light", msg("Light")),
            ("planned_percent", msg("Planned (per cent)")),
            ("actual_percent", msg("Reached (per cent)")),
        ),
        _lights,
    ),
    Dataset(
        "votes",
        msg("Results of votes"),
        (
            ("sitting", msg("Sitting")),
            ("vote", msg("Vote")),
            ("round", msg("Round")),
            ("election", msg("Object in the log")),
            ("ballots", msg("Ballots cast")),
            ("project", msg("Number")),
            ("title", msg("Project")),
            ("for", msg("For")),
            ("against", msg("Against")),
            ("abstain", msg("Abstained")),
            ("satisfied", msg("Satisfied")),
            ("basic", msg("Basically satisfied")),
            ("dissatisfied", msg("Dissatisfied")),
            ("result", msg("Result")),
        ),
        _votes,
    ),
    Dataset(
        "proposals",
        msg("Proposals that were looked at"),
        (
            ("number", msg("Number")),
            ("received_on", msg("Received on")),
            ("source", msg("From")),
            ("title", msg("Title")),
            ("category", msg("Category")),
            ("place", msg("Location")),
            ("supports", msg("Supported by")),
            ("state", msg("State")),
            ("project", msg("Project")),
        ),
        _proposals,
    ),
    Dataset(
        "suggestions",
        msg("Published suggestions of deputies"),
        (
            ("year", msg("Year")),
            ("number", msg("Number")),
            ("title", msg("Title")),
            ("category", msg("Category")),
            ("state", msg("State")),
            ("submitted_on", msg("Submitted on")),
            ("replied_on", msg("Last reply on")),
        ),
        _suggestions,
    ),
    Dataset(
        "stations",
        msg("Liaison stations"),
        (
            ("code", msg("Number")),
            ("name", msg("Name")),
            ("address", msg("Address")),
            ("phone", msg("Telephone")),
            ("online", msg("Online")),
        ),
        _stations,
    ),
    Dataset(
        "announcements",
        msg("Announcements"),
        (("number", msg("Number")), ("dated", msg("Date")), ("title", msg("Title"))),
        _announcements,
    ),
    Dataset(
        "news",
        msg("News"),
        (
            ("id", msg("Number")),
            ("at", msg("Time")),
            ("kind", msg("Kind")),
            ("title", msg("Title")),
            ("text", msg("Text")),
        ),
        _news,
    ),
)
"""All tables, in the order of the year."""
