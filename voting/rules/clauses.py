"""The rules of a vote in words: the numbered clauses of a 票决办法 that its settings ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.errors import Message, msg
from voting.rules.vote import (
    Base,
    DecisionSettings,
    Minimum,
    Order,
    RatingSettings,
    Settings,
    Shortfall,
    Style,
    Threshold,
    Tie,
    majority,
    quorum,
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the clauses name beside the settings."""

    sitting: str
    deputies: int
    candidates: int
    is_named: bool


def clauses(settings: Settings, occasion: Occasion) -> list[Message]:
    """Give the clauses in order, without their numbers."""
    if isinstance(settings, RatingSettings):
        return _rating(settings, occasion)
    return [
        msg(
            "These rules are made for the decision by ballot on livelihood projects at {sitting}.",
            sitting=occasion.sitting,
        ),
        _choice(settings, occasion),
        *_holding(occasion),
        _marking(settings),
        *_validity(),
        _threshold(settings, occasion),
        *_seats(settings),
        *_counting(),
        _ORDERS[settings.order],
        *_publicity(),
    ]


def _rating(settings: RatingSettings, occasion: Occasion) -> list[Message]:
    return [
        msg(
            "These rules are made for the satisfaction rating of livelihood projects at {sitting}.",
            sitting=occasion.sitting,
        ),
        msg("{candidates} projects are rated.", candidates=occasion.candidates),
        *_holding(occasion),
        _ABSTAINING_RATERS if settings.abstain else _RATERS,
        *_validity(),
        _STRICT_GRADES[settings.base] if settings.strict else _GRADES[settings.base],
        msg(
            "A project graded dissatisfied is rectified within a time set by the standing"
            " committee, and rated again."
        ),
        *_counting(),
        *_publicity(),
    ]


def _choice(settings: DecisionSettings, occasion: Occasion) -> Message:
    seats, candidates = settings.seats, occasion.candidates
    if not candidates:
        return msg("At most {seats} projects are chosen.", seats=seats)
    if candidates == seats:
        return msg(
            "{candidates} candidate projects are voted on one by one.", candidates=candidates
        )
    return msg(
        "There are more candidates than seats: of {candidates} candidate projects at most"
        " {seats} are chosen.",
        candidates=candidates,
        seats=seats,
    )


def _holding(occasion: Occasion) -> list[Message]:
    return [
        msg(
            "The vote is held only if at least two thirds of all deputies attend: with {deputies}"
            " deputies, at least {quorum}.",
            deputies=occasion.deputies,
            quorum=quorum(occasion.deputies),
        ),
        _NAMED if occasion.is_named else _SEALED,
    ]


_SEALED: Final = msg(
    "The ballot is secret. Each deputy who attends draws a voting card at random and has one vote;"
    " nothing records who drew which card."
)
_NAMED: Final = msg(
    "The voting cards are issued by name. Each deputy who attends has one vote; what a ballot"
    " says is not shown to anyone."
)


def _marking(settings: DecisionSettings) -> Message:
    if settings.style is Style.EACH:
        return msg(
            "On each candidate project a deputy declares for, against or abstention; at most"
            " {seats} may be for. A ballot with more can't be cast.",
            seats=settings.seats,
        )
    if settings.minimum is Minimum.SEATS:
        return msg(
            "A deputy marks exactly {seats} candidate projects, or abstains. A ballot with more or"
            " fewer can't be cast.",
            seats=settings.seats,
        )
    if settings.minimum is Minimum.NONE:
        return msg(
            "A deputy marks at most {seats} candidate projects; a ballot without a mark counts as"
            " cast. A ballot with more can't be cast.",
            seats=settings.seats,
        )
    return msg(
        "A deputy marks at least one and at most {seats} candidate projects, or abstains. A ballot"
        " with more can't be cast.",
        seats=settings.seats,
    )


def _validity() -> list[Message]:
    return [
        msg(
            "The vote is valid if no more ballots come in than cards were issued; otherwise it is"
            " void and held again."
        ),
        msg(
            "If electronic voting can't go on, the chair of the sitting may have the vote go on"
            " with paper ballots, counted by hand under the eyes of the scrutineers."
        ),
    ]


