"""Writes the tables of supervision as XLSX: groups, progress, ledger of problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from voting.exports.forms.supervision import LEDGER_COLUMNS, ledger_row
from voting.exports.sheets import Cell, Page, harmless, write_book
from voting.i18n import t
from voting.rules.lights import LIGHT_NAMES
from voting.services.supervision.boards import Ledger, Sheet
from voting.services.supervision.finding import WAN

_WIDEST = 48


def ledger_xlsx(ledger: Ledger) -> bytes:
    """Write the ledger of problems 问题整改台账."""
    head = [t(name) for name, _, _ in LEDGER_COLUMNS]
    return _book(t("Ledger of problems"), head, (ledger_row(line) for line in ledger.lines))


def groups_xlsx(sheet: Sheet) -> bytes:
    """Write who follows which project."""
    head = [
        t("Code"),
        t("Project"),
        t("Leading office"),
        t("Lead of the group"),
        t("Members"),
        t("Contact unit"),
        t("Plan"),
        t("Visits planned"),
    ]
    rows = [
        (
            line.project.code,
            line.project.title,
            row.office if row else "",
            row.lead if row else "",
            t(", ").join(member.deputy.name for member in row.members) if row else "",
            row.contact if row else "",
            row.plan if row else "",
            row.visits if row else None,
        )
        for line in sheet.lines
        for row in (line.supervision,)
    ]
    return _book(t("Supervision groups"), head, rows)


def progress_xlsx(sheet: Sheet) -> bytes:
    """Write how far each project is: the columns of the unit's monthly report."""
    head = [
        t("Code"),
        t("Project"),
        t("Responsible unit"),
        t("Month"),
        t("Done this month"),
        t("Difficulties"),
        t("Next steps"),
        t("Planned (%)"),
        t("Done (%)"),
        t("Planned money (10,000 yuan)"),
        t("Paid (10,000 yuan)"),
        t("Light"),
    ]
    rows = [
        (
            line.project.code,
            line.project.title,
            line.project.unit.name if line.project.unit else "",
            report.month if report else None,
            report.done if report else "",
            report.trouble if report else "",
            report.next_steps if report else "",
            line.light.planned if line.light else None,
            report.percent if report else None,
            line.planned_yuan / WAN,
            report.paid_yuan / WAN if report else None,
            t(LIGHT_NAMES[line.light.light]) if line.light else "",
        )
        for line in sheet.lines
        for report in (line.report,)
    ]
    return _book(t("Progress"), head, rows)


def _book(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    texts = ([harmless(cell) for cell in row] for row in rows)
    return write_book([Page(name, head, texts, wraps=True, widest=_WIDEST)])
