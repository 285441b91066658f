"""Writes the result of a vote as tables: XLSX, CSV, JSON and Pabulib's .pb."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from voting.errors import Message, msg
from voting.exports.forms.counting import GRADE_NAMES, STANDING_NAMES
from voting.exports.sheets import HEAD, Cell, add_sheet, new_book, write_csv
from voting.i18n import t
from voting.services.reports.figures import DecisionFigures, RatingFigures
from voting.services.tallying import Turnout


@dataclass(frozen=True, slots=True)
class Result:
    """A vote that is counted, with the ids under which the public log has it.

    `investments` gives what each project costs, in yuan, by code; it may be empty.
    """

    congress: str
    sitting: str
    title: str
    round: int
    voted_on: date
    turnout: Turnout
    figures: DecisionFigures | RatingFigures
    election_object: str
    outcome_object: str
    threshold: str = ""
    investments: Mapping[str, int] = field(default_factory=dict)


def result_csv(result: Result) -> bytes:
    """Write a row for each project, as spreadsheet programs open it, and no formula among them."""
    return write_csv([t(name) for name in _header(result)], _rows(result))


def result_xlsx(result: Result) -> bytes:
    """Write a workbook: the projects on one sheet, the turnout on another."""
    memory = io.BytesIO()
    with new_book(memory) as book:
        bold = book.add_format(HEAD)
        sheet = add_sheet(book, t("Result of the vote"))
        sheet.write_row(0, 0, [t(name) for name in _header(result)], bold)
        for line, row in enumerate(_rows(result), start=1):
            sheet.write_row(line, 0, row)
        sheet.autofit()
        about = book.add_worksheet(t("About the vote"))
        for line, (name, value) in enumerate(_facts(result)):
            about.write(line, 0, t(name), bold)
            about.write(line, 1, value)
        about.autofit()
    return memory.getvalue()


def result_json(result: Result) -> bytes:
    """Write everything with names that don't change with the language."""
    turnout = result.turnout
    content: dict[str, Any] = {
        "congress": result.congress,
        "sitting": result.sitting,
        "title": result.title,
        "round": result.round,
        "voted_on": result.voted_on.isoformat(),
        "election": result.election_object,
        "outcome": result.outcome_object,
        "turnout": {
            "deputies": turnout.deputies,
            "present": turnout.present,
            "issued": turnout.issued,
            "ballots": turnout.ballots,
        },
        **_figures(result.figures),
    }
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def result_pabulib(result: Result) -> bytes:
    """Write Pabulib's format. Raises `ValueError` for a rating, which it does not know.

    The section of single votes is empty: nobody has ever seen a single ballot of this vote. Each
    project costs one place of as many as are to be chosen; what it costs in yuan stands beside.
    """
    figures = result.figures
    if not isinstance(figures, DecisionFigures):
        message = "Pabulib knows decisions, not ratings"
        raise ValueError(message)  # noqa: TRY004  # the value is of a known type, but not for this
    projects = [
        [row.code, 1, row.votes, row.title, int(row.is_elected), result.investments.get(row.code)]
        for row in figures.rows
    ]
    sections: Sequence[tuple[str, list[str], Sequence[Sequence[object]]]] = (
        ("META", ["key", "value"], [list(item) for item in _meta(result, figures).items()]),
        (
            "PROJECTS",
            ["project_id", "cost", "votes", "name", "selected", "investment_yuan"],
            projects,
        ),
        ("VOTES", ["voter_id", "vote"], []),
    )
    memory = io.StringIO()
    writer = csv.writer(memory, delimiter=";", lineterminator="\n")
    for name, header, rows in sections:
        writer.writerows([[name], header, *([_one_line(cell) for cell in row] for row in rows)])
    return memory.getvalue().encode()


