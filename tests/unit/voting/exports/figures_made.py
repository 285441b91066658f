"""Counted votes for tests of forms and tables."""

from __future__ import annotations

from collections.abc import Sequence

from voting.exports.forms.parts import Heading
from voting.rules.ratings import rate
from voting.services.reports.figures import (
    DecisionFigures,
    DecisionRow,
    RatingFigures,
    RatingRow,
    Standing,
    per_cent,
)
from voting.services.tallying import Turnout

HEADING = Heading("滨江区第六届人民代表大会", "第一次会议")
REHEARSAL = Heading(HEADING.congress, HEADING.sitting, is_rehearsal=True)
TURNOUT = Turnout(327, 314, 314, 313)
TITLES = ("住房保障", "教育惠民", "养老服务")


def decided(
    votes: Sequence[int] = (300, 200, 90),
    *,
    seats: int = 2,
    standings: Sequence[Standing] = (Standing.ELECTED, Standing.ELECTED, Standing.NOT_ELECTED),
    is_each: bool = False,
    is_valid: bool = True,
    titles: Sequence[str] = TITLES,
) -> DecisionFigures:
    """Make the figures of a decision."""
    rows = tuple(
        DecisionRow(
            position=place,
            code=f"p{place:02}",
            title=title,
            votes=count,
            against=313 - count if is_each else None,
            abstain=0 if is_each else None,
            rank=1 + sum(other > count for other in votes),
            share=per_cent(count, 313),
            standing=standing,
        )
        for place, (title, count, standing) in enumerate(
            zip(titles, votes, standings, strict=True), start=1
        )
    )
    chosen = sum(row.is_elected for row in rows)
    return DecisionFigures(
        rows=rows,
        is_valid=is_valid,
        ballots=313,
        required=164,
        seats=seats,
        open_seats=seats - chosen,
        abstentions=None if is_each else 3,
    )


def rated(*, abstain: int | None = 0, is_valid: bool = True) -> RatingFigures:
    """Make the figures of a rating: Ninghai's first three of 2020."""
    counts = ((175, 43, 4), (161, 58, 3), (10, 20, 192))
    grades = ("satisfied", "basic", "dissatisfied")
    rows = tuple(
        RatingRow(
            position=place,
            code=f"p{place:02}",
            title=TITLES[place - 1],
            satisfied=yes,
            basic=basic,
            dissatisfied=no,
            abstain=abstain,
            satisfied_share=rate(yes, 222),
            content_share=rate(yes + basic, 222),
            grade=grades[place - 1] if is_valid else None,
        )
        for place, (yes, basic, no) in enumerate(counts, start=1)
    )
    return RatingFigures(rows, is_valid, 222)
