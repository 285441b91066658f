"""Writes a deputy's record as a workbook: one sheet for each kind of thing."""

from __future__ import annotations

from voting.exports.forms.attendance import STATUS_NAMES
from voting.exports.sheets import Page, write_book
from voting.i18n import local, t
from voting.services.records import DEED_NAMES, Record


def record_book(record: Record) -> bytes:
    """Write the record."""
    return write_book(
        [
            _sittings(record),
            Page(
                t("Suggestions"),
                [t("Year"), t("Number"), t("Title of the suggestion"), t("Part taken")],
                [
                    *((s.year, s.number, s.title, t("wrote it")) for s in record.suggestions),
                    *((s.year, s.number, s.title, t("signed it too")) for s in record.cosigned),
                ],
            ),
            Page(
                t("Proposals for projects"),
                [t("Number"), t("Title"), t("Sent on")],
                [(p.number, p.title, local(p.created_at).date()) for p in record.proposals],
            ),
            Page(
                t("Supervision"),
                [t("Day"), t("What it was"), t("Where it was")],
                [(local(v.at).date(), v.title, v.place) for v in record.visits],
            ),
            Page(
                t("Other work"),
                [t("Day"), t("Kind"), t("What it was"), t("Where it was"), t("Note")],
                [
                    (e.done_on, t(DEED_NAMES[e.kind]), e.title, e.place, e.note)
                    for e in record.entries
                ],
            ),
        ]
    )


def _sittings(record: Record) -> Page:
    return Page(
        t("Sittings"),
        [t("Sitting"), t("Day"), t("Attendance")],
        [(s.name, s.starts_on, t(STATUS_NAMES[s.status])) for s in record.sittings],
    )
