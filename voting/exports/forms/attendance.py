"""Form 5, the attendance report 出席情况报告单: figures, quorum, and who is not there."""

from __future__ import annotations

from datetime import datetime

from voting.errors import Message, msg
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
from voting.i18n import say_time, t
from voting.models.sittings import Presence
from voting.services.sittings.attendance import AttendanceReport, DelegationLine, Figures

STATUS_NAMES: dict[Presence, Message] = {
    Presence.EXPECTED: msg("Not yet there"),
    Presence.PRESENT: msg("Present"),
    Presence.LATE: msg("Late"),
    Presence.LEAVE: msg("On leave"),
    Presence.LEFT: msg("Left"),
    Presence.ABSENT: msg("Absent"),
}


def attendance_sheet(heading: Heading, report: AttendanceReport, at: datetime) -> Document:
    """Lay the attendance report out, as of a moment."""
    figures = report.figures
    return Document(
        heading,
        t("{sitting}: attendance report", sitting=heading.whole),
        (
            Facts(
                (
                    (t("All deputies"), str(figures.deputies)),
                    (t("Present"), str(figures.present)),
                    (t("of them late"), str(figures.late)),
                    (t("On leave"), str(figures.leave)),
                    (t("Left"), str(figures.left)),
                    (t("Absent"), str(figures.absent + figures.expected)),
                )
            ),
            Paragraph(_quorum(figures)),
            Grid(
                (
                    Column(t("Delegation"), 22, Place.LEFT),
                    Column(t("Deputies"), 9),
                    Column(t("Present"), 9),
                    Column(t("Not present"), 60, Place.LEFT),
                ),
                tuple(_row(line) for line in report.delegations),
            ),
            Line(say_time(at), Place.RIGHT),
            Signatures((t("Secretariat"), t("Chair of the sitting"))),
        ),
    )


def _quorum(figures: Figures) -> str:
    if figures.has_quorum:
        return t(
            "At least {quorum} of {deputies} deputies must attend (two thirds). {present} are"
            " present: the quorum is reached.",
            quorum=figures.quorum,
            deputies=figures.deputies,
            present=figures.present,
        )
    return t(
        "At least {quorum} of {deputies} deputies must attend (two thirds). {present} are"
        " present: the quorum is not reached.",
        quorum=figures.quorum,
        deputies=figures.deputies,
        present=figures.present,
    )


def _row(line: DelegationLine) -> tuple[str, str, str, str]:
    away = [
        t("{name} ({status})", name=deputy.name, status=STATUS_NAMES[deputy.status])
        for deputy in line.away
    ]
    return line.name, str(line.listed), str(line.present), t(", ").join(away)
