"""Forms 6 and 7: what was issued and returned, and the count sheet; for run-offs (8) as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from voting.errors import Message, msg
from voting.exports.forms.parts import (
    Column,
    Document,
    Facts,
    Grid,
    Heading,
    Line,
    Note,
    Paragraph,
    Part,
    Place,
    Signatures,
)
from voting.i18n import say_time, t
from voting.rules.vote import quorum
from voting.services.reports.figures import DecisionFigures, RatingFigures, Standing
from voting.services.tallying import Turnout

STANDING_NAMES: dict[Standing, Message] = {
    Standing.ELECTED: msg("Chosen"),
    Standing.TIED: msg("Tied"),
    Standing.NOT_ELECTED: msg("Not chosen"),
    Standing.VOID: msg("Void"),
}
GRADE_NAMES: dict[str, Message] = {
    "satisfied": msg("Satisfied"),
    "basic": msg("Basically satisfied"),
    "dissatisfied": msg("Dissatisfied"),
}


@dataclass(frozen=True, slots=True)
class Digests:
    """What binds a sheet to the public log and to what was adopted: ids and hashes, in full."""

    election: str
    rules: str
    candidates: str
    result: str
    signed: str = ""
    """The hash of a count by hand that the chief scrutineer signed."""


@dataclass(frozen=True, slots=True)
class Count:
    """A vote on `subject_of(year)`; `void_papers` were judged void in a count by hand."""

    heading: Heading
    subject: str
    round: int
    turnout: Turnout
    figures: DecisionFigures | RatingFigures
    digests: Digests
    at: datetime
    is_by_hand: bool = False
    void_papers: int = 0


def issue_report(
    heading: Heading, subject: str, turnout: Turnout, *, at: datetime, round_number: int = 1
) -> Document:
    """Form 6: cards issued against deputies present, ballots returned against cards issued."""
    form = msg("{sitting}: report of cards and ballots, {subject}")
    is_valid = turnout.ballots <= turnout.issued <= turnout.present
    verdict = (
        msg("No more ballots came in than cards were issued: the vote is valid.")
        if is_valid
        else msg("More ballots came in than cards were issued to those present: the vote is void.")
    )
    return Document(
        heading,
        _title(form, heading, subject, round_number),
        (
            Facts(
                (
                    (t("All deputies"), str(turnout.deputies)),
                    (t("Present"), str(turnout.present)),
                    (t("Cards issued"), str(turnout.issued)),
                    (t("Ballots returned"), str(turnout.ballots)),
                    (t("Not returned"), str(turnout.outstanding)),
                    (t("Quorum"), str(quorum(turnout.deputies))),
                )
            ),
            Paragraph(t(verdict)),
            Line(say_time(at), Place.RIGHT),
            Signatures((t("Chief scrutineer"), t("Scrutineer"), t("Scrutineer"))),
        ),
    )


def count_sheet(count: Count) -> Document:
    """Form 7: every project with its votes, winners and losers, to be signed."""
    figures = count.figures
    parts: list[Part] = [Facts(_turnout(count))]
    if isinstance(figures, DecisionFigures):
        parts += _decision(figures)
    else:
        parts += _rating(figures)
    parts += [
        Note(_digests(count)),
        Line(say_time(count.at), Place.RIGHT),
        Signatures(
            (
                t("Chief scrutineer"),
                t("Scrutineer"),
                t("Scrutineer"),
                t("Scrutineer"),
                t("Teller"),
                t("Teller"),
            )
        ),
    ]
    if count.is_by_hand:
        parts.insert(0, Line(t("Counted by hand from paper ballots"), is_strong=True))
    form = (
        msg("{sitting}: count of the decision, {subject}")
        if isinstance(figures, DecisionFigures)
        else msg("{sitting}: count of the rating, {subject}")
    )
    title = _title(form, count.heading, count.subject, count.round)
    return Document(count.heading, title, tuple(parts))


def _title(form: Message, heading: Heading, subject: str, round_number: int) -> str:
    title = t(form, sitting=heading.whole, subject=subject)
    return (
        title
        if round_number == 1
        else t("{title} (round {round})", title=title, round=round_number)
    )


def _turnout(count: Count) -> tuple[tuple[str, str], ...]:
    turnout = count.turnout
    pairs = [
        (t("All deputies"), str(turnout.deputies)),
        (t("Present"), str(turnout.present)),
        (t("Cards issued"), str(turnout.issued)),
        (t("Ballots returned"), str(turnout.ballots)),
        (t("Valid ballots"), str(turnout.ballots - count.void_papers)),
        (t("Void ballots"), str(count.void_papers)),
    ]
    figures = count.figures
    if isinstance(figures, DecisionFigures):
        pairs += [(t("Seats"), str(figures.seats)), (t("Votes required"), _required(figures))]
        if figures.abstentions is not None:
            pairs.append((t("Abstentions"), str(figures.abstentions)))
    return tuple(pairs)


def _required(figures: DecisionFigures) -> str:
    return str(figures.required) if figures.required else t("by rank")


def _decision(figures: DecisionFigures) -> list[Part]:
    columns = [
        Column(t("No."), 8),
        Column(t("Project title"), 36, Place.LEFT),
        Column(t("For") if figures.is_each else t("Votes"), 9, Place.RIGHT),
    ]
    if figures.is_each:
        columns += [Column(t("Against"), 9, Place.RIGHT), Column(t("Abstain"), 9, Place.RIGHT)]
    columns += [
        Column(t("Share"), 10, Place.RIGHT),
        Column(t("Rank"), 8),
        Column(t("Passed"), 9),
        Column(t("Whether chosen"), 14),
    ]
    rows = []
    for row in figures.rows:
        cells = [str(row.position), row.title, str(row.votes)]
        if figures.is_each:
            cells += [str(row.against), str(row.abstain)]
        passed = row.votes >= max(figures.required, 1)
        cells += [
            f"{row.share}%",
            str(row.rank),
            t("yes") if passed else t("no"),
            t(STANDING_NAMES[row.standing]),
        ]
        rows.append(tuple(cells))
    return [Grid(tuple(columns), tuple(rows)), Paragraph(_verdict(figures))]


def _verdict(figures: DecisionFigures) -> str:
    """Say what the count comes to, and what is still open."""
    if not figures.is_valid:
        return t("The vote is void.")
    chosen = t(
        "{elected} of {seats} projects are chosen.",
        elected=len(figures.elected),
        seats=figures.seats,
    )
    if figures.tied:
        names = t(", ").join(row.title for row in figures.tied)
        tie = t(
            "Equal votes leave open which of these are chosen: {projects}. {open} seats are left.",
            projects=names,
            open=figures.open_seats,
        )
        return t("{one} {other}", one=chosen, other=tie)
    if figures.open_seats:
        left = t("{open} seats are left.", open=figures.open_seats)
        return t("{one} {other}", one=chosen, other=left)
    return chosen


def _rating(figures: RatingFigures) -> list[Part]:
    columns = [
        Column(t("No."), 8),
        Column(t("Project title"), 30, Place.LEFT),
        Column(t("Satisfied"), 10, Place.RIGHT),
        Column(t("Basically satisfied"), 12, Place.RIGHT),
        Column(t("Dissatisfied"), 12, Place.RIGHT),
    ]
    if figures.has_abstain:
        columns.append(Column(t("Abstain"), 9, Place.RIGHT))
    columns += [
        Column(t("Rate of satisfied"), 11, Place.RIGHT),
        Column(t("Rate of satisfied and basically satisfied"), 14, Place.RIGHT),
        Column(t("Grade"), 12),
    ]
    rows = []
    for row in figures.rows:
        cells = [str(row.position), row.title]
        cells += [str(row.satisfied), str(row.basic), str(row.dissatisfied)]
        if figures.has_abstain:
            cells.append(str(row.abstain or 0))
        grade = t(GRADE_NAMES[row.grade]) if row.grade else "—"
        cells += [f"{row.satisfied_share}%", f"{row.content_share}%", grade]
        rows.append(tuple(cells))
    table = Grid(tuple(columns), tuple(rows))
    return [table] if figures.is_valid else [table, Paragraph(t("The vote is void."))]


def _digests(count: Count) -> str:
    """Name what the sheet stands on by ids of the public log and by hashes, a line each."""
    named = (
        (t("Election in the public log"), count.digests.election),
        (t("Counts in the public log"), count.digests.result),
        (t("Signed count by hand (SHA-256)"), count.digests.signed),
        (t("Rules of the vote (SHA-256)"), count.digests.rules),
        (t("List of candidates (SHA-256)"), count.digests.candidates),
    )
    return "\n".join(f"{name} {digest}" for name, digest in named if digest)