def _meta(result: Result, figures: DecisionFigures) -> dict[str, object]:
    return {
        "description": f"{result.congress} {result.sitting} {result.title}",
        "country": "China",
        "unit": result.congress,
        "instance": result.title,
        "subunit": f"round {result.round}",
        "num_projects": len(figures.rows),
        "num_votes": figures.ballots,
        "budget": figures.seats,
        "vote_type": "approval",
        "rule": "greedy",
        "threshold": result.threshold,
        "required_votes": figures.required,
        "max_length": figures.seats,
        "date_begin": f"{result.voted_on:%d.%m.%Y}",
        "date_end": f"{result.voted_on:%d.%m.%Y}",
        "language": "zh",
        "election": result.election_object,
        "comment": "Ballots are secret and were only ever added up; there are no single votes.",
    }


def _one_line(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _header(result: Result) -> list[Message]:
    figures = result.figures
    start = [msg("No."), msg("Project code"), msg("Project title")]
    if isinstance(figures, RatingFigures):
        return [
            *start,
            msg("Satisfied"),
            msg("Basically satisfied"),
            msg("Dissatisfied"),
            *([msg("Abstain")] if figures.has_abstain else []),
            msg("Rate of satisfied"),
            msg("Rate of satisfied and basically satisfied"),
            msg("Grade"),
        ]
    votes = [msg("For"), msg("Against"), msg("Abstain")] if figures.is_each else [msg("Votes")]
    return [*start, *votes, msg("Share"), msg("Rank"), msg("Whether chosen")]


def _rows(result: Result) -> list[list[Cell]]:
    figures = result.figures
    if isinstance(figures, DecisionFigures):
        return [
            [
                row.position,
                row.code,
                row.title,
                row.votes,
                *([row.against, row.abstain] if figures.is_each else []),
                float(row.share),
                row.rank,
                t(STANDING_NAMES[row.standing]),
            ]
            for row in figures.rows
        ]
    return [
        [
            row.position,
            row.code,
            row.title,
            row.satisfied,
            row.basic,
            row.dissatisfied,
            *([row.abstain] if figures.has_abstain else []),
            float(row.satisfied_share),
            float(row.content_share),
            t(GRADE_NAMES[row.grade]) if row.grade else "",
        ]
        for row in figures.rows
    ]


def _facts(result: Result) -> Sequence[tuple[Message, Cell]]:
    facts: list[tuple[Message, Cell]] = [
        (msg("Congress"), result.congress),
        (msg("Sitting"), result.sitting),
        (msg("Vote"), result.title),
        (msg("Round"), result.round),
        (msg("Day of the vote"), result.voted_on.isoformat()),
        (msg("All deputies"), result.turnout.deputies),
        (msg("Present"), result.turnout.present),
        (msg("Cards issued"), result.turnout.issued),
        (msg("Ballots returned"), result.turnout.ballots),
    ]
    if isinstance(result.figures, DecisionFigures):
        facts += [
            (msg("Seats"), result.figures.seats),
            (msg("Votes required"), result.figures.required),
        ]
    return [
        *facts,
        (msg("Election in the public log"), result.election_object),
        (msg("Outcome in the public log"), result.outcome_object),
    ]


def _figures(figures: DecisionFigures | RatingFigures) -> dict[str, Any]:
    if isinstance(figures, RatingFigures):
        return _rating(figures)
    return {
        "kind": "decision",
        "valid": figures.is_valid,
        "seats": figures.seats,
        "required": figures.required,
        "open_seats": figures.open_seats,
        "abstentions": figures.abstentions,
        "projects": [
            {
                "code": row.code,
                "title": row.title,
                "votes": row.votes,
                "against": row.against,
                "abstain": row.abstain,
                "rank": row.rank,
                "share_percent": float(row.share),
                "standing": str(row.standing),
            }
            for row in figures.rows
        ],
    }


def _rating(figures: RatingFigures) -> dict[str, Any]:
    return {
        "kind": "rating",
        "valid": figures.is_valid,
        "projects": [
            {
                "code": row.code,
                "title": row.title,
                "satisfied": row.satisfied,
                "basic": row.basic,
                "dissatisfied": row.dissatisfied,
                "abstain": row.abstain,
                "satisfied_percent": float(row.satisfied_share),
                "content_percent": float(row.content_share),
                "grade": row.grade,
            }
            for row in figures.rows
        ],
    }
