"""Form 16, the chair's script 主持词: what to say and to do, with the figures of the day put in."""

from __future__ import annotations

from dataclasses import dataclass

from voting.exports.forms.parts import Cue, Document, Heading, Line, Paragraph, Part, Place
from voting.i18n import t
from voting.rules.vote import quorum
from voting.services.reports.figures import DecisionFigures
from voting.services.tallying import Turnout

BLANK = "＿＿＿"


@dataclass(frozen=True, slots=True)
class Attended:
    """Who is there when the sitting opens."""

    present: int
    leave: int


@dataclass(frozen=True, slots=True)
class Script:
    """What the script is for; what is not known yet is left blank, to be said as it comes."""

    heading: Heading
    subject: str
    deputies: int
    candidates: int
    seats: int
    chief: str = ""
    scrutineers: tuple[str, ...] = ()
    attended: Attended | None = None
    turnout: Turnout | None = None
    figures: DecisionFigures | None = None


def chair_script(script: Script) -> Document:
    """Lay the script out from the opening of the meeting to the announcement."""
    parts: list[Part] = [
        *_opening(script),
        *_rules(),
        *_scrutineers(script),
        *_voting(script),
        *_counting(script),
        *_declaring(script),
    ]
    title = t(
        "{sitting}: the chair's script, {subject}",
        sitting=script.heading.whole,
        subject=script.subject,
    )
    return Document(script.heading, title, tuple(parts))


def _opening(script: Script) -> list[Part]:
    attended = script.attended
    return [
        _heading(t("I. Opening")),
        Paragraph(t("Fellow deputies:")),
        Paragraph(
            t(
                "We now hold the plenary. Of {deputies} deputies {present} are present and {leave}"
                " are on leave; at least {quorum} are needed. The quorum is reached, and the"
                " meeting is open.",
                deputies=script.deputies,
                present=attended.present if attended else BLANK,
                leave=attended.leave if attended else BLANK,
                quorum=quorum(script.deputies),
            )
        ),
    ]


def _rules() -> list[Part]:
    return [
        _heading(t("II. Adopting the rules")),
        Paragraph(t("The draft rules of the vote have been deliberated by the delegations.")),
        *_show_of_hands(t("We now vote on the rules by show of hands.")),
    ]


def _scrutineers(script: Script) -> list[Part]:
    names = t(", ").join(script.scrutineers) or BLANK
    return [
        _heading(t("III. Confirming the scrutineers")),
        Paragraph(
            t(
                "The presidium nominates {chief} as chief scrutineer, and as scrutineers {names}.",
                chief=script.chief or BLANK,
                names=names,
            )
        ),
        *_show_of_hands(t("We now vote on the list by show of hands.")),
        Paragraph(t("The scrutineers take their places.")),
    ]


def _show_of_hands(opening: str) -> list[Part]:
    return [
        Paragraph(opening),
        Paragraph(t("Those in favour, please raise your hands.")),
        Cue(t("(wait)")),
        Paragraph(t("Please put them down. Those against, please raise your hands.")),
        Cue(t("(wait)")),
        Paragraph(t("Those abstaining, please raise your hands.")),
        Cue(t("(wait)")),
        Paragraph(t("Carried.")),
    ]


def _voting(script: Script) -> list[Part]:
    return [
        _heading(t("IV. The vote")),
        Paragraph(
            t(
                "We now vote on {subject}. There are {candidates} candidate projects, of which at"
                " most {seats} are chosen.",
                subject=script.subject,
                candidates=script.candidates,
                seats=script.seats,
            )
        ),
        Paragraph(
            t(
                "Please go to a tablet with your voting card. The tablet shows a tracker when your"
                " ballot is sealed; note it before you cast, and keep your receipt. If you want to"
                " test a tablet, press “Test” and fill in a new paper."
            )
        ),
        Paragraph(t("I ask the chief scrutineer for the zero report.")),
        Cue(t("(the chief scrutineer reports that no ballot is in the box)")),
        Paragraph(t("The voting is open.")),
        Cue(
            t(
                "(chair and chief scrutineer confirm the opening, each on their own device;"
                " the scrutineers vote first)"
            )
        ),
        Paragraph(t("Is there any deputy who has not voted yet?")),
        Cue(t("(wait)")),
        Paragraph(t("There is none. The voting is closed.")),
        Cue(t("(chair and chief scrutineer confirm the closing, each on their own device)")),
    ]


def _counting(script: Script) -> list[Part]:
    turnout = script.turnout
    return [
        _heading(t("V. The count")),
        Paragraph(
            t(
                "The chief scrutineer reports: {issued} cards were issued and {ballots} ballots"
                " returned. No more ballots came in than cards were issued, and the vote is valid.",
                issued=turnout.issued if turnout else BLANK,
                ballots=turnout.ballots if turnout else BLANK,
            )
        ),
        Paragraph(
            t("The scrutineers now decrypt the sum of the ballots. The meeting is adjourned.")
        ),
        Cue(
            t(
                "(the scrutineers check the log on their devices and give their shares; count sheet"
                " printed and signed)"
            )
        ),
    ]


def _declaring(script: Script) -> list[Part]:
    figures = script.figures
    heading = _heading(t("VI. The result"))
    resumed = Paragraph(t("The meeting is resumed. The chief scrutineer reads out the result."))
    if figures is None:
        return [
            heading,
            resumed,
            Cue(t("(the result is read out)")),
            *_declared(script, BLANK),
        ]
    read = [
        Paragraph(
            t("{place}. {title}: {votes} votes", place=place, title=row.title, votes=row.votes)
        )
        for place, row in enumerate(figures.ranked, start=1)
    ]
    if figures.tied or figures.open_seats:
        return [heading, resumed, *read, *_left_open(figures)]
    return [heading, resumed, *read, *_declared(script, str(len(figures.elected)))]


def _declared(script: Script, chosen: str) -> list[Part]:
    return [
        Paragraph(
            t(
                "According to the rules of the vote {chosen} projects are chosen. I declare the"
                " {subject} decided.",
                chosen=chosen,
                subject=script.subject,
            )
        ),
        Paragraph(t("The presidium publishes the announcement.")),
    ]


def _left_open(figures: DecisionFigures) -> list[Part]:
    if figures.tied:
        return [
            Paragraph(
                t(
                    "{chosen} projects are chosen. {projects} have equal votes, and {open} seats"
                    " are left. According to the rules these projects are voted on again.",
                    chosen=len(figures.elected),
                    projects=t(", ").join(row.title for row in figures.tied),
                    open=figures.open_seats,
                )
            )
        ]
    return [
        Paragraph(
            t(
                "{chosen} projects are chosen, and {open} seats are left. What is done about them"
                " follows from the rules of the vote.",
                chosen=len(figures.elected),
                open=figures.open_seats,
            )
        )
    ]


def _heading(text: str) -> Line:
    return Line(text, Place.LEFT, is_strong=True)
