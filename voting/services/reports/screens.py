"""What the committee's office, units and deputies see of projects before a list is adopted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, func, select

from voting import clock
from voting.db import Tx
from voting.errors import Message
from voting.i18n import local
from voting.models.projects import Project, ProjectState
from voting.models.proposals import Proposal, ProposalState
from voting.models.screening import Enquiry, Judgement, LegalReview, Opinion, ProjectList
from voting.models.sittings import Sitting, Stage
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.categories import CATEGORY_NAMES, Category
from voting.rules.screening import CRITERIA, Criterion, Demand
from voting.services import projects, search, units
from voting.services.people import deputies
from voting.services.people.congresses import CongressCard
from voting.services.screening import advice, joining, lists, opinions, sheets
from voting.services.screening.advice import WhatIf
from voting.services.units import UnitCard

_OFFERED: Final = 20


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in the office's list: its demand, and how many of those asked have answered."""

    project: Project
    demand: Demand
    proposals: int
    asked: int
    answered: int
    legality: LegalReview | None


@dataclass(frozen=True, slots=True)
class ScreeningPage:
    """A year's projects as the office works on them."""

    congress: CongressCard
    year: int
    years: tuple[int, ...]
    open_lines: tuple[ProjectLine, ...]
    others: tuple[Project, ...]
    listed: ProjectList | None
    waiting: int


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The screening sheet of a project: all that is known of it, and what can be done."""

    congress: CongressCard
    project: Project
    criteria: tuple[Criterion, ...]
    demand: Demand
    proposals: Sequence[Proposal]
    enquiries: Sequence[Enquiry]
    legality: LegalReview | None
    opinions: Sequence[Opinion]
    units: tuple[UnitCard, ...]
    neighbours: tuple[Project, ...]
    yearly_yuan: int | None
    merged_into: Project | None

    @property
    def is_open(self) -> bool:
        """Whether the project may still be changed."""
        return self.project.state is ProjectState.SCREENING

    @property
    def own(self) -> Enquiry | None:
        """The office's own enquiry."""
        return next((row for row in self.enquiries if row.unit_id is None), None)

    def found(self, enquiry: Enquiry, key: str) -> Judgement | None:
        """Give what one of those asked found by a criterion."""
        return next((row for row in enquiry.judgements if row.criterion == key), None)


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Accepted proposals that could become part of a project, or of a new one."""

    congress: CongressCard
    project: Project | None
    query: str
    year: int
    proposals: Sequence[Proposal]
    names: Mapping[Category, Message] = field(default_factory=lambda: CATEGORY_NAMES)


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of a year, and the projects that could stand on it."""

    congress: CongressCard
    year: int
    listed: ProjectList | None
    demands: Mapping[int, Demand]
    yearly: Mapping[int, int | None]
    others: tuple[Project, ...]
    advice: tuple[Message, ...]
    sittings: Sequence[Sitting]

    @property
    def is_locked(self) -> bool:
        """Whether the list was adopted."""
        return self.listed is not None and self.listed.digest is not None

    @property
    def is_voted(self) -> bool:
        """Whether its projects have been voted on, so that it stays as it is."""
        return self.listed is not None and lists.is_voted(self.listed)


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """What a cap on money would leave of a list; without a cap nothing is worked out yet."""

    congress: CongressCard
    year: int
    what_if: WhatIf | None


@dataclass(frozen=True, slots=True)
class EnquiriesPage:
    """What the units of the reader were asked."""

    congress: CongressCard
    units: tuple[UnitCard, ...]
    enquiries: Sequence[Enquiry]


@dataclass(frozen=True, slots=True)
class EnquiryPage:
    """One enquiry with the project that it is about, and the answer given so far."""

    congress: CongressCard
    enquiry: Enquiry
    project: Project
    criteria: tuple[Criterion, ...]
    given: Mapping[str, Judgement]
    yearly_yuan: int | None


