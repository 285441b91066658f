"""Protocol §9. What the rules make of the counts: whole numbers in, project ids out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ballots.manifest import DecisionRules, RatingRules, Selection, Style
from ballots.objects import DecisionOutcome, RatingOutcome


@dataclass(frozen=True, slots=True)
class Turnout:
    """All deputies (N), those present (P), cards issued and ballots accepted at the close."""

    deputies: int
    present: int
    issued: int
    ballots: int

    @property
    def quorum(self) -> int:
        """Give two thirds of all deputies, rounded up."""
        return -(-2 * self.deputies // 3)

    @property
    def is_valid(self) -> bool:
        """Tell whether a quorum was there, with cards for people and ballots for cards at most."""
        return self.present >= self.quorum and self.ballots <= self.issued <= self.present


def decide(
    style: Style, counts: Sequence[int], turnout: Turnout, result: str
) -> DecisionOutcome | RatingOutcome:
    """Give the outcome of an election from its counts, an option slot each; `result` is an id."""
    if isinstance(style.rules, RatingRules):
        return _grade(style, style.rules, counts, turnout=turnout, result=result)
    votes = {project: counts[slot] for project, slot in style.projects.items()}
    return _rank(votes, style.rules, turnout, result)


def required_votes(rules: DecisionRules, turnout: Turnout) -> int:
    """Give the number of votes that a project needs."""
    members = {"all": turnout.deputies, "present": turnout.present, "valid": turnout.ballots}
    return 0 if rules.threshold == "none" else members[rules.threshold] // 2 + 1


def _rank(
    votes: Mapping[str, int], rules: DecisionRules, turnout: Turnout, result: str
) -> DecisionOutcome:
    required = required_votes(rules, turnout)
    if not turnout.is_valid:
        return DecisionOutcome(result, False, turnout.quorum, required, [], [], [], 0)  # noqa: FBT003  # in the page's order
    passing = [project for project in votes if votes[project] >= max(required, 1)]
    passing.sort(key=lambda project: -votes[project])
    elected, tied = passing, list[str]()
    if len(passing) > rules.seats:
        cut = votes[passing[rules.seats - 1]]
        elected = [project for project in passing if votes[project] >= cut]
        if len(elected) > rules.seats:
            tied = [project for project in elected if votes[project] == cut]
            elected = [project for project in elected if votes[project] > cut]
    others = [project for project in votes if project not in elected and project not in tied]
    return DecisionOutcome(
        result,
        valid=True,
        quorum=turnout.quorum,
        required=required,
        elected=elected,
        tied=tied,
        not_elected=others,
        open_seats=rules.seats - len(elected),
    )


def _grade(
    style: Style,
    rules: RatingRules,
    counts: Sequence[int],
    *,
    turnout: Turnout,
    result: str,
) -> RatingOutcome:
    members = {"all": turnout.deputies, "present": turnout.present, "valid": turnout.ballots}
    base = members[rules.base]
    of = dict(zip(style.option_slots, counts, strict=True))
    grades = {
        question.id: _grade_of(of, question.id, base=base, strict=rules.strict)
        for question in style.manifest.questions
        if turnout.is_valid
    }
    return RatingOutcome(result, turnout.is_valid, turnout.quorum, grades)


def _grade_of(of: Mapping[Selection, int], project: str, *, base: int, strict: bool) -> str:
    satisfied = of[project, "satisfied"]
    for grade, votes in (
        ("satisfied", satisfied),
        ("basic", satisfied + of[project, "basic"]),
    ):
        if 2 * votes > base or (2 * votes == base and not strict):
            return grade
    return "dissatisfied"
