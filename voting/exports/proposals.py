"""Writes lists of proposals as tables, and posters that lead to a collection."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from voting.errors import Message, msg
from voting.exports.press import print_sheet
from voting.exports.qr import qr_svg
from voting.exports.sheets import HEAD, Cell, add_sheet, new_book, write_csv
from voting.i18n import local, say_date, t
from voting.models.proposals import Proposal, ProposalState, Source
from voting.rules.categories import CATEGORY_NAMES, Category

_HEADER: Final = (
    msg("No."),
    msg("What is needed"),
    msg("Category"),
    msg("Location"),
    msg("Why it is needed"),
    msg("What is to be done"),
    msg("Who benefits"),
    msg("Who should do it"),
    msg("Estimated cost (10,000 yuan)"),
    msg("Proposed by"),
    msg("Supports"),
    msg("State"),
    msg("Received on"),
)
_SOURCES: Final[dict[Source, Message]] = {
    Source.RESIDENT: msg("A resident"),
    Source.DEPUTY: msg("A deputy"),
    Source.STATION: msg("A liaison station"),
    Source.UNIT: msg("A unit"),
    Source.OFFICE: msg("The office"),
}
_STATES: Final[dict[ProposalState, Message]] = {
    ProposalState.RECEIVED: msg("Waiting to be looked at"),
    ProposalState.ACCEPTED: msg("Public, waiting for the screening"),
    ProposalState.DECLINED: msg("Not taken up"),
    ProposalState.MERGED: msg("Part of a project"),
}
_WAN: Final = 10_000


@dataclass(frozen=True, slots=True)
class Poster:
    """What a poster says: whose collection, until when, at which station, and its address."""

    congress: str
    title: str
    opens_at: datetime
    closes_at: datetime
    address: str
    station: str = ""


def proposals_csv(rows: Sequence[Proposal]) -> bytes:
    """Write a row for each proposal, and no formula among them."""
    return write_csv([t(name) for name in _HEADER], _cells(rows))


def proposals_xlsx(rows: Sequence[Proposal]) -> bytes:
    """Write a workbook in which every text is a text, whatever it begins with."""
    memory = io.BytesIO()
    with new_book(memory, is_long=True) as book:
        sheet = add_sheet(book, t("Proposals collected"))
        sheet.set_column(1, 1, 40)
        sheet.set_column(2, len(_HEADER) - 1, 18)
        sheet.write_row(0, 0, [t(name) for name in _HEADER], book.add_format(HEAD))
        for line, cells in enumerate(_cells(rows), start=1):
            sheet.write_row(line, 0, cells)
    return memory.getvalue()


def print_poster(poster: Poster) -> bytes:
    """Print a poster on A4: what is asked, until when, and the code to scan."""
    values: dict[str, Any] = {
        "congress": poster.congress,
        "title": poster.title,
        "station": poster.station,
        "address": poster.address.partition("?")[0],
        "qr": qr_svg(poster.address),
        "say": {
            "call": t("What does your neighbourhood need?"),
            "days": t(
                "Open from {first} to {last}.",
                first=say_date(local(poster.opens_at)),
                last=say_date(local(poster.closes_at)),
            ),
            "qr": t("The code that leads to the collection"),
            "scan": t("Scan the code with your telephone. No account is needed."),
            "steps": [
                t("Say in a few words what is needed, and where."),
                t("Is it proposed already? Then press “I need it too”."),
                t("Send it, and keep the code: with it you see what becomes of it."),
            ],
            "type": t("Or open this address:"),
        },
    }
    return print_sheet("poster", values)


def _cells(rows: Sequence[Proposal]) -> Iterator[list[Cell]]:
    for row in rows:
        yield [
            row.number,
            row.title,
            t(CATEGORY_NAMES[Category(row.category)]),
            row.place,
            row.reason,
            row.content,
            row.beneficiaries,
            row.implementer,
            None if row.estimate_yuan is None else row.estimate_yuan / _WAN,
            _proposer(row),
            row.supports,
            t(_STATES[row.state]),
            local(row.created_at).date().isoformat(),
        ]


def _proposer(row: Proposal) -> str:
    if row.deputy:
        return row.deputy.name
    if row.source is Source.STATION and row.station:
        return row.station.name
    return row.unit.name if row.unit else t(_SOURCES[row.source])