def _threshold(settings: DecisionSettings, occasion: Occasion) -> Message:
    match settings.threshold:
        case Threshold.ALL:
            return msg(
                "A candidate project passes with the votes of more than half of all deputies:"
                " with {deputies} deputies, at least {required} votes.",
                deputies=occasion.deputies,
                required=majority(occasion.deputies),
            )
        case Threshold.PRESENT:
            return msg(
                "A candidate project passes with the votes of more than half of the deputies"
                " present."
            )
        case Threshold.VALID:
            return msg(
                "A candidate project passes with the votes of more than half of the valid ballots."
            )
        case Threshold.NONE:
            pass
    return msg("The candidate projects are ranked by their votes; no majority is needed.")


def _seats(settings: DecisionSettings) -> list[Message]:
    return [
        msg(
            "If more than {seats} candidate projects pass, those with the most votes are chosen.",
            seats=settings.seats,
        ),
        _TIES[settings.tie],
        _SHORTFALLS[settings.shortfall],
    ]


_TIES: Final = {
    Tie.RUNOFF: msg(
        "If equal votes leave open which projects are chosen, these projects are voted on again;"
        " those with the most votes are chosen."
    ),
    Tie.PRESIDIUM: msg(
        "If equal votes leave open which projects are chosen, the presidium decides among them."
    ),
}
_SHORTFALLS: Final = {
    Shortfall.RUNOFF: msg(
        "If fewer projects are chosen than seats, the projects not chosen are voted on again at"
        " this sitting for the seats left, under the same rules."
    ),
    Shortfall.NEXT: msg(
        "If fewer projects are chosen than seats, the seats left are decided at the next sitting."
    ),
    Shortfall.VACANT: msg("If fewer projects are chosen than seats, the seats left stay empty."),
}
_ORDERS: Final = {
    Order.VOTES: msg("The chosen projects are announced in the order of their votes."),
    Order.BALLOT: msg("The chosen projects are announced in the order of the ballot."),
}


def _counting() -> list[Message]:
    return [
        msg(
            "A chief scrutineer and scrutineers are nominated by the presidium among the deputies"
            " and confirmed by the sitting; heads of responsible units are not among them. They"
            " watch over the issue of cards, the casting and the counting."
        ),
        msg(
            "The ballots are sealed on the deputy's tablet. They are added up sealed, and only the"
            " sums are opened, by the scrutineers together, each with their own key."
        ),
    ]


def _publicity() -> list[Message]:
    return [
        msg(
            "The chair of the sitting declares the result on the spot, and the presidium publishes"
            " it in an announcement."
        ),
        msg(
            "The sealed ballots, the proofs and the count are kept in a public log, with which"
            " anyone can check the result."
        ),
        msg("These rules take effect when the sitting has adopted them."),
    ]


_RATERS: Final = msg("A deputy rates each project satisfied, basically satisfied or dissatisfied.")
_ABSTAINING_RATERS: Final = msg(
    "A deputy rates each project satisfied, basically satisfied or dissatisfied, or abstains."
)
_GRADES: Final = {
    Base.ALL: msg(
        "A project is graded satisfied if at least half of all deputies rate it so; otherwise"
        " basically satisfied if these and the basically satisfied reach half; otherwise"
        " dissatisfied."
    ),
    Base.PRESENT: msg(
        "A project is graded satisfied if at least half of the deputies present rate it so;"
        " otherwise basically satisfied if these and the basically satisfied reach half;"
        " otherwise dissatisfied."
    ),
    Base.VALID: msg(
        "A project is graded satisfied if at least half of the valid ballots rate it so;"
        " otherwise basically satisfied if these and the basically satisfied reach half;"
        " otherwise dissatisfied."
    ),
}
_STRICT_GRADES: Final = {
    Base.ALL: msg(
        "A project is graded satisfied if more than half of all deputies rate it so; otherwise"
        " basically satisfied if these and the basically satisfied are more than half; otherwise"
        " dissatisfied."
    ),
    Base.PRESENT: msg(
        "A project is graded satisfied if more than half of the deputies present rate it so;"
        " otherwise basically satisfied if these and the basically satisfied are more than half;"
        " otherwise dissatisfied."
    ),
    Base.VALID: msg(
        "A project is graded satisfied if more than half of the valid ballots rate it so;"
        " otherwise basically satisfied if these and the basically satisfied are more than half;"
        " otherwise dissatisfied."
    ),
}
