"""Protocol §5. What is asked, and the slots, constraints and blocks that follow from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from ballots.encoding import LARGEST_NUMBER, parse_hex
from ballots.errors import Invalid, Malformed

Count = Annotated[int, Meta(ge=0, le=LARGEST_NUMBER)]
Selection: TypeAlias = tuple[str, str]
"""A question's id and an option's id, the option `abstain` where the question has that slot."""

WIDTH: Final = 32
ABSTAIN: Final = "abstain"
FOR: Final = "for"
KINDS: Final = ("decision", "rating", "advisory")
GRADES: Final = ("satisfied", "basic", "dissatisfied")
LARGEST_BALLOT: Final = 4096
_ID: Final = re.compile(r"[a-z0-9-]{1,32}")


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer to a question."""

    id: str
    title: str


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One question: how many of its options may be selected, and whether one may abstain."""

    id: str
    title: str
    options: list[Option]
    min: Count
    max: Count
    abstain: bool


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """A bound on how many of the named options, of any questions, may be selected."""

    options: list[tuple[str, str]]
    min: Count
    max: Count


class DecisionRules(Struct, frozen=True, forbid_unknown_fields=True):
    """How a decision, or an advisory vote, is decided (§9)."""

    seats: Annotated[int, Meta(ge=1, le=LARGEST_NUMBER)]
    threshold: Literal["all", "present", "valid", "none"]
    tie: Literal["runoff", "presidium"]
    shortfall: Literal["runoff", "next", "vacant"]


class RatingRules(Struct, frozen=True, forbid_unknown_fields=True):
    """How a rating is graded (§9)."""

    base: Literal["all", "present", "valid"]
    strict: bool


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is asked in one election."""

    title: str
    kind: str
    round: Count
    questions: list[Question]
    limits: list[Limit]
    rules: dict[str, Any]
    previous: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Constraint:
    """`sum coefficient * slot = maximum` over members and slack; slots are numbers (§5)."""

    members: tuple[tuple[int, int], ...]
    slack: tuple[tuple[int, int], ...]
    minimum: int
    maximum: int

    @property
    def terms(self) -> tuple[tuple[int, int], ...]:
        """Give members and slack as (slot, coefficient)."""
        return self.members + self.slack

    @property
    def pivot(self) -> int:
        """Give the slot whose nonce follows from those of the others."""
        return self.slack[0][0] if self.slack else self.members[-1][0]


