"""Where people can go from everywhere: rows of the menu, each shown to whom its act is open.

A new page gets a row in its audience's part: `OFFICES` and `INSTALLATION` for who has an account,
`PLACES` for everyone. Rows with a congress appear once for each congress in which somebody may do
the act.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import request, url_for

from voting.db import reading
from voting.errors import Message, msg
from voting.rules.access import Action, Actor, is_allowed
from voting.services.people import congresses


@dataclass(frozen=True, slots=True)
class Row:
    """A place to go: words, the route, the act of its door, and an icon."""

    words: Message
    endpoint: str
    action: Action
    icon: str = "file-text"


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one part of the year."""

    words: Message
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A row as it stands on a page."""

    words: Message
    url: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Links under one heading: a part of a congress's year, or the installation's part."""

    heading: Message
    slug: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A public place: the key by which its pages say that they are it, words, the route.

    One that is not main stands behind “More”.
    """

    key: str
    words: Message
    endpoint: str
    is_in_congress: bool = True
    is_main: bool = True


@dataclass(frozen=True, slots=True)
class PlaceLink:
    """A public place with its address."""

    key: str
    words: Message
    url: str
    is_main: bool


OFFICES: Final[tuple[Group, ...]] = (
    Group(
        msg("My work"),
        (
            Row(msg("My work as a deputy"), "own_deputy.home_page", Action.OWN_DEPUTY, "id-card"),
            Row(msg("Our unit"), "unit_home.home_page", Action.READ_UNIT, "house"),
        ),
    ),
    Group(
        msg("Collection and screening"),
        (
            Row(
                msg("Proposals collected"),
                "proposals.list_page",
                Action.MANAGE_COLLECTION,
                "inbox",
            ),
            Row(msg("Write a proposal"), "proposing.write_page", Action.PROPOSE, "pencil"),
            Row(msg("Screening"), "screening.list_page", Action.SCREEN, "search-check"),
            Row(
                msg("Opinions on projects"),
                "opinions.list_page",
                Action.COMMENT_CANDIDATE,
                "message-square",
            ),
            Row(
                msg("Projects to judge"),
                "enquiries.list_page",
                Action.READ_UNIT,
                "clipboard-check",
            ),
        ),
    ),
    Group(
        msg("Sittings and votes"),
        (
            Row(msg("Sittings"), "sitting.list_page", Action.READ_SITTING, "landmark"),
            Row(msg("Roster of deputies"), "roster.roster_page", Action.EDIT_ROSTER, "users"),
            Row(
                msg("Members of the standing committee"),
                "members.members_page",
                Action.EDIT_ROSTER,
                "user-check",
            ),
            Row(
                msg("Chair and chief scrutineer"),
                "chair.conduct_page",
                Action.READ_SITTING,
                "gavel",
            ),
            Row(msg("Keys and watch"), "device.device_page", Action.HOLD_KEY, "key-round"),
            Row(msg("Hall screen"), "hall.screen", Action.READ_SITTING, "monitor"),
        ),
    ),
    Group(
        msg("Supervision and rating"),
        (
            Row(
                msg("Supervision"),
                "supervision.board_page",
                Action.PLAN_SUPERVISION,
                "traffic-cone",
            ),
            Row(
                msg("Progress of our projects"),
                "progress.list_page",
                Action.REPORT_PROGRESS,
                "target",
            ),
            Row(msg("My supervision"), "watching.own_page", Action.OWN_DEPUTY, "search-check"),
            Row(
                msg("Satisfaction ratings"),
                "ratings.list_page",
                Action.MANAGE_RATINGS,
                "clipboard-check",
            ),
            Row(msg("To be put right"), "rectifications.list_page", Action.RECTIFY, "wrench"),
            Row(msg("Archives"), "archives.list_page", Action.EXPORT_DATA, "archive"),
        ),
    ),
    Group(
        msg("Suggestions and stations"),
        (
            Row(msg("My suggestions"), "own_suggestions.list_page", Action.SUGGEST, "pencil"),
            Row(
                msg("Suggestions for our unit"),
                "unit_suggestions.list_page",
                Action.ANSWER_SUGGESTION,
                "inbox",
            ),
            Row(
                msg("Suggestions of deputies"),
                "suggestions.list_page",
                Action.ASSIGN_SUGGESTION,
                "inbox",
            ),
            Row(msg("Discussions"), "rooms.list_page", Action.KEEP_ROOM, "messages-square"),
            Row(
                msg("Voices of residents"),
                "voices.list_page",
                Action.KEEP_STATION,
                "message-square",
            ),
            Row(msg("Liaison stations"), "stationdesk.list_page", Action.KEEP_STATION, "map-pin"),
            Row(msg("Records of deputies"), "records.list_page", Action.READ_RECORDS, "id-card"),
        ),
    ),
    Group(
        msg("News and units"),
        (
            Row(msg("News"), "newsdesk.list_page", Action.PUBLISH, "newspaper"),
            Row(msg("Units"), "units.list_page", Action.MANAGE_UNITS, "building-2"),
        ),
    ),
)
"""What offices and deputies do in a congress, in the order of the loop."""

INSTALLATION: Final[tuple[Row, ...]] = (
    Row(msg("People"), "people.people_page", Action.READ_PEOPLE, "users"),
    Row(msg("Congresses"), "installation.congresses_page", Action.MANAGE_CONGRESS, "landmark"),
    Row(msg("Sign-ins"), "people.sessions_page", Action.READ_SESSIONS, "monitor"),
    Row(msg("Journal"), "installation.journal_page", Action.READ_JOURNAL, "book-open"),
)
"""What the three administrators do, for all congresses."""


PLACES: Final[tuple[Place, ...]] = (
    Place("home", msg("Home page"), "home.congress"),
    Place("take-part", msg("Take part"), "taking_part.start_page"),
    Place("projects", msg("Livelihood projects"), "projects.list_page"),
    Place("progress", msg("Progress and supervision"), "watch_projects.year_page"),
    Place("suggestions", msg("Suggestions of deputies"), "public_suggestions.list_page"),
    Place("news", msg("News and announcements"), "news.list_page"),
    Place("receipt", msg("Check a receipt"), "receipt.start", is_in_congress=False),
    Place("how", msg("How it works"), "about.how", is_in_congress=False),
    Place("ratings", msg("Satisfaction ratings"), "grades.list_page", is_main=False),
    Place("stations", msg("Liaison stations"), "stations.list_page", is_main=False),
    Place("discussions", msg("Discussions"), "public_rooms.list_page", is_main=False),
    Place("verify", msg("Check the whole record"), "verify.verify", is_main=False),
    Place("log", msg("The log"), "log.entries", is_main=False),
    Place("data", msg("Open data"), "data.list_page", is_main=False),
)
"""Where everyone can go from every public page, what to take part in first, in the year's order."""


