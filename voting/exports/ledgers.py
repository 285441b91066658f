"""Writes the tables of supervision as XLSX: groups, progress, ledger of problems."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from voting import clock
from voting.exports.forms.supervision import LEDGER_COLUMNS, ledger_row
from voting.exports.tables import Cell, harmless
from voting.i18n import t
from voting.rules.lights import LIGHT_NAMES
from voting.services.supervision.boards import Ledger, Sheet
from voting.services.supervision.finding import WAN

_SHEET_NAME = 31
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
    memory = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(memory, options)
    book.set_properties({"created": clock.now()})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(name[:_SHEET_NAME])
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, head, bold)
    for line, row in enumerate(rows, start=1):
        sheet.write_row(line, 0, [harmless(cell) for cell in row], wrapped)
    sheet.autofit(_WIDEST * 7)
    book.close()
    return memory.getvalue()