@dataclass(frozen=True, slots=True)
class Style:
    """A checked manifest and the layout of its ballots."""

    manifest: Manifest
    rules: DecisionRules | RatingRules
    option_slots: tuple[Selection, ...]
    slots: int
    constraints: tuple[Constraint, ...]
    blocks: tuple[range, ...]

    @property
    def options(self) -> int:
        """Give the number of option slots, which stand before all slack."""
        return len(self.option_slots)

    def block_of(self, slot: int) -> int:
        """Give the block in which a slot stands."""
        return min(slot // WIDTH, len(self.blocks) - 1)

    @property
    def projects(self) -> dict[str, int]:
        """Give the slot that counts the votes of each project, in ballot order (§9).

        A question with an option `for` is one project; of another each option is one.
        """
        found: dict[str, int] = {}
        apart = self.voted_apart
        for slot, (question, option) in enumerate(self.option_slots):
            if question in apart:
                if option == FOR:
                    found[question] = slot
            elif option != ABSTAIN:
                found[option] = slot
        return found

    @property
    def voted_apart(self) -> set[str]:
        """Give the questions that are one project each, voted for or against."""
        return {question for question, option in self.option_slots if option == FOR}


def slack_coefficients(span: int) -> list[int]:
    """Give coefficients `1, 2, 4, ..` and a last one that add up to `span`."""
    coefficients: list[int] = []
    while span > 0:
        coefficients.append(min(1 << len(coefficients), span))
        span -= coefficients[-1]
    return coefficients


def parse_manifest(value: object) -> Manifest:
    """Take JSON as a manifest. Raises `Malformed("object.schema")`; checks no meaning."""
    try:
        return msgspec.convert(value, Manifest, strict=True)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Malformed("object.schema") from None


def check_manifest(manifest: Manifest) -> Style:
    """Check what a manifest says and lay out its ballots.

    Raises `Malformed("manifest.shape")` and `Invalid` with the other codes `manifest.*`.
    """
    rules = _check_shape(manifest)
    _check_names(manifest)
    _check_bounds(manifest)
    option_slots = tuple(
        (question.id, option)
        for question in manifest.questions
        for option in [*(o.id for o in question.options), *([ABSTAIN] * question.abstain)]
    )
    constraints = _constraints(manifest, {slot: i for i, slot in enumerate(option_slots)})
    slots = len(option_slots) + sum(len(constraint.slack) for constraint in constraints)
    if slots > LARGEST_BALLOT:
        raise Invalid("manifest.bounds")
    style = Style(
        manifest, rules, option_slots, slots, constraints, _blocks(len(option_slots), slots)
    )
    _check_projects(style)
    return style


def _check_shape(manifest: Manifest) -> DecisionRules | RatingRules:
    ids = [question.id for question in manifest.questions]
    ids += [option.id for question in manifest.questions for option in question.options]
    is_later = manifest.round > 1
    if (
        not all(_ID.fullmatch(id_) for id_ in ids)
        or manifest.kind not in KINDS
        or manifest.round < 1
        or is_later != isinstance(manifest.previous, str)
    ):
        raise Malformed("manifest.shape")
    if isinstance(manifest.previous, str):
        parse_hex(manifest.previous)
    try:
        if manifest.kind == "rating":
            return msgspec.convert(manifest.rules, RatingRules, strict=True)
        return msgspec.convert(manifest.rules, DecisionRules, strict=True)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise Malformed("manifest.shape") from None


def _check_names(manifest: Manifest) -> None:
    questions = manifest.questions
    if not questions or not all(question.options for question in questions):
        raise Invalid("manifest.empty")
    if not all(limit.options for limit in manifest.limits):
        raise Invalid("manifest.empty")
    options = [(question.id, option.id) for question in questions for option in question.options]
    if any(option == ABSTAIN for _, option in options):
        raise Invalid("manifest.reserved")
    lists: list[Sequence[object]] = [[question.id for question in questions], options]
    if any(_repeats(names) for names in [*lists, *(limit.options for limit in manifest.limits)]):
        raise Invalid("manifest.repeated")
    known = set(options)
    if any(name not in known for limit in manifest.limits for name in limit.options):
        raise Invalid("manifest.unknown")


def _repeats(names: Sequence[object]) -> bool:
    return len(set(names)) < len(names)


def _check_bounds(manifest: Manifest) -> None:
    bounds: list[Question | Limit] = [*manifest.questions, *manifest.limits]
    for bounded in bounds:
        if not max(1, bounded.min) <= bounded.max <= len(bounded.options):
            raise Invalid("manifest.bounds")


def _constraints(manifest: Manifest, slot_of: dict[Selection, int]) -> tuple[Constraint, ...]:
    bounded: list[tuple[list[tuple[int, int]], Question | Limit]] = []
    for question in manifest.questions:
        members = [(slot_of[question.id, option.id], 1) for option in question.options]
        if question.abstain:
            members.append((slot_of[question.id, ABSTAIN], question.max))
        bounded.append((members, question))
    bounded += [
        ([(slot_of[name], 1) for name in limit.options], limit) for limit in manifest.limits
    ]
    constraints: list[Constraint] = []
    spoken: set[int] = set()
    free = len(slot_of)
    for members, bounds in bounded:
        coefficients = slack_coefficients(bounds.max - bounds.min)
        slack = tuple(enumerate(coefficients, start=free))
        free += len(slack)
        constraint = Constraint(tuple(members), slack, bounds.min, bounds.max)
        if constraint.pivot in spoken:
            raise Invalid("manifest.pivot", where=len(constraints))
        spoken.update(slot for slot, _ in members)
        constraints.append(constraint)
    return tuple(constraints)


def _blocks(options: int, slots: int) -> tuple[range, ...]:
    starts = list(range(0, options, WIDTH))
    return tuple(range(start, end) for start, end in zip(starts, [*starts[1:], slots], strict=True))


def _check_projects(style: Style) -> None:
    """Check that grades and projects can be told apart, which §9 takes for granted."""
    questions = style.manifest.questions
    if style.manifest.kind == "rating":
        if not all(_asks_for_one_grade(question) for question in questions):
            raise Malformed("manifest.shape")
        return
    apart = style.voted_apart
    names = [q.id for q in questions if q.id in apart]
    names += [option.id for q in questions if q.id not in apart for option in q.options]
    if _repeats(names):
        raise Invalid("manifest.repeated")


def _asks_for_one_grade(question: Question) -> bool:
    return question.min == question.max == 1 and {o.id for o in question.options} == set(GRADES)


def fill_slots(style: Style, selections: Sequence[Selection]) -> list[int]:
    """Give every slot's bit for a list of selections. Raises `Invalid("selections")`."""
    slot_of = {selection: slot for slot, selection in enumerate(style.option_slots)}
    if _repeats(selections) or any(selection not in slot_of for selection in selections):
        raise Invalid("selections")
    bits = [0] * style.slots
    for selection in selections:
        bits[slot_of[selection]] = 1
    for number, constraint in enumerate(style.constraints):
        left = constraint.maximum - sum(c * bits[slot] for slot, c in constraint.members)
        if not 0 <= left <= constraint.maximum - constraint.minimum:
            raise Invalid("selections", where=number)
        for slot, coefficient in sorted(constraint.slack, key=lambda term: -term[1]):
            if coefficient <= left:
                bits[slot] = 1
                left -= coefficient
    return bits
