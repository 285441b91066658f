"""Form 9, the presidium's announcement 公告 of the projects that were chosen or rated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from voting.exports.forms.counting import GRADE_NAMES
from voting.exports.forms.parts import (
    Column,
    Document,
    Grid,
    Heading,
    Line,
    Paragraph,
    Part,
    Place,
    subject_of,
)
from voting.i18n import say_date, t
from voting.rules.vote import Order
from voting.services.reports.figures import DecisionFigures, RatingFigures


@dataclass(frozen=True, slots=True)
class Announcement:
    """What the presidium makes known; `chosen` names those of earlier rounds as well.

    A rehearsal is never announced.
    """

    heading: Heading
    number: int
    year: int
    voted_on: date
    published_on: date
    figures: DecisionFigures | RatingFigures
    order: Order = Order.VOTES
    chosen: tuple[str, ...] | None = None
    is_by_hand: bool = False


def announcement(made: Announcement) -> Document:
    """Lay the announcement out. Raises `ValueError` for a rehearsal."""
    if made.heading.is_rehearsal:
        message = "a rehearsal is not announced"
        raise ValueError(message)
    body = (
        _decided(made, made.figures)
        if isinstance(made.figures, DecisionFigures)
        else _rated(made, made.figures)
    )
    signed = t("The presidium of {sitting}", sitting=made.heading.whole)
    return Document(
        made.heading,
        t("Announcement of the presidium of {sitting}", sitting=made.heading.whole),
        (
            Line(t("(No. {number})", number=made.number)),
            *body,
            *([Paragraph(t("The votes were counted by hand."))] if made.is_by_hand else []),
            Paragraph(t("This is hereby announced.")),
            Line(signed, Place.RIGHT),
            Line(say_date(made.published_on), Place.RIGHT),
        ),
    )


def _decided(made: Announcement, figures: DecisionFigures) -> list[Part]:
    chosen = _titles(made, figures) if made.chosen is None else made.chosen
    opening = t(
        "{sitting} decided on {day} by ballot on {number} {subject}:",
        sitting=made.heading.whole,
        day=say_date(made.voted_on),
        number=len(chosen),
        subject=subject_of(made.year),
    )
    lines = [
        Paragraph(t("{place}. {title}", place=place, title=title))
        for place, title in enumerate(chosen, start=1)
    ]
    return [Paragraph(opening), *lines]


def _titles(made: Announcement, figures: DecisionFigures) -> tuple[str, ...]:
    rows = figures.elected
    if made.order is Order.BALLOT:
        rows = tuple(sorted(rows, key=lambda row: row.position))
    return tuple(row.title for row in rows)


def _rated(made: Announcement, figures: RatingFigures) -> list[Part]:
    opening = t(
        "{sitting} rated on {day} how the {subject} were carried out:",
        sitting=made.heading.whole,
        day=say_date(made.voted_on),
        subject=subject_of(made.year),
    )
    table = Grid(
        (
            Column(t("No."), 8),
            Column(t("Project title"), 40, Place.LEFT),
            Column(t("Satisfied"), 12, Place.RIGHT),
            Column(t("Basically satisfied"), 14, Place.RIGHT),
            Column(t("Dissatisfied"), 14, Place.RIGHT),
            Column(t("Rate of satisfied"), 14, Place.RIGHT),
            Column(t("Grade"), 14),
        ),
        tuple(
            (
                str(row.position),
                row.title,
                str(row.satisfied),
                str(row.basic),
                str(row.dissatisfied),
                f"{row.satisfied_share}%",
                t(GRADE_NAMES[row.grade]) if row.grade else "—",
            )
            for row in figures.rows
        ),
    )
    return [Paragraph(opening), table]
