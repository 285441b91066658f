"""Form 14: the tables of a rating 满意度测评 and of a review 评议, as offices publish them."""

from __future__ import annotations

from collections.abc import Sequence

from voting.errors import Message, msg
from voting.exports.forms.parts import (
    Column,
    Document,
    Grid,
    Heading,
    Line,
    Note,
    Part,
    Place,
)
from voting.i18n import say_date, t
from voting.models.ratings import Rating, RatingItem
from voting.rules.ratings import GRADE_WORDS, Counts, note_of
from voting.services.ratings.taking import ReviewResult

_ATTENDANCE = msg(
    "Members in all {deputies}, present {present}; ballots issued {issued}, returned {ballots}."
)
_RATES = msg(
    "Rate of satisfied: “satisfied” of all ballots returned. Overall rate: “satisfied” and"
    " “basically satisfied” of all ballots returned."
)
_SCORES = msg(
    "{sheets} sheets. Averages are rounded half up to {decimals} decimals; a total is the sum of"
    " exact averages, rounded once."
)


def rating_table(rating: Rating, congress: str) -> Document:
    """Lay out the table of a rating whose result is taken over."""
    heading = Heading(congress, rating.sitting.name)
    title = t("{title}: result", title=rating.title)
    if rating.is_second:
        title = t("{title}: result of the second rating", title=rating.title)
    has_abstain = any(item.abstain is not None for item in rating.items)
    parts: list[Part] = [
        Line(t("({sitting})", sitting=rating.sitting.name)),
        Grid(
            _columns(has_abstain=has_abstain),
            tuple(_row(item, rating.ballots, has_abstain=has_abstain) for item in rating.items),
        ),
        *notes_of(rating),
        Line(rating.office, Place.RIGHT),
        *([Line(say_date(rating.dated), Place.RIGHT)] if rating.dated else []),
    ]
    return Document(heading, title, tuple(parts))


def notes_of(rating: Rating) -> tuple[Note, ...]:
    """Say under a table how grades came about, what the rates are, and who was there."""
    attended = t(
        _ATTENDANCE,
        deputies=rating.deputies,
        present=rating.present,
        issued=rating.issued,
        ballots=rating.ballots,
    )
    notes = [
        t("Notes: 1. {note}", note=t(note_of(rating.base, strict=rating.strict))),
        t("2. {note}", note=t(_RATES)),
        t("3. {note}", note=attended),
    ]
    if rating.hand_count_id is not None:
        notes.append(t("4. {note}", note=t("The votes were counted by hand.")))
    return tuple(Note(note) for note in notes)


def review_table(result: ReviewResult, congress: str) -> Document:
    """Lay out the table of a closed review."""
    review = result.review
    parts: list[Part] = []
    if result.sheet.is_scored:
        parts += [_totals(result), *_details(result)]
        said = t(_SCORES, sheets=result.sheets, decimals=review.decimals)
        parts.append(Note(said))
    else:
        parts += [_grades(result), Note(t("{n} sheets.", n=result.sheets))]
        parts.append(Note(t("Both rates are shares of all sheets.")))
    parts.append(Line(review.office, Place.RIGHT))
    if review.published_on is not None:
        parts.append(Line(say_date(review.published_on), Place.RIGHT))
    return Document(Heading(congress, ""), review.title, tuple(parts))


def _columns(*, has_abstain: bool) -> tuple[Column, ...]:
    return (
        Column(t("No."), 8),
        Column(t("Project title"), 30, Place.LEFT),
        Column(t("Satisfied"), 10),
        Column(t("Basically satisfied"), 14),
        Column(t("Dissatisfied"), 11),
        *([Column(t("Abstain"), 10)] if has_abstain else []),
        Column(t("Rate of satisfied"), 13),
        Column(t("Overall rate"), 16),
        Column(t("Grade"), 14),
    )


def _row(item: RatingItem, ballots: int, *, has_abstain: bool) -> tuple[str, ...]:
    counts = counts_of(item, ballots)
    return (
        str(item.position),
        item.title,
        str(item.satisfied),
        str(item.basic),
        str(item.dissatisfied),
        *([str(item.abstain or 0)] if has_abstain else []),
        f"{counts.satisfied_rate}%",
        f"{counts.content_rate}%",
        grade_word(item.grade),
    )


def counts_of(item: RatingItem, ballots: int) -> Counts:
    """Give an item's counts with their rates."""
    return Counts(item.satisfied, item.basic, item.dissatisfied, ballots)


def grade_word(grade: str | None) -> str:
    """Say a grade."""
    known: Message | None = GRADE_WORDS.get(grade) if grade else None
    return t(known) if known else "—"


def _totals(result: ReviewResult) -> Grid:
    aspects = result.sheet.aspects
    columns = (
        Column(t("No."), 8),
        Column(t("Reviewed"), 30, Place.LEFT),
        *(Column(_titled(aspect.title), 14) for aspect in aspects),
        Column(t("Total (of {most})", most=result.sheet.most), 14),
    )
    rows = tuple(
        (
            str(row.position),
            row.name,
            *(str(score.average) for score in row.judged.aspects),
            str(row.judged.total.average if row.judged.total else ""),
        )
        for row in result.subjects
    )
    return Grid(columns, rows)


def _titled(title: str) -> str:
    return title or t("Items")


def _details(result: ReviewResult) -> Sequence[Part]:
    """Give a table of all items for each subject."""
    parts: list[Part] = []
    for row in result.subjects:
        parts.append(Line(row.name, is_strong=True))
        places = iter(row.judged.items)
        rows = tuple(
            (_titled(aspect.title), score.title, str(score.most), str(score.average))
            for aspect in result.sheet.aspects
            for score in (next(places) for _ in aspect.items)
        )
        columns = (
            Column(t("Aspect"), 20),
            Column(t("Item"), 50, Place.LEFT),
            Column(t("Points"), 12),
            Column(t("Average"), 14),
        )
        parts.append(Grid(columns, rows))
    return parts


def _grades(result: ReviewResult) -> Grid:
    columns = (
        Column(t("No."), 8),
        Column(t("Reviewed"), 28, Place.LEFT),
        Column(t("Item"), 24, Place.LEFT),
        *(Column(grade, 11) for grade in result.sheet.grades),
        Column(t("Rate of satisfied"), 13),
        Column(t("Overall rate"), 13),
    )
    rows = tuple(
        (
            str(row.position),
            row.name if row.about == "" else t("{name} ({about})", name=row.name, about=row.about),
            tally.title,
            *map(str, tally.counts),
            f"{tally.satisfied_rate}%",
            f"{tally.content_rate}%",
        )
        for row in result.subjects
        for tally in row.judged.tallies
    )
    return Grid(columns, rows)