def menu_for(actor: Actor) -> tuple[Section, ...]:
    """List where somebody may go, congress by congress, then the installation."""
    if not actor.is_known:
        return ()
    with reading() as tx:
        cards = congresses.list_congresses(tx)
    mine = [card for card in cards if actor.roles_in(card.id)]
    sections = [
        Section(
            # Whoever serves one congress alone need not read its name everywhere.
            msg("{congress}: {part}", congress=card.name, part=group.words)
            if len(mine) > 1
            else group.words,
            card.slug,
            _links(actor, group.rows, card),
        )
        for card in mine
        for group in OFFICES
    ]
    sections.append(Section(msg("Administration"), None, _links(actor, INSTALLATION, None)))
    return tuple(section for section in sections if section.links)


def places_of(slug: str | None) -> tuple[PlaceLink, ...]:
    """Give the public places of a congress; without a congress those that need none."""
    return tuple(
        PlaceLink(row.key, row.words, url, row.is_main)
        for row in PLACES
        if slug or not row.is_in_congress
        for url in (url_for(row.endpoint, slug=slug if row.is_in_congress else None),)
    )


def _links(
    actor: Actor, rows: tuple[Row, ...], card: congresses.CongressCard | None
) -> tuple[Link, ...]:
    scope = card.id if card else None
    return tuple(
        Link(row.words, url, row.icon, is_here=request.path == url)
        for row in rows
        if is_allowed(actor, row.action, scope)
        for url in (url_for(row.endpoint, slug=card.slug) if card else url_for(row.endpoint),)
    )
