"""Congresses of this installation: make one, name it, set its preferences."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from voting import clock, ledger
from voting.db import Tx
from voting.errors import FieldProblem, NotFound, NotValid, msg
from voting.events import Event
from voting.models.people import Congress
from voting.rules import access, preferences
from voting.rules.access import Action, Actor
from voting.services import journal

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SLUG_LONGEST: Final = 32


@dataclass(frozen=True, slots=True)
class CongressMade(Event):
    words = msg("The congress {name} was added.")
    name: str


@dataclass(frozen=True, slots=True)
class CongressRenamed(Event):
    words = msg("The congress {old} is now called {name}.")
    old: str
    name: str


@dataclass(frozen=True, slots=True)
class PreferencesSet(Event):
    words = msg("The settings {names} of {congress} were changed.")
    congress: str
    names: str


@dataclass(frozen=True, slots=True)
class CongressCard:
    """A congress as pages and services name it."""

    id: int
    slug: str
    name: str
    origin: str
    preferences: preferences.Preferences


def make_congress(tx: Tx, actor: Actor, *, slug: str, name: str) -> CongressCard:
    """Add a congress; its short name is part of every address and of its log's name for good."""
    access.check(actor, Action.MANAGE_CONGRESS)
    if not _SLUG.fullmatch(slug) or len(slug) > _SLUG_LONGEST:
        problem = FieldProblem("slug", msg("Small letters, digits and single hyphens only."))
        raise NotValid("This short name can't be part of an address.").at(problem)
    if tx.scalar(select(Congress.id).where(Congress.slug == slug)) is not None:
        problem = FieldProblem("slug", msg("{slug} is taken.", slug=slug))
        raise NotValid("There is already a congress with this short name.").at(problem)
    origin = f"{tx.settings.hostname}/{slug}"
    congress = Congress(slug=slug, name=name, origin=origin, created_at=clock.now())
    tx.add(congress)
    tx.flush()
    # A key left over from an attempt that was undone has signed nothing, and serves as well.
    with suppress(FileExistsError):
        ledger.create_key(tx.settings, slug, origin)
    ledger.start(tx, congress)
    journal.record(tx, actor, CongressMade(name), congress_id=congress.id)
    return _card(congress)


def rename_congress(tx: Tx, actor: Actor, slug: str, *, name: str) -> None:
    """Give a congress another name; addresses and log keep theirs."""
    access.check(actor, Action.MANAGE_CONGRESS)
    congress = _congress(tx, slug)
    old, congress.name = congress.name, name
    journal.record(tx, actor, CongressRenamed(old, name), congress_id=congress.id)


def set_preferences(tx: Tx, actor: Actor, slug: str, values: dict[str, str]) -> None:
    """Change settings of a congress; each is checked against its row in the table."""
    congress = _congress(tx, slug)
    access.check(actor, Action.SET_PREFERENCES, congress.id)
    parsed = preferences.parse(values)
    before = preferences.Preferences(congress.preferences)
    changed = sorted(key for key, value in parsed.items() if before[key] != value)
    if not changed:
        return
    congress.preferences = {**congress.preferences, **parsed}
    event = PreferencesSet(congress.name, ", ".join(changed))
    journal.record(tx, actor, event, congress_id=congress.id)


def list_congresses(tx: Tx) -> tuple[CongressCard, ...]:
    """List all congresses, the newest first."""
    query = select(Congress).order_by(Congress.created_at.desc(), Congress.id.desc())
    return tuple(_card(congress) for congress in tx.scalars(query))


def find_congress(tx: Tx, slug: str) -> CongressCard:
    """Give the congress of an address."""
    return _card(_congress(tx, slug))


def preferences_of(tx: Tx, congress_id: int) -> preferences.Preferences:
    """Give a congress's settings."""
    return preferences.Preferences(tx.get_one(Congress, congress_id).preferences)


def _congress(tx: Tx, slug: str) -> Congress:
    congress = tx.scalar(select(Congress).where(Congress.slug == slug))
    if congress is None:
        raise NotFound("There is no congress at this address.")
    return congress


def _card(congress: Congress) -> CongressCard:
    return CongressCard(
        id=congress.id,
        slug=congress.slug,
        name=congress.name,
        origin=congress.origin,
        preferences=preferences.Preferences(congress.preferences),
    )
