"""The forms of one vote by name, made from its gathered values: what a page of downloads offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from voting.errors import Message, NotNow, msg
from voting.exports.forms.announcement import Announcement, announcement
from voting.exports.forms.attendance import attendance_sheet
from voting.exports.forms.ballot import BallotPaper, ballot_line, print_ballot
from voting.exports.forms.counting import Count, Digests, count_sheet, issue_report
from voting.exports.forms.parts import Document, Heading, print_document, subject_of
from voting.exports.forms.rules import rules_sheet
from voting.exports.forms.script import Attended, Script, chair_script
from voting.exports.forms.word import write_word
from voting.exports.tables import (
    Result,
    result_csv,
    result_json,
    result_pabulib,
    result_xlsx,
)
from voting.i18n import local
from voting.rules.vote import DecisionSettings, Order
from voting.services.reports.figures import DecisionFigures, RatingFigures
from voting.services.reports.papers import Papers


class Form(StrEnum):
    """A printed form."""

    RULES = "rules"
    BALLOT = "ballot"
    ATTENDANCE = "attendance"
    CARDS_AND_BALLOTS = "cards-and-ballots"
    COUNT = "count"
    SCRIPT = "script"
    ANNOUNCEMENT = "announcement"


class Format(StrEnum):
    """What a form or a result can be had as."""

    PDF = "pdf"
    WORD = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    PABULIB = "pb"


FORM_NAMES: Final[Mapping[Form, Message]] = {
    Form.RULES: msg("Rules of the vote"),
    Form.BALLOT: msg("Ballot paper"),
    Form.ATTENDANCE: msg("Attendance report"),
    Form.CARDS_AND_BALLOTS: msg("Report of cards and ballots"),
    Form.COUNT: msg("Count sheet"),
    Form.SCRIPT: msg("Chair's script"),
    Form.ANNOUNCEMENT: msg("Announcement"),
}
WORD_FORMS: Final = frozenset({Form.RULES, Form.SCRIPT, Form.ANNOUNCEMENT})
"""Those that an office edits before they are used."""

RESULT_FORMATS: Final = (Format.XLSX, Format.CSV, Format.JSON, Format.PABULIB)
MIME_TYPES: Final[Mapping[Format, str]] = {
    Format.PDF: "application/pdf",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
    Format.PABULIB: "text/plain; charset=utf-8",
}


def make_form(form: Form, papers: Papers, at: datetime, *, number: int = 1) -> Document:
    """Lay one form out, all but the ballot paper; `number` is that of an announcement.

    Raises `NotNow` where its figures are not known yet.
    """
    heading, subject = heading_of(papers), subject_of(papers.year)
    match form:
        case Form.RULES:
            return rules_sheet(heading, papers.rules)
        case Form.ATTENDANCE:
            return attendance_sheet(heading, papers.attendance, at)
        case Form.CARDS_AND_BALLOTS:
            turnout, count = papers.vote.turnout, papers.vote.round
            return issue_report(heading, subject, turnout, at=at, round_number=count)
        case Form.COUNT:
            return count_sheet(_count(papers, at))
        case Form.SCRIPT:
            return chair_script(_script(papers))
        case Form.ANNOUNCEMENT:
            return announcement(_announcement(papers, at, number))
        case Form.BALLOT:
            message = "a ballot paper is printed by print_form"
            raise ValueError(message)


def print_form(
    form: Form, papers: Papers, at: datetime, *, as_word: bool = False, number: int = 1
) -> bytes:
    """Print one form as PDF, or write it for Word. Raises `NotNow` as `make_form`."""
    if form is Form.BALLOT:
        lines = tuple(ballot_line(candidate) for candidate in papers.candidates)
        paper = BallotPaper(
            heading_of(papers),
            subject_of(papers.year),
            lines,
            papers.settings,
            round=papers.vote.round,
        )
        return print_ballot(paper, at=at)
    document = make_form(form, papers, at, number=number)
    return write_word(document) if as_word else print_document(document)


def write_result(papers: Papers, kind: Format) -> bytes:
    """Write the result as a table. Raises `NotNow` before the count, and for a rating as .pb."""
    figures = figures_of(papers)
    if kind is Format.PABULIB and isinstance(figures, RatingFigures):
        raise NotNow("This format is for decisions only.").now("Choose another format.")
    writers: dict[Format, Callable[[Result], bytes]] = {
        Format.XLSX: result_xlsx,
        Format.CSV: result_csv,
        Format.JSON: result_json,
        Format.PABULIB: result_pabulib,
    }
    return writers[kind](_result(papers, figures))


def figures_of(papers: Papers) -> DecisionFigures | RatingFigures:
    """Give the figures of a counted vote."""
    figures = papers.vote.decision or papers.vote.rating
    if figures is None:
        raise NotNow("This vote is not counted yet.").now("Print this form after the count.")
    return figures


def heading_of(papers: Papers) -> Heading:
    """Give whose forms these are."""
    vote = papers.vote
    return Heading(vote.congress.name, vote.sitting, is_rehearsal=vote.is_rehearsal)


def _count(papers: Papers, at: datetime) -> Count:
    return Count(
        heading=heading_of(papers),
        subject=subject_of(papers.year),
        round=papers.vote.round,
        turnout=papers.vote.turnout,
        figures=figures_of(papers),
        digests=Digests(
            election=papers.vote.object_id,
            rules=papers.rules.digest or "",
            candidates=papers.candidates_digest,
            result=papers.result_object,
            signed=papers.vote.on_paper.digest if papers.vote.on_paper else "",
        ),
        at=at,
        is_by_hand=papers.vote.on_paper is not None,
        void_papers=papers.vote.on_paper.void if papers.vote.on_paper else 0,
    )


def _announcement(papers: Papers, at: datetime, number: int) -> Announcement:
    if papers.vote.is_rehearsal:
        raise NotNow("A rehearsal is not announced.")
    settings, notice = papers.rules.settings, papers.notice
    return Announcement(
        heading=heading_of(papers),
        number=notice.number if notice else number,
        year=papers.year,
        voted_on=local(papers.voted_at).date(),
        published_on=notice.dated if notice else local(at).date(),
        figures=figures_of(papers),
        order=settings.order if isinstance(settings, DecisionSettings) else Order.BALLOT,
        chosen=papers.chosen,
        is_by_hand=papers.vote.on_paper is not None,
    )


def _script(papers: Papers) -> Script:
    settings, figures = papers.settings, papers.attendance.figures
    is_closed = papers.vote.is_counted
    return Script(
        heading=heading_of(papers),
        subject=subject_of(papers.year),
        deputies=papers.vote.turnout.deputies,
        candidates=len(papers.candidates),
        seats=settings.seats if isinstance(settings, DecisionSettings) else 0,
        chief=papers.chief,
        scrutineers=papers.scrutineers,
        attended=Attended(figures.present, figures.leave) if figures.present else None,
        turnout=papers.vote.turnout if is_closed else None,
        figures=papers.vote.decision,
    )


def _result(papers: Papers, figures: DecisionFigures | RatingFigures) -> Result:
    settings = papers.settings
    return Result(
        congress=papers.vote.congress.name,
        sitting=papers.vote.sitting,
        title=papers.vote.title,
        round=papers.vote.round,
        voted_on=local(papers.voted_at).date(),
        turnout=papers.vote.turnout,
        figures=figures,
        election_object=papers.vote.object_id,
        outcome_object=papers.outcome_object,
        threshold=str(settings.threshold) if isinstance(settings, DecisionSettings) else "",
        investments={
            candidate.code: candidate.total_yuan
            for candidate in papers.candidates
            if candidate.total_yuan is not None
        },
    )
