"""Lists proposals page by page, and counts them for charts; quick with tens of thousands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, defer, selectinload

from voting.db import Tx
from voting.models.proposals import Proposal, ProposalState, Source
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.rules.categories import Category
from voting.services import search
from voting.services.proposals.looking import PUBLIC
from voting.services.proposals.writing import KIND

ON_A_PAGE: Final = 20
_AREAS_SHOWN: Final = 12
_MOST_EXPORTED: Final = 50_000
_LONGEST_QUERY: Final = 60
_LONGEST_AREA: Final = 20

Kind = TypeVar("Kind", bound=StrEnum)


class Order(StrEnum):
    """How a list goes."""

    NEWEST = "newest"
    OLDEST = "oldest"
    WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of a list."""

    query: str = ""
    state: ProposalState | None = None
    category: Category | None = None
    source: Source | None = None
    area: str = ""
    order: Order = Order.NEWEST
    page: int = 1


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, and how long the whole is."""

    wanted: Wanted
    rows: Sequence[Proposal]
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // ON_A_PAGE))


@dataclass(frozen=True, slots=True)
class Counted:
    """A bar of a chart: what is counted, as it is stored, and how many."""

    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Charts:
    """How many proposals there are by state, category, source and area; and their supports."""

    total: int
    supports: int
    states: tuple[Counted, ...]
    categories: tuple[Counted, ...]
    sources: tuple[Counted, ...]
    areas: tuple[Counted, ...]


def read_wanted(asked: Mapping[str, str]) -> Wanted:
    """Read from an address what somebody wants to see; what is unknown in it is left out."""
    page = asked.get("page", "1")
    return Wanted(
        query=asked.get("q", "").strip()[:_LONGEST_QUERY],
        state=_one_of(ProposalState, asked.get("state")),
        category=_one_of(Category, asked.get("category")),
        source=_one_of(Source, asked.get("source")),
        area=asked.get("area", "").replace("\0", "")[:_LONGEST_AREA],
        order=_one_of(Order, asked.get("order")) or Order.NEWEST,
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,4}", page) else 1,
    )


def list_public(tx: Tx, congress_id: int, wanted: Wanted) -> ListPage:
    """List what everyone may read."""
    return _page(tx, congress_id, wanted, [Proposal.state.in_(PUBLIC)])


def list_all(tx: Tx, congress_id: int, wanted: Wanted) -> ListPage:
    """List for the desk, in any state or the one that is wanted."""
    known = [Proposal.state == wanted.state] if wanted.state else []
    return _page(tx, congress_id, wanted, known)


def list_for_tables(tx: Tx, actor: Actor, congress_id: int, wanted: Wanted) -> Sequence[Proposal]:
    """Give the whole of a list of the desk, for a table that leaves the house; without senders."""
    access.check(actor, Action.EXPORT_DATA, congress_id)
    known = [Proposal.state == wanted.state] if wanted.state else []
    query = select(Proposal).where(*_conditions(tx, congress_id, wanted, known))
    loaded = query.options(selectinload(Proposal.deputy), selectinload(Proposal.station))
    return tx.scalars(
        loaded.options(selectinload(Proposal.unit)).order_by(Proposal.number).limit(_MOST_EXPORTED)
    ).all()


def list_entered(tx: Tx, congress_id: int, user_id: int) -> Sequence[Proposal]:
    """Give what somebody with an account has entered, the latest first."""
    query = select(Proposal).where(
        Proposal.congress_id == congress_id, Proposal.entered_by_id == user_id
    )
    return tx.scalars(query.order_by(Proposal.number.desc()).limit(200)).all()


def count_waiting(tx: Tx, congress_id: int) -> int:
    """Count what nobody has looked at yet."""
    query = select(func.count()).where(
        Proposal.congress_id == congress_id, Proposal.state == ProposalState.RECEIVED
    )
    return tx.scalar(query) or 0


def read_charts(tx: Tx, congress_id: int) -> Charts:
    """Count everything that came in, by what offices want to compare."""
    supports = select(func.count(), func.coalesce(func.sum(Proposal.supports), 0)).where(
        Proposal.congress_id == congress_id
    )
    total, wanted = tx.execute(supports).one()
    return Charts(
        total=total,
        supports=wanted,
        states=_counted(tx, congress_id, Proposal.state),
        categories=_counted(tx, congress_id, Proposal.category),
        sources=_counted(tx, congress_id, Proposal.source),
        areas=_counted(tx, congress_id, Proposal.area)[:_AREAS_SHOWN],
    )


def _one_of(kind: type[Kind], text: str | None) -> Kind | None:
    return next((member for member in kind if member.value == text), None)


def _conditions(
    tx: Tx, congress_id: int, wanted: Wanted, known: list[ColumnElement[bool]]
) -> list[ColumnElement[bool]]:
    conditions = [Proposal.congress_id == congress_id, *known]
    if wanted.category:
        conditions.append(Proposal.category == wanted.category)
    if wanted.source:
        conditions.append(Proposal.source == wanted.source)
    if wanted.area:
        conditions.append(Proposal.area == wanted.area)
    if wanted.query.strip():
        conditions.append(Proposal.id.in_(search.matching(tx, congress_id, KIND, wanted.query)))
    return conditions


def _page(tx: Tx, congress_id: int, wanted: Wanted, known: list[ColumnElement[bool]]) -> ListPage:
    conditions = _conditions(tx, congress_id, wanted, known)
    total = tx.scalar(select(func.count()).select_from(Proposal).where(*conditions)) or 0
    rows: Select[Proposal] = select(Proposal).where(*conditions).order_by(*_order(wanted.order))
    page = rows.offset((wanted.page - 1) * ON_A_PAGE).limit(ON_A_PAGE)
    return ListPage(wanted, tx.scalars(page.options(defer(Proposal.content))).all(), total)


def _order(order: Order) -> list[Any]:
    match order:
        case Order.NEWEST:
            return [Proposal.number.desc()]
        case Order.OLDEST:
            return [Proposal.number]
        case Order.WANTED:
            return [Proposal.supports.desc(), Proposal.number.desc()]


def _counted(tx: Tx, congress_id: int, column: InstrumentedAttribute[Any]) -> tuple[Counted, ...]:
    number = func.count()
    query = select(column, number).where(Proposal.congress_id == congress_id).group_by(column)
    rows = tx.execute(query.order_by(number.desc(), column))
    return tuple(Counted(str(key), count) for key, count in rows)