@dataclass(frozen=True, slots=True)
class OpinionsPage:
    """The projects on which a deputy may say what they think, with what they have said."""

    congress: CongressCard
    projects: tuple[Project, ...]
    given: Mapping[int, Opinion]
    demands: Mapping[int, Demand]

    @property
    def missing(self) -> int:
        """On how many nothing was said yet."""
        return sum(row.id not in self.given for row in self.projects)


@dataclass(frozen=True, slots=True)
class OpinionPage:
    """One project for a deputy, with their own opinion of it."""

    congress: CongressCard
    project: Project
    demand: Demand
    given: Opinion | None
    yearly_yuan: int | None

    @property
    def is_open(self) -> bool:
        """Whether an opinion may still be given or changed."""
        return self.project.state is ProjectState.SCREENING


def this_year() -> int:
    """Give the year for which proposals are collected now: the next one from the autumn on."""
    today = local(clock.now())
    return today.year + (today.month >= _AUTUMN)


_AUTUMN: Final = 7


def read_screening(tx: Tx, actor: Actor, congress: CongressCard, year: int | None) -> ScreeningPage:
    """Give a year's projects, those under screening first."""
    access.check(actor, Action.SCREEN, congress.id)
    years = projects.list_years(tx, congress.id)
    chosen = year or (years[0] if years else this_year())
    rows = projects.list_projects(tx, congress.id, year=chosen)
    demands = opinions.demands(tx, congress.id, chosen)
    open_rows = [row for row in rows if row.state is ProjectState.SCREENING]
    return ScreeningPage(
        congress=congress,
        year=chosen,
        years=tuple(sorted({*years, chosen, this_year()}, reverse=True)),
        open_lines=tuple(_line(tx, row, demands[row.id]) for row in open_rows),
        others=tuple(row for row in rows if row.state is not ProjectState.SCREENING),
        listed=lists.latest_list(tx, congress.id, chosen),
        waiting=_count_waiting(tx, congress.id),
    )


def read_sheet(tx: Tx, actor: Actor, congress: CongressCard, project_id: int) -> SheetPage:
    """Give a project's screening sheet to the office."""
    access.check(actor, Action.SCREEN, congress.id)
    project = projects.find_project(tx, congress.id, project_id)
    neighbours = projects.list_projects(
        tx, congress.id, year=project.year, states=(ProjectState.SCREENING,)
    )
    into = tx.get(Project, project.merged_into_id) if project.merged_into_id else None
    return SheetPage(
        congress=congress,
        project=project,
        criteria=CRITERIA,
        demand=opinions.demands(tx, congress.id, project.year)[project.id],
        proposals=joining.proposals_of(tx, project),
        enquiries=sheets.enquiries_of(tx, project.id),
        legality=sheets.legality_of(tx, project.id),
        opinions=opinions.opinions_on(tx, project.id),
        units=units.list_units(tx, congress.id),
        neighbours=tuple(row for row in neighbours if row is not project),
        yearly_yuan=projects.yearly_of(project),
        merged_into=into,
    )


def read_offer(
    tx: Tx, actor: Actor, congress: CongressCard, *, project_id: int | None, query: str
) -> OfferPage:
    """Give accepted proposals that are part of no project yet, most supported or found by words."""
    access.check(actor, Action.SCREEN, congress.id)
    project = projects.find_project(tx, congress.id, project_id) if project_id else None
    found = _offered(tx, congress.id, query)
    return OfferPage(congress, project, query, project.year if project else this_year(), found)


def read_list(tx: Tx, actor: Actor, congress: CongressCard, year: int) -> ListPage:
    """Give a year's list for the office."""
    access.check(actor, Action.SCREEN, congress.id)
    listed = lists.latest_list(tx, congress.id, year)
    on_it = {place.project_id for place in listed.places} if listed else set()
    rows = projects.list_projects(tx, congress.id, year=year, states=(ProjectState.SCREENING,))
    return ListPage(
        congress=congress,
        year=year,
        listed=listed,
        demands=opinions.demands(tx, congress.id, year),
        yearly={row.id: projects.yearly_of(row) for row in _all_rows(tx, congress.id, year)},
        others=tuple(row for row in rows if row.id not in on_it),
        advice=tuple(lists.advice_on(tx, listed)) if listed and not listed.digest else (),
        sittings=_coming(tx, congress.id),
    )


