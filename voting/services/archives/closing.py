"""Keeps note of archives that were made, and lets a year's projects end with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from voting import clock
from voting.db import Tx
from voting.errors import NotFound, NotNow, msg
from voting.events import Event
from voting.i18n import t
from voting.models.archives import Archive
from voting.models.inspections import Finding, FindingState
from voting.models.projects import Project
from voting.models.ratings import Rating, RatingItem, RatingState, Rectification
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal, milestones
from voting.services.milestones import Stage
from voting.services.ratings.preparing import rateable
from voting.services.ratings.rectifying import OPEN

MOST_NAMED: Final = 6
"""So many unfinished things are named in a refusal; the rest are counted."""


@dataclass(frozen=True, slots=True)
class YearArchived(Event):
    """An archive of a year was made."""

    words = msg("The archive of {year} was made; its manifest has the digest {digest}.")
    year: int
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """An archive as it was written: the file's name and size, the hash of its manifest."""

    name: str
    size: int
    digest: str


def check_closable(tx: Tx, congress_id: int, year: int) -> None:
    """Refuse to close a year in which something is still to be done. Raises NotNow."""
    open_rectification = (
        select(Rectification.id)
        .join(RatingItem, RatingItem.id == Rectification.item_id)
        .join(Rating, Rating.id == RatingItem.rating_id)
        .where(Rating.congress_id == congress_id, Rating.year == year)
        .where(Rectification.state.in_(OPEN))
    )
    if tx.scalar(open_rectification.limit(1)) is not None:
        raise NotNow("Something of this year is still to be put right.").now(
            "Make the archive without closing the year, or wait for the second rating."
        )
    _check_findings(tx, congress_id, year)
    settled = select(Rating.id).where(
        Rating.congress_id == congress_id,
        Rating.year == year,
        Rating.state == RatingState.SETTLED,
    )
    if tx.scalar(settled.limit(1)) is None:
        raise NotNow("The projects of {year} are not rated yet.", year=year).now(
            "Make the archive without closing the year, or rate them first."
        )


def _check_findings(tx: Tx, congress_id: int, year: int) -> None:
    """Refuse where a problem is not closed after a re-check, and name what is left."""
    query = (
        select(Finding)
        .join(Project, Project.id == Finding.project_id)
        .where(Finding.congress_id == congress_id, Project.year == year)
        .where(Finding.state != FindingState.CLOSED)
        .order_by(Finding.year, Finding.number)
    )
    left = tx.scalars(query).all()
    if not left:
        return
    named = [
        t("No. {number} ({title})", number=row.number, title=row.project.title) for row in left
    ]
    more = t(" and {n} more", n=len(left) - MOST_NAMED) if len(left) > MOST_NAMED else ""
    raise NotNow(
        "Problems or advice of {year} are not closed after a re-check yet: {problems}.",
        year=str(year),
        problems=t(", ").join(named[:MOST_NAMED]) + more,
    ).now("Make the archive without closing the year, or close them in the ledger first.")


def keep(
    tx: Tx, actor: Actor, congress_id: int, year: int, *, written: Written, closes: bool
) -> Archive:
    """Note an archive; one that closes the year is the last milestone of its projects."""
    access.check(actor, Action.EXPORT_DATA, congress_id)
    if closes:
        check_closable(tx, congress_id, year)
        for project in rateable(tx, congress_id, year):
            _end(tx, project, written.digest)
    row = Archive(
        congress_id=congress_id,
        year=year,
        name=written.name,
        digest=written.digest,
        size=written.size,
        closes=closes,
        made_at=clock.now(),
        made_by=actor.name,
    )
    tx.add(row)
    tx.flush()
    event = YearArchived(year, written.digest)
    journal.record(tx, actor, event, congress_id=congress_id)
    return row


def list_archives(tx: Tx, actor: Actor, congress_id: int) -> Sequence[Archive]:
    """Give the archives of a congress, the latest first."""
    access.check(actor, Action.EXPORT_DATA, congress_id)
    query = select(Archive).where(Archive.congress_id == congress_id)
    return tx.scalars(query.order_by(Archive.id.desc())).all()


def find_archive(tx: Tx, actor: Actor, congress_id: int, archive_id: int) -> Archive:
    """Find an archive of a congress."""
    access.check(actor, Action.EXPORT_DATA, congress_id)
    row = tx.get(Archive, archive_id)
    if row is None or row.congress_id != congress_id:
        raise NotFound("There is no such archive.")
    return row


def _end(tx: Tx, project: Project, digest: str) -> None:
    stages = [line.stage for line in milestones.of_project(tx, project.congress_id, project.code)]
    if Stage.DECIDED in stages and Stage.ARCHIVED not in stages:
        content: dict[str, Any] = {"year": project.year, "manifest": digest}
        milestones.record(tx, project.congress_id, project.code, Stage.ARCHIVED, content=content)
