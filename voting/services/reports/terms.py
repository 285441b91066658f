"""The rules of one vote as its manifest in the log states them, clause by clause.

What the congress has adopted as a whole stands in `rules.clauses`; this is what the count follows,
with the numbers of this very round. Each clause is a sentence of its own.
"""

from __future__ import annotations

from typing import Final

from ballots.manifest import DecisionRules, RatingRules, Style
from voting.errors import Message, Param, msg
from voting.rules.vote import majority, quorum
from voting.services.tallying import Turnout

_SECRET: Final = msg(
    "The vote is by secret ballot; each deputy present has one ballot, and nobody can cast one for"
    " another."
)
_VALID: Final = msg(
    "The vote is valid if at least {quorum} of {deputies} deputies (two thirds) are present, no"
    " more cards are issued than deputies are present, and no more ballots come in than cards were"
    " issued; otherwise it is void."
)
# By whether each project is voted on apart, the number is fixed, and one may abstain.
_CHOICES: Final = {
    (True, False, True): msg(
        "On each of the {candidates} candidate projects a deputy votes for, against or abstains;"
        " for at most {choices} of them."
    ),
    (True, False, False): msg(
        "On each of the {candidates} candidate projects a deputy votes for or against; for at most"
        " {choices} of them."
    ),
    (False, True, True): msg(
        "Of the {candidates} candidate projects a deputy chooses {choices}, or abstains."
    ),
    (False, True, False): msg("Of the {candidates} candidate projects a deputy chooses {choices}."),
    (False, False, True): msg(
        "Of the {candidates} candidate projects a deputy chooses at least {least} and at most"
        " {choices}, or abstains."
    ),
    (False, False, False): msg(
        "Of the {candidates} candidate projects a deputy chooses at least {least} and at most"
        " {choices}."
    ),
}
_THRESHOLDS: Final = {
    "all": msg("A project passes with the votes of more than half of all deputies."),
    "present": msg("A project passes with the votes of more than half of the deputies present."),
    "valid": msg("A project passes with votes on more than half of the ballots cast."),
    "none": msg("No least number of votes is asked; the projects with most votes pass."),
}
_REQUIRED: Final = {
    "all": msg(
        "A project passes with the votes of more than half of all deputies: {required} votes of"
        " {deputies} deputies."
    ),
    "present": msg(
        "A project passes with the votes of more than half of the deputies present: {required}"
        " votes of {present} deputies."
    ),
    "valid": msg(
        "A project passes with votes on more than half of the ballots cast: {required} of"
        " {ballots} ballots."
    ),
}
_SEATS: Final = msg(
    "At most {seats} projects pass, those with most votes first; equal votes that do not touch the"
    " last place need no further vote."
)
_TIES: Final = {
    "runoff": msg(
        "Where equal votes leave the last places undecided, the tied projects are voted on again;"
        " those with most votes pass."
    ),
    "presidium": msg(
        "Where equal votes leave the last places undecided, the presidium decides between the tied"
        " projects."
    ),
}
_SHORTFALLS: Final = {
    "runoff": msg(
        "Where fewer projects pass than are to be chosen, a further vote is held on the others"
        " under the same rules."
    ),
    "next": msg(
        "Where fewer projects pass than are to be chosen, the open places are left to the next"
        " sitting."
    ),
    "vacant": msg("Where fewer projects pass than are to be chosen, the other places stay empty."),
}
_RATED: Final = {
    True: msg(
        "Each of the {projects} projects is rated satisfied, basically satisfied or dissatisfied,"
        " or the deputy abstains from it."
    ),
    False: msg(
        "Each of the {projects} projects is rated satisfied, basically satisfied or dissatisfied."
    ),
}
_GRADES: Final = {
    ("all", True): msg(
        "A project is graded satisfied if more than half of all deputies rate it so."
    ),
    ("all", False): msg(
        "A project is graded satisfied if at least half of all deputies rate it so."
    ),
    ("present", True): msg(
        "A project is graded satisfied if more than half of the deputies present rate it so."
    ),
    ("present", False): msg(
        "A project is graded satisfied if at least half of the deputies present rate it so."
    ),
    ("valid", True): msg(
        "A project is graded satisfied if more than half of the ballots cast rate it so."
    ),
    ("valid", False): msg(
        "A project is graded satisfied if at least half of the ballots cast rate it so."
    ),
}
_BASIC: Final = msg(
    "Otherwise, if satisfied and basically satisfied together reach that number, it is graded"
    " basically satisfied, and else dissatisfied."
)


def terms_of(style: Style, turnout: Turnout, *, is_closed: bool) -> tuple[Message, ...]:
    """Put a vote's rules into clauses, in the order of the vote; with a close's numbers known."""
    valid = _filled(_VALID, quorum=quorum(turnout.deputies), deputies=turnout.deputies)
    match style.rules:
        case RatingRules(base=base, strict=strict):
            questions = style.manifest.questions
            rated = _filled(_RATED[questions[0].abstain], projects=len(questions))
            return _SECRET, valid, rated, _GRADES[base, strict], _BASIC
        case DecisionRules() as rules:
            return (
                _SECRET,
                valid,
                _choice(style),
                _threshold(rules, turnout, is_closed=is_closed),
                _filled(_SEATS, seats=rules.seats),
                _TIES[rules.tie],
                _SHORTFALLS[rules.shortfall],
            )


def _choice(style: Style) -> Message:
    question = style.manifest.questions[0]
    bounds = style.manifest.limits[0] if style.manifest.limits else question
    is_each = bool(style.voted_apart)
    is_fixed = bounds.min == bounds.max and not is_each
    return _filled(
        _CHOICES[is_each, is_fixed, question.abstain],
        candidates=len(style.projects),
        choices=bounds.max,
        least=bounds.min,
    )


def _threshold(rules: DecisionRules, turnout: Turnout, *, is_closed: bool) -> Message:
    """State the number where it is known: that of all from the start, the others at the close."""
    members = {"all": turnout.deputies, "present": turnout.present, "valid": turnout.ballots}
    if rules.threshold == "none" or not (is_closed or rules.threshold == "all"):
        return _THRESHOLDS[rules.threshold]
    return _filled(
        _REQUIRED[rules.threshold],
        required=majority(members[rules.threshold]),
        deputies=turnout.deputies,
        present=turnout.present,
        ballots=turnout.ballots,
    )


def _filled(clause: Message, **params: Param) -> Message:
    return Message(clause.id, params)