def read_what_if(
    tx: Tx, actor: Actor, congress: CongressCard, year: int, *, cap_yuan: int | None
) -> WhatIfPage:
    """Work out what a cap would leave of a year's list."""
    access.check(actor, Action.SCREEN, congress.id)
    listed = lists.latest_list(tx, congress.id, year)
    worked = advice.what_if(tx, listed, cap_yuan) if listed and cap_yuan is not None else None
    return WhatIfPage(congress, year, worked)


def read_enquiries(tx: Tx, actor: Actor, congress: CongressCard) -> EnquiriesPage:
    """Give what the reader's units were asked."""
    mine = units.units_of(tx, actor, congress.id)
    return EnquiriesPage(congress, mine, sheets.enquiries_to(tx, actor, congress.id))


def read_enquiry(tx: Tx, actor: Actor, congress: CongressCard, enquiry_id: int) -> EnquiryPage:
    """Give one enquiry to somebody who may answer it."""
    row = sheets.find_enquiry(tx, actor, enquiry_id)
    project = projects.find_project(tx, congress.id, row.project_id)
    given = {judged.criterion: judged for judged in row.judgements}
    return EnquiryPage(congress, row, project, CRITERIA, given, projects.yearly_of(project))


def read_opinions(tx: Tx, actor: Actor, congress: CongressCard) -> OpinionsPage:
    """Give the projects on which the deputy who reads may speak."""
    deputy = deputies.deputy_of(tx, actor, congress.id)
    rows = projects.list_projects(tx, congress.id, states=(ProjectState.SCREENING,))
    demands: dict[int, Demand] = {}
    for year in {row.year for row in rows}:
        demands |= opinions.demands(tx, congress.id, year)
    return OpinionsPage(congress, tuple(rows), opinions.own_opinions(tx, deputy), demands)


def read_opinion(tx: Tx, actor: Actor, congress: CongressCard, code: str) -> OpinionPage:
    """Give one project to the deputy who reads."""
    deputy = deputies.deputy_of(tx, actor, congress.id)
    project = projects.find_by_code(tx, congress.id, code)
    return OpinionPage(
        congress=congress,
        project=project,
        demand=opinions.demands(tx, congress.id, project.year)[project.id],
        given=opinions.own_opinions(tx, deputy).get(project.id),
        yearly_yuan=projects.yearly_of(project),
    )


def _coming(tx: Tx, congress_id: int) -> Sequence[Sitting]:
    """Give the sittings that may take a list over."""
    query = select(Sitting).where(Sitting.congress_id == congress_id, Sitting.stage != Stage.ENDED)
    return tx.scalars(query.order_by(Sitting.starts_on)).all()


def _line(tx: Tx, project: Project, demand: Demand) -> ProjectLine:
    enquiries = sheets.enquiries_of(tx, project.id)
    return ProjectLine(
        project=project,
        demand=demand,
        proposals=demand.voices.proposals,
        asked=len(enquiries),
        answered=sum(row.answered_at is not None for row in enquiries),
        legality=sheets.legality_of(tx, project.id),
    )


def _all_rows(tx: Tx, congress_id: int, year: int) -> Sequence[Project]:
    return projects.list_projects(tx, congress_id, year=year)


def _count_waiting(tx: Tx, congress_id: int) -> int:
    query = select(func.count()).select_from(Proposal).where(*_waiting(congress_id))
    return tx.scalar(query) or 0


def _waiting(congress_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Proposal.congress_id == congress_id,
        Proposal.state == ProposalState.ACCEPTED,
        Proposal.project_id.is_(None),
    )


def _offered(tx: Tx, congress_id: int, query: str) -> Sequence[Proposal]:
    found = select(Proposal).where(*_waiting(congress_id))
    if query:
        keys = search.find(tx, congress_id, "proposal", query)
        found = found.where(Proposal.id.in_(keys))
    return tx.scalars(
        found.order_by(Proposal.supports.desc(), Proposal.number).limit(_OFFERED)
    ).all()
