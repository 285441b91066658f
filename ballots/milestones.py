"""Protocol §16. Milestones: what becomes of a project, each bound to the one before it."""

from dataclasses import dataclass, replace

from ballots.encoding import parse_json, sha256
from ballots.errors import Invalid
from ballots.objects import DecisionOutcome, Milestone, RatingOutcome


@dataclass(frozen=True, slots=True)
class Way:
    """How far a project has come: its last milestone, and what the next one may be.

    `election` is the one whose outcome decided the project, where a milestone named it;
    `answered` is the number of open problems that have an answer.
    """

    last: str = ""
    number: int = 0
    stage: str = ""
    is_decided: bool = False
    election: str = ""
    problems: int = 0
    answered: int = 0
    is_rated: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome in the log, with the election that it ends and that one's kind."""

    election: str
    kind: str
    outcome: DecisionOutcome | RatingOutcome


def follow(way: Way, name: str, value: Milestone, decision: Decision | None) -> Way:
    """Take a project's next milestone; `name` is its id, `decision` the outcome that it names.

    Raises `Invalid` with `milestone.*`.
    """
    if value.previous != way.last:
        raise Invalid("milestone.previous")
    if value.number != way.number + 1:
        raise Invalid("milestone.number")
    after = _step(way, value.stage)
    if decision is not None:
        _check_outcome(value, decision)
    if value.stage == "decided":
        after = replace(after, election="" if decision is None else decision.election)
    return replace(after, last=name, number=value.number, stage=value.stage)


def undo(way: Way) -> Way:
    """Take the decision away: the election that it came from was annulled."""
    return replace(way, is_decided=False, election="")


def check_content(value: Milestone, raw: bytes) -> None:
    """Check that bytes are the content that a milestone stands for.

    Raises `Malformed` with `encoding.*`, `Invalid("milestone.content")`.
    """
    parse_json(raw)
    if sha256(raw).hex() != value.content:
        raise Invalid("milestone.content")


def _step(way: Way, stage: str) -> Way:
    """Go on to a stage, where it may stand."""
    if way.stage == "archived" or not _is_next(way, stage):
        raise Invalid("milestone.stage")
    match stage:
        case "decided":
            return replace(way, is_decided=True)
        case "problem":
            return replace(way, problems=way.problems + 1)
        case "answered":
            return replace(way, answered=min(way.answered + 1, way.problems))
        case "closed":
            return replace(way, problems=way.problems - 1, answered=way.answered - 1)
        case "rated":
            return replace(way, is_rated=True)
        case _:
            return way


def _is_next(way: Way, stage: str) -> bool:
    if stage == "adopted":
        return way.number == 0
    if stage == "decided":
        return way.number > 0 and not way.is_decided
    if stage == "archived":
        return way.number > 0
    needs = {"answered": way.problems > 0, "closed": way.answered > 0, "rectified": way.is_rated}
    return way.is_decided and needs.get(stage, True)


def _check_outcome(value: Milestone, decision: Decision) -> None:
    match value.stage, decision.outcome:
        case "decided", DecisionOutcome(elected=projects) if decision.kind == "decision":
            named = projects
        case "rated", RatingOutcome(grades=grades):
            named = list(grades)
        case _:
            named = []
    if value.project not in named:
        raise Invalid("milestone.outcome")
