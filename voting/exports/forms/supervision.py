"""Forms 10 to 13: groups, progress, record of an activity, ledger of problems; printed on A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from voting.errors import msg
from voting.exports.forms.parts import (
    Column,
    Document,
    Facts,
    Grid,
    Heading,
    Line,
    Paragraph,
    Place,
    Signatures,
)
from voting.i18n import local, number, say_date, say_time, t
from voting.models.inspections import Activity, Finding, FindingAct
from voting.rules.escalation import LEVEL_NAMES, Level
from voting.rules.lights import LIGHT_NAMES
from voting.services.supervision.activities import KIND_NAMES
from voting.services.supervision.boards import FindingLine, Ledger, Sheet, SheetLine
from voting.services.supervision.finding import WAN
from voting.services.supervision.problems import FINDING_NAMES, STATE_NAMES


def group_sheet(sheet: Sheet, at: datetime) -> Document:
    """Lay out form 10: who follows which project."""
    return Document(
        Heading(sheet.congress, ""),
        t(
            "{congress}: supervision groups of the livelihood projects of {year}",
            congress=sheet.congress,
            year=str(sheet.year),
        ),
        (
            Grid(
                (
                    Column(t("No."), 6),
                    Column(t("Project"), 24, Place.LEFT),
                    Column(t("Leading office"), 14),
                    Column(t("Lead of the group"), 10),
                    Column(t("Members"), 24, Place.LEFT),
                    Column(t("Contact unit"), 14),
                    Column(t("Visits planned"), 8),
                ),
                tuple(_group_row(place, line) for place, line in enumerate(sheet.lines, start=1)),
            ),
            Line(say_date(at), Place.RIGHT),
        ),
        is_wide=True,
    )


def progress_sheet(sheet: Sheet, at: datetime) -> Document:
    """Lay out form 13: how far each project is."""
    return Document(
        Heading(sheet.congress, ""),
        t(
            "{congress}: progress of the livelihood projects of {year}",
            congress=sheet.congress,
            year=str(sheet.year),
        ),
        (
            Line(t("As of {day}", day=say_date(at)), Place.CENTER),
            Grid(
                (
                    Column(t("No."), 6),
                    Column(t("Project"), 18, Place.LEFT),
                    Column(t("Responsible unit"), 12),
                    Column(t("Done this month"), 22, Place.LEFT),
                    Column(t("Difficulties"), 14, Place.LEFT),
                    Column(t("Planned"), 8),
                    Column(t("Done"), 8),
                    Column(t("Paid (10,000 yuan)"), 10, Place.RIGHT),
                    Column(t("Light"), 9),
                ),
                tuple(
                    _progress_row(place, line) for place, line in enumerate(sheet.lines, start=1)
                ),
            ),
        ),
        is_wide=True,
    )


def activity_sheet(congress: str, activity: Activity, findings: Sequence[Finding]) -> Document:
    """Lay out form 11: what was looked at, who came, what was found."""
    came = [guest for guest in activity.guests if guest.signed_at]
    names = [guest.deputy.name if guest.deputy else guest.name for guest in came]
    return Document(
        Heading(congress, ""),
        t("{congress}: record of a supervision activity", congress=congress),
        (
            Facts(
                (
                    (t("Activity"), activity.title),
                    (t("Kind"), t(KIND_NAMES[activity.kind])),
                    (t("Time"), say_time(activity.starts_at)),
                    (t("Where it is"), activity.place or "—"),
                    (t("Signed in"), str(len(came))),
                    (t("Projects"), t(", ").join(p.title for p in activity.projects)),
                ),
                in_a_row=1,
            ),
            Paragraph(t("Took part: {names}", names=t(", ").join(names) or "—")),
            Paragraph(t("Findings: {text}", text=activity.findings or "—")),
            *(
                Paragraph(
                    t(
                        "No. {number} ({kind}): {text}",
                        number=row.number,
                        kind=FINDING_NAMES[row.kind],
                        text=row.words,
                    )
                )
                for row in findings
            ),
            Signatures((t("Recorded by"), t("Lead of the group"))),
        ),
    )


def ledger_sheet(ledger: Ledger) -> Document:
    """Lay out form 12: the ledger of problems and what became of them."""
    congress = ledger.bar.congress.name
    return Document(
        Heading(congress, ""),
        t(
            "{congress}: ledger of problems and rectification of {year}",
            congress=congress,
            year=str(ledger.year),
        ),
        (
            Line(t("As of {day}", day=say_date(ledger.bar.today)), Place.CENTER),
            Grid(
                tuple(Column(t(name), width, place) for name, width, place in LEDGER_COLUMNS),
                tuple(tuple(str(cell) for cell in ledger_row(line)) for line in ledger.lines),
            ),
        ),
        is_wide=True,
    )


LEDGER_COLUMNS = (
    (msg("No."), 5, Place.CENTER),
    (msg("Project"), 14, Place.LEFT),
    (msg("Problem or advice"), 20, Place.LEFT),
    (msg("Where it comes from"), 12, Place.LEFT),
    (msg("Responsible unit"), 10, Place.CENTER),
    (msg("Measures"), 20, Place.LEFT),
    (msg("Until"), 9, Place.CENTER),
    (msg("State"), 10, Place.CENTER),
    (msg("Checked by"), 8, Place.CENTER),
    (msg("Closed on"), 9, Place.CENTER),
)
"""Columns of the ledger, printed and as a table."""


def ledger_row(line: FindingLine) -> tuple[str | int, ...]:
    """Give a row of the ledger."""
    row = line.finding
    answers = [step.words for step in row.steps if step.act is FindingAct.ANSWERED]
    closed = [step.by_name for step in row.steps if step.act is FindingAct.CLOSED]
    state = t(STATE_NAMES[row.state])
    if line.level is not Level.NONE:
        state = t("{state}; {level}", state=state, level=LEVEL_NAMES[line.level])
    return (
        row.number,
        row.project.title,
        t("{kind}: {text}", kind=FINDING_NAMES[row.kind], text=row.words),
        row.activity.title if row.activity else t("Entered by the office"),
        row.unit.name,
        answers[-1] if answers else "—",
        say_date(row.due_on),
        state,
        closed[-1] if closed else "—",
        say_date(row.closed_on) if row.closed_on else "—",
    )


def _group_row(place: int, line: SheetLine) -> tuple[str, ...]:
    row = line.supervision
    if row is None:
        return (str(place), line.project.title, "—", "—", "—", "—", "—")
    members = t(", ").join(member.deputy.name for member in row.members)
    return (
        str(place),
        line.project.title,
        row.office or "—",
        row.lead or "—",
        members or "—",
        row.contact or "—",
        str(row.visits),
    )


def _progress_row(place: int, line: SheetLine) -> tuple[str, ...]:
    report, light = line.report, line.light
    return (
        str(place),
        line.project.title,
        line.project.unit.name if line.project.unit else "—",
        report.done if report else t("No report yet"),
        (report.trouble or "—") if report else "—",
        f"{light.planned}%" if light else "—",
        f"{report.percent}%" if report else "—",
        number(report.paid_yuan / WAN) if report else "—",
        t(LIGHT_NAMES[light.light]) if light else "—",
    )


def day_of(activity: Activity) -> str:
    """Say the day of an activity."""
    return say_date(local(activity.starts_at).date())
