"""Drafts of bulletins 通报, half-year and yearly reports from the data, for an office to edit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from voting.exports.forms.parts import (
    Column,
    Document,
    Grid,
    Heading,
    Line,
    Paragraph,
    Part,
    Place,
)
from voting.exports.forms.supervision import day_of
from voting.i18n import language, number, say_date, t
from voting.models.inspections import FindingKind, FindingState, PaperKind
from voting.rules.cadence import OF_THE_CONGRESS
from voting.rules.escalation import LEVEL_NAMES, Level
from voting.rules.lights import LIGHT_NAMES, Light
from voting.services.supervision.activities import KIND_NAMES
from voting.services.supervision.finding import WAN
from voting.services.supervision.papers import Material, ProjectLine, as_of


def bulletin(congress: str, material: Material) -> Document:
    """Draft a paper; tables stand between its paragraphs."""
    return Document(
        Heading(congress, ""),
        f"{congress}\n{_title(material)}",
        (
            Paragraph(_opening(material)),
            *_section(t("I. Progress of the projects"), _progress(material)),
            *_section(t("II. What deputies did"), _activities(material)),
            *_section(t("III. Problems and rectification"), _problems(material)),
            *_section(t("IV. What comes next"), _next(material)),
            Line(congress, Place.RIGHT),
            Line(say_date(as_of(material.period)), Place.RIGHT),
        ),
    )


def plain_text(document: Document) -> str:
    """Give a draft as text: a paragraph a line, a table's row a line."""
    lines: list[str] = []
    for part in document.parts:
        match part:
            case Paragraph(text):
                lines.append(text)
            case Line(text):
                lines.append(text)
            case Grid(columns, rows):
                names = [column.name for column in columns]
                lines += [
                    t("; ").join(
                        t("{name}: {value}", name=name, value=cell)
                        for name, cell in zip(names, row, strict=True)
                    )
                    for row in rows
                ]
    return "\n\n".join(lines)


def _title(material: Material) -> str:
    period = t(material.period.words)
    if material.kind is PaperKind.BULLETIN:
        return t("Bulletin on the livelihood projects, {period}", period=period)
    return t("Report on the supervision of the livelihood projects, {period}", period=period)


def _section(title: str, parts: Iterator[Part]) -> tuple[Part, ...]:
    return (Line(title, Place.LEFT, is_strong=True), *parts)


def _opening(material: Material) -> str:
    counters = material.counters
    return t(
        "Up to {day}, {projects} livelihood projects decided by the deputies are supervised by"
        " {groups} groups. Since the beginning of the year there were {activities} activities"
        " with {attendances} attendances of deputies; {problems} problems were found and"
        " {advice} pieces of advice were given, of which {solved} are closed ({percent}%).",
        day=say_date(as_of(material.period)),
        projects=counters.projects,
        groups=counters.groups,
        activities=counters.activities,
        attendances=counters.attendances,
        problems=counters.problems,
        advice=counters.advice,
        solved=counters.solved,
        percent=counters.solved_percent,
    )


def _progress(material: Material) -> Iterator[Part]:
    counted = {
        light: len([line for line in material.projects if line.light and line.light.light is light])
        for light in Light
    }
    yield Paragraph(
        t(
            "Lights: {green} green, {yellow} yellow, {red} red, {blue} blue.",
            green=counted[Light.GREEN],
            yellow=counted[Light.YELLOW],
            red=counted[Light.RED],
            blue=counted[Light.BLUE],
        )
    )
    if counted[Light.GREY]:
        yield Paragraph(t("Without month targets: {n} projects.", n=counted[Light.GREY]))
    yield Grid(
        (
            Column(t("No."), 6),
            Column(t("Project"), 26, Place.LEFT),
            Column(t("Responsible unit"), 16),
            Column(t("Planned"), 9),
            Column(t("Done"), 9),
            Column(t("Paid / planned (10,000 yuan)"), 16, Place.RIGHT),
            Column(t("Light"), 12),
        ),
        tuple(_row(place, line) for place, line in enumerate(material.projects, start=1)),
    )
    for line in material.projects:
        yield Paragraph(_told(line))


def _row(place: int, line: ProjectLine) -> tuple[str, ...]:
    return (
        str(place),
        line.project.title,
        line.project.unit.name if line.project.unit else "—",
        f"{line.light.planned}%" if line.light else "—",
        f"{line.report.percent}%" if line.report else "—",
        f"{number(line.paid_yuan / WAN)} / {number(line.planned_yuan / WAN)}",
        t(LIGHT_NAMES[line.light.light]) if line.light else "—",
    )


def _told(line: ProjectLine) -> str:
    if line.report is None:
        return t("{title}: the unit has not reported.", title=line.project.title)
    parts = [
        t("{title}: {done}", title=line.project.title, done=_sentence(line.report.done)),
        t("Difficulties: {text}", text=_sentence(line.report.trouble))
        if line.report.trouble
        else "",
        t("Next: {text}", text=_sentence(line.report.next_steps)) if line.report.next_steps else "",
        t("The report came late.") if line.is_late else "",
    ]
    return (" " if language() == "en" else "").join(part for part in parts if part)


def _sentence(text: str) -> str:
    plain = " ".join(text.split())
    return plain if plain.endswith(("。", ".", "！", "？", "!", "?")) else plain + t(".")


def _activities(material: Material) -> Iterator[Part]:
    if not material.activities:
        yield Paragraph(t("No activity was held in this period."))
    for row in material.activities:
        yield Paragraph(
            t(
                "{day}, {kind} “{title}”, {number} deputies: {findings}",
                day=day_of(row),
                kind=KIND_NAMES[row.kind],
                title=row.title,
                number=len([guest for guest in row.guests if guest.deputy_id and guest.signed_at]),
                findings=_sentence(row.findings),
            )
        )


def _problems(material: Material) -> Iterator[Part]:
    if not material.findings:
        yield Paragraph(t("No problem is open, and none was found in this period."))
    for line in material.findings:
        row = line.finding
        if row.state is FindingState.CLOSED:
            state = t("closed after a re-check")
        elif line.level is Level.NONE:
            state = t("being rectified until {day}", day=say_date(row.due_on))
        else:
            state = t("overdue: {level}", level=LEVEL_NAMES[line.level])
        kind = t("Problem") if row.kind is FindingKind.PROBLEM else t("Advice")
        yield Paragraph(
            t(
                "{kind} No. {number} ({title}): {text} — {state}.",
                kind=kind,
                number=row.number,
                title=row.project.title,
                text=" ".join(row.words.split()),
                state=state,
            )
        )


def _next(material: Material) -> Iterator[Part]:
    behind = [
        line.project.title
        for line in material.projects
        if line.light and line.light.light in {Light.RED, Light.YELLOW}
    ]
    if behind:
        yield Paragraph(
            t(
                "Particular attention goes to what is behind: {titles}.",
                titles=t(", ").join(behind),
            )
        )
    overdue = [task for task in material.overdue if task.item.record not in OF_THE_CONGRESS]
    for _, same in groupby(overdue, key=lambda task: (task.due_on, task.item.name)):
        tasks = list(same)
        titles = [task.project.title for task in tasks if task.project]
        what = t("{item}, {period}", item=tasks[0].item.name, period=tasks[0].period.words)
        if titles:
            what = t("{what}: {titles}", what=what, titles=t(", ").join(titles))
        day = say_date(tasks[0].due_on)
        yield Paragraph(t("Still to be done: {what} (until {day}).", what=what, day=day))
    if not behind and not overdue:
        yield Paragraph(t("All projects are on schedule; supervision goes on as planned."))
