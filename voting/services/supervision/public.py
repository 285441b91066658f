"""What everyone may read of supervision: a year, its bulletins, announced activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from voting.db import Tx
from voting.errors import Message
from voting.i18n import local
from voting.models.inspections import ActivityKind, ActivityState, Paper
from voting.rules.access import NOBODY
from voting.services.people import congresses
from voting.services.people.congresses import CongressCard
from voting.services.supervision import activities, boards, papers
from voting.services.supervision.boards import Board
from voting.services.supervision.finding import known_years


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year for everyone."""

    board: Board
    papers: Sequence[Paper]
    days: tuple[PublicDay, ...]

    @property
    def congress(self) -> CongressCard:
        """Whose year it is."""
        return self.board.bar.congress


@dataclass(frozen=True, slots=True)
class PaperPage:
    """A bulletin or report as it was published."""

    congress: CongressCard
    paper: Paper

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Its text in paragraphs."""
        return tuple(part.strip() for part in self.paper.text.split("\n") if part.strip())


@dataclass(frozen=True, slots=True)
class PublicDay:
    """A day on which something happens that is announced."""

    key: str
    day: date
    kind: Message
    title: str
    place: str


def read_year(tx: Tx, slug: str, year: int | None) -> YearPage:
    """Give a year of supervision for everyone."""
    board = boards.read_board(tx, NOBODY, slug, year)
    found = papers.list_papers(tx, board.bar.congress.id, year=board.year)
    upcoming = tuple(day for day in read_days(tx, slug) if day.day >= board.bar.today)
    return YearPage(board, found, upcoming)


def read_paper(tx: Tx, slug: str, number: int) -> PaperPage:
    """Give a published bulletin or report."""
    congress = congresses.find_congress(tx, slug)
    return PaperPage(congress, papers.find_public(tx, congress.id, number))


def read_days(tx: Tx, slug: str) -> tuple[PublicDay, ...]:
    """List the days of activities; what comes unannounced stays so until it was held."""
    congress = congresses.find_congress(tx, slug)
    rows = [
        row
        for year in known_years(tx, congress.id)
        for row in activities.list_activities(tx, congress.id, year)
        if row.state is not ActivityState.CANCELLED
        and (row.kind is not ActivityKind.UNANNOUNCED or row.state is ActivityState.HELD)
    ]
    days = [
        PublicDay(
            f"activity-{row.id}",
            local(row.starts_at).date(),
            activities.KIND_NAMES[row.kind],
            row.title,
            row.place,
        )
        for row in rows
    ]
    return tuple(sorted(days, key=lambda day: (day.day, day.key)))
