"""What is new in a congress, in one order: announcements and news, as a feed tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from voting import clock
from voting.db import Tx
from voting.errors import Message, msg
from voting.services import announcements, news
from voting.services.reports.notices import title_of

LONGEST: Final = 30


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One thing that happened: `endpoint` and `values` make the address of its page."""

    title: Message
    at: datetime
    endpoint: str
    values: dict[str, str | int] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """The latest entries, and when the last of them came."""

    entries: tuple[FeedEntry, ...]
    updated: datetime


def read_feed(tx: Tx, congress_id: int) -> Feed:
    """Give the latest of what everyone may read."""
    entries = [
        FeedEntry(
            msg("Announcement No. {number}: {title}", number=row.number, title=title_of(row)),
            row.public_from,
            "announcement.announcement",
            {"number": row.number},
        )
        for row in announcements.list_public(tx, congress_id)
    ]
    entries += [
        FeedEntry(
            msg("{title}", title=item.title),
            item.public_from,
            "news.item",
            {"item_id": item.id},
            item.body,
        )
        for item in news.list_public(tx, congress_id, limit=LONGEST)
        if item.public_from is not None
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    latest = tuple(entries[:LONGEST])
    return Feed(latest, latest[0].at if latest else clock.now())
