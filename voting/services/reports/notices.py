"""Announcements that everyone may read: their list, and one with the vote that it makes known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voting.db import Tx
from voting.models.announcements import Announcement
from voting.models.elections import Election
from voting.models.handcounts import HandCount
from voting.rules.vote import DecisionSettings, Order
from voting.services import announcements, candidates, projects
from voting.services.reports.rounds import all_chosen
from voting.services.reports.votes import VotePage, read_paper_vote, read_vote
from voting.services.sittings import rulebook


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """An announcement in a list."""

    number: int
    dated: date
    title: str


@dataclass(frozen=True, slots=True)
class NoticePage:
    """An announcement with its vote; `year` is that of the projects.

    `chosen` names those of earlier rounds as well, in the order that the rules ask for.
    """

    number: int
    dated: date
    vote: VotePage
    year: int
    chosen: tuple[str, ...]


def list_notices(tx: Tx, congress_id: int) -> tuple[NoticeLine, ...]:
    """Give a congress's announcements, the latest first."""
    rows = announcements.list_public(tx, congress_id)
    return tuple(NoticeLine(row.number, row.dated, title_of(row)) for row in rows)


def read_notice(tx: Tx, slug: str, number: int) -> NoticePage:
    """Give an announcement whose moment has come. Raises `NotFound`."""
    row = announcements.find_public(tx, slug, number)
    announced = _vote_of(row)
    vote = (
        read_vote(tx, slug, announced.object_id)
        if isinstance(announced, Election)
        else read_paper_vote(tx, slug, announced.id)
    )
    listed = candidates.locked_list(tx, announced.sitting_id, announced.kind)
    year = projects.year_of(tx, listed) if listed else vote.starts_on.year
    return NoticePage(row.number, row.dated, vote, year, _chosen(tx, slug, announced, vote))


def title_of(row: Announcement) -> str:
    """Give the title of what an announcement makes known."""
    return _vote_of(row).title


def _chosen(tx: Tx, slug: str, announced: Election | HandCount, vote: VotePage) -> tuple[str, ...]:
    rules = rulebook.adopted_rules(tx, announced.sitting_id, announced.kind)
    listed = candidates.locked_list(tx, announced.sitting_id, announced.kind)
    settings = rules.settings if rules else None
    order = settings.order if isinstance(settings, DecisionSettings) else Order.VOTES
    codes = [candidate.code for candidate in listed.candidates] if listed else []
    return all_chosen(tx, slug, vote, order=order, listed=codes)


def _vote_of(row: Announcement) -> Election | HandCount:
    found = row.election or row.hand_count
    if found is None:
        raise TypeError("an announcement is of a vote")
    return found
