"""Form 15, on which a deputy says how a suggestion was handled 代表建议办理情况征询意见表."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from voting.errors import Message, msg
from voting.exports.forms.parts import (
    Column,
    Document,
    Facts,
    Grid,
    Heading,
    Note,
    Paragraph,
    Part,
    Place,
    Signatures,
)
from voting.i18n import say_date, t
from voting.models.suggestions import ReplyRating, Satisfaction, Suggestion
from voting.rules.suggestions import CLASS_NAMES

_GRADES: Final[dict[Satisfaction, Message]] = {
    Satisfaction.SATISFIED: msg("Satisfied"),
    Satisfaction.BASIC: msg("Basically satisfied"),
    Satisfaction.DISSATISFIED: msg("Dissatisfied"),
}


@dataclass(frozen=True, slots=True)
class OpinionSheet:
    """What the form says of one suggestion, and what one deputy has said of its last reply."""

    congress: str
    number: str
    title: str
    deputy: str
    units: str
    assigned_on: date | None
    met_on: date | None
    replied_on: date | None
    result_class: str
    attitude: Satisfaction | None = None
    result: Satisfaction | None = None
    note: str = ""


def opinion_sheet(
    congress: str, made: Suggestion, deputy_id: int | None, deputy: str
) -> OpinionSheet:
    """Gather what the form says; it is empty where the deputy has not rated yet."""
    last = made.replies[-1] if made.replies else None
    rating = _rating(made, deputy_id)
    active = [task for task in made.tasks if task.returned_on is None]
    units = [task.unit.name for task in sorted(active, key=lambda task: not task.is_lead)]
    return OpinionSheet(
        congress=congress,
        number=f"{made.year}-{made.number}",
        title=made.title,
        deputy=deputy,
        units=t(", ").join(units),
        assigned_on=made.assigned_on,
        met_on=made.meetings[-1].met_on if made.meetings else None,
        replied_on=last.replied_on if last else None,
        result_class=last.result_class if last else "",
        attitude=rating.attitude if rating else None,
        result=rating.result if rating else None,
        note=rating.note if rating else "",
    )


def opinion_form(sheet: OpinionSheet) -> Document:
    """Lay the form out."""
    letter = t(CLASS_NAMES[sheet.result_class]) if sheet.result_class else "—"
    parts: list[Part] = [
        Facts(
            (
                (t("Suggestion number"), sheet.number),
                (t("Deputy"), sheet.deputy),
                (t("Units that handle it"), sheet.units or "—"),
                (t("Class of the result"), letter),
                (t("Assigned on"), _day(sheet.assigned_on)),
                (t("Met on"), _day(sheet.met_on)),
                (t("Replied on"), _day(sheet.replied_on)),
            ),
            in_a_row=1,
        ),
        Paragraph(t("Title of the suggestion: {title}", title=sheet.title)),
        _grades(sheet),
        Paragraph(t("Opinion on the handling and its result: {note}", note=sheet.note or "　")),
        Signatures((t("Deputy (signature)"), t("Date"))),
        Note(
            t("Who is not satisfied with handling or result is replied to anew within one month.")
        ),
    ]
    title = t("{congress}: opinion on how a suggestion was handled", congress=sheet.congress)
    return Document(Heading(sheet.congress, ""), title, tuple(parts))


def _grades(sheet: OpinionSheet) -> Grid:
    columns = (
        Column(t("What is rated"), 30, Place.LEFT),
        *(Column(t(name), 20) for name in _GRADES.values()),
    )
    rows = (
        (t("Manner of handling"), *_ticks(sheet.attitude)),
        (t("Result of handling"), *_ticks(sheet.result)),
    )
    return Grid(columns, rows)


def _ticks(chosen: Satisfaction | None) -> tuple[str, ...]:
    return tuple("√" if grade is chosen else "□" for grade in _GRADES)


def _rating(made: Suggestion, deputy_id: int | None) -> ReplyRating | None:
    ratings = [r for reply in made.replies for r in reply.ratings if r.deputy_id == deputy_id]
    return ratings[-1] if ratings else None


def _day(day: date | None) -> str:
    return say_date(day) if day else "—"
