"""Form 4, the ballot paper 表决票, for counting by hand and for run-offs (form 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from voting.errors import Message, msg
from voting.exports.forms.parts import Heading
from voting.exports.press import print_sheet
from voting.i18n import number, say_date, t
from voting.models.sittings import Candidate
from voting.rules.vote import DecisionSettings, Minimum, RatingSettings, Settings, Style

_WAN: Final = 10_000


class Paper(StrEnum):
    """The size of a sheet."""

    A4 = "a4"
    A3 = "a3"


class Colour(StrEnum):
    """Papers of two votes in one sitting differ in colour."""

    WHITE = "white"
    PINK = "pink"
    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"


@dataclass(frozen=True, slots=True)
class BallotLine:
    """A project as the paper shows it."""

    title: str
    content: str
    details: str


@dataclass(frozen=True, slots=True)
class BallotPaper:
    """What is put to the vote, `subject_of(year)`; `round` counts run-offs from 2."""

    heading: Heading
    subject: str
    lines: tuple[BallotLine, ...]
    settings: Settings
    round: int = 1
    paper: Paper = Paper.A4
    colour: Colour = Colour.WHITE


def ballot_line(candidate: Candidate) -> BallotLine:
    """Say of a candidate what fits on a paper: content, money and deadline."""
    details: list[str] = []
    if candidate.total_yuan is not None:
        details.append(t("Total investment {amount}", amount=_money(candidate.total_yuan)))
    if candidate.due_on is not None:
        details.append(t("Done by {day}", day=say_date(candidate.due_on)))
    elif candidate.goal:
        details.append(candidate.goal)
    return BallotLine(candidate.title, candidate.content, t("; ").join(details))


def print_ballot(paper: BallotPaper, *, at: datetime | None = None) -> bytes:
    """Print a ballot paper; it has no name, no number and nothing by which to know it again."""
    boxes = [t(box) for box in _boxes(paper.settings)]
    return print_sheet(
        "ballot",
        {
            "congress": paper.heading.congress,
            "rehearsal": paper.heading.is_rehearsal,
            "title": _title(paper),
            "paper": str(paper.paper),
            "colour": str(paper.colour),
            "boxes": boxes,
            "lines": [[line.title, line.content, line.details] for line in paper.lines],
            "notes": [t(note) for note in _notes(paper.settings, len(paper.lines))],
            "say": {
                "rehearsal": t("Rehearsal"),
                "number": t("No."),
                "project": t("Project title"),
                "content": t("Content, money and deadline"),
                "notes": t("Notes"),
                "seal": t("(seal)"),
            },
        },
        at=at,
    )


def _title(paper: BallotPaper) -> str:
    form = (
        msg("{sitting}: rating paper, {subject}")
        if isinstance(paper.settings, RatingSettings)
        else msg("{sitting}: ballot paper, {subject}")
    )
    title = t(form, sitting=paper.heading.whole, subject=paper.subject)
    if paper.round == 1:
        return title
    return t("{title} (round {round})", title=title, round=paper.round)


def _boxes(settings: Settings) -> list[Message]:
    if isinstance(settings, RatingSettings):
        grades = [msg("Satisfied"), msg("Basically satisfied"), msg("Dissatisfied")]
        return [*grades, msg("Abstain")] if settings.abstain else grades
    if settings.style is Style.EACH:
        return [msg("For"), msg("Against"), msg("Abstain")]
    return [msg("Choice")]


def _notes(settings: Settings, candidates: int) -> list[Message]:
    if isinstance(settings, RatingSettings):
        return [
            msg("Draw ○ in one box for each project; more than one makes that rating void."),
            _ONLY_MARKS,
        ]
    if settings.style is Style.EACH:
        return [
            msg("Draw ○ in one box for each project; more than one makes that choice void."),
            msg(
                "At most {seats} projects may be “for”; a paper with more is void.",
                seats=settings.seats,
            ),
            _ONLY_MARKS,
        ]
    return [
        msg(
            "Of {candidates} projects at most {seats} are chosen. Draw ○ in the box of each that"
            " you choose.",
            candidates=candidates,
            seats=settings.seats,
        ),
        _sheet_limit(settings),
        _ONLY_MARKS,
    ]


_ONLY_MARKS: Final = msg(
    "Use the pen in the booth. Write nothing else on the paper; a paper that can't be read is"
    " judged by the chief scrutineer."
)


def _sheet_limit(settings: DecisionSettings) -> Message:
    if settings.minimum is Minimum.SEATS:
        return msg(
            "A paper with other than {seats} choices is void; one without any abstains.",
            seats=settings.seats,
        )
    return msg(
        "A paper with more than {seats} choices is void; one with fewer is valid, one without any"
        " abstains.",
        seats=settings.seats,
    )


def _money(yuan: int) -> str:
    if yuan % 100 == 0:
        return t("{amount} × 10,000 yuan", amount=number(yuan / _WAN))
    return t("{amount} yuan", amount=number(yuan))
