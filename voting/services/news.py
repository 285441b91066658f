"""Writes news, publishes it at a set moment, corrects it in the open, or withdraws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select

from voting import clock
from voting.db import Tx
from voting.errors import NotAllowed, NotFound, NotNow, msg
from voting.events import Event
from voting.models.news import NewsItem, NewsKind
from voting.rules import access
from voting.rules.access import Action, Actor
from voting.services import journal

PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class NewsWritten(Event):
    """A draft was made or changed."""

    words = msg("The item “{title}” was written.")
    title: str


@dataclass(frozen=True, slots=True)
class NewsPublished(Event):
    """An item becomes public, perhaps later."""

    words = msg("The item “{title}” was published.")
    title: str


@dataclass(frozen=True, slots=True)
class NewsCorrected(Event):
    """A public item was changed; readers see that and when."""

    words = msg("The public item “{title}” was corrected.")
    title: str


@dataclass(frozen=True, slots=True)
class NewsWithdrawn(Event):
    """A public item was taken back; its title and the reason stay."""

    words = msg("The item “{title}” was withdrawn: {reason}")
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class NewsText:
    """What is written: plain text, an empty line between paragraphs."""

    kind: NewsKind
    title: str
    body: str


def write(tx: Tx, actor: Actor, congress_id: int, text: NewsText) -> NewsItem:
    """Keep a draft that nobody outside the office sees."""
    access.check(actor, Action.PUBLISH, congress_id)
    if actor.user_id is None:
        raise NotAllowed("News is written by a person with an account.")
    item = NewsItem(
        congress_id=congress_id,
        kind=text.kind,
        title=text.title,
        body=text.body,
        written_by_id=actor.user_id,
        written_at=clock.now(),
    )
    tx.add(item)
    tx.flush()
    journal.record(tx, actor, NewsWritten(item.title), congress_id=congress_id)
    return item


def rewrite(tx: Tx, actor: Actor, item_id: int, text: NewsText) -> NewsItem:
    """Change a draft, or correct what is public: the page then says when it was changed."""
    item = find(tx, actor, item_id)
    if item.withdrawn_reason:
        raise NotNow("A withdrawn item stays as it is.").now("Write a new one.")
    item.kind, item.title, item.body = text.kind, text.title, text.body
    event: Event = NewsWritten(item.title)
    if is_public(item):
        item.changed_at = clock.now()
        event = NewsCorrected(item.title)
    journal.record(tx, actor, event, congress_id=item.congress_id)
    return item


def publish(tx: Tx, actor: Actor, item_id: int, public_from: datetime | None = None) -> NewsItem:
    """Make an item public, at once or from a moment on that can still be moved until then."""
    item = find(tx, actor, item_id)
    if is_public(item) or item.withdrawn_reason:
        raise NotNow("This item is public already.")
    item.public_from = max(public_from or clock.now(), clock.now())
    journal.record(tx, actor, NewsPublished(item.title), congress_id=item.congress_id)
    return item


def withdraw(tx: Tx, actor: Actor, item_id: int, reason: str) -> NewsItem:
    """Take a public item back; whoever follows a link to it reads why."""
    item = find(tx, actor, item_id)
    if not is_public(item) or item.withdrawn_reason:
        raise NotNow("Only a public item can be withdrawn.")
    item.withdrawn_reason = reason
    journal.record(tx, actor, NewsWithdrawn(item.title, reason), congress_id=item.congress_id)
    return item


def find(tx: Tx, actor: Actor, item_id: int) -> NewsItem:
    """Find an item for the office, draft or public."""
    item = tx.get(NewsItem, item_id)
    if item is None:
        raise NotFound("There is no such item.")
    access.check(actor, Action.PUBLISH, item.congress_id)
    return item


def find_public(tx: Tx, congress_id: int, item_id: int) -> NewsItem:
    """Find an item that everyone may read, or whose withdrawal everyone may know."""
    item = tx.get(NewsItem, item_id)
    if item is None or item.congress_id != congress_id or not is_public(item):
        raise NotFound("There is nothing at this address.")
    return item


def list_all(tx: Tx, actor: Actor, congress_id: int, page: int = 1) -> Sequence[NewsItem]:
    """Give the office's list, what was written last first."""
    access.check(actor, Action.PUBLISH, congress_id)
    query = select(NewsItem).where(NewsItem.congress_id == congress_id)
    query = query.order_by(NewsItem.written_at.desc(), NewsItem.id.desc())
    return tx.scalars(query.offset((page - 1) * PAGE).limit(PAGE)).all()


def list_public(
    tx: Tx, congress_id: int, *, page: int = 1, limit: int = PAGE
) -> Sequence[NewsItem]:
    """Give what everyone may read, the latest first."""
    query = select(NewsItem).where(_is_shown(congress_id))
    query = query.order_by(NewsItem.public_from.desc(), NewsItem.id.desc())
    return tx.scalars(query.offset((page - 1) * PAGE).limit(limit)).all()


def count_public(tx: Tx, congress_id: int) -> int:
    """Count what everyone may read."""
    return tx.scalar(select(func.count(NewsItem.id)).where(_is_shown(congress_id))) or 0


def count_all(tx: Tx, actor: Actor, congress_id: int) -> int:
    """Count the office's list."""
    access.check(actor, Action.PUBLISH, congress_id)
    query = select(func.count(NewsItem.id)).where(NewsItem.congress_id == congress_id)
    return tx.scalar(query) or 0


def is_public(item: NewsItem) -> bool:
    """Tell whether its moment has come."""
    return item.public_from is not None and item.public_from <= clock.now()


def _is_shown(congress_id: int) -> ColumnElement[bool]:
    return and_(
        NewsItem.congress_id == congress_id,
        NewsItem.public_from <= clock.now(),
        NewsItem.withdrawn_reason == "",
    )
