"""Any manifest and any selections: ballots are made, checked, added and decided."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ballots.ballot import Paper, check_ballot, make_ballot
from ballots.elgamal import add_ciphertexts, slot_keys
from ballots.errors import Invalid
from ballots.group import IDENTITY, find_exponents, multiply, multiply_base, subtract
from ballots.manifest import (
    Limit,
    Manifest,
    Option,
    Question,
    Selection,
    Style,
    check_manifest,
    fill_slots,
)
from ballots.objects import DecisionOutcome, ObjectId, RatingOutcome
from ballots.outcome import Turnout, decide, required_votes
from tests.congress import ballot_seed, card
from tests.manifests import choice, rating

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECRETS = range(3, 3 + 32)
JOINT = [multiply_base(secret) for secret in SECRETS]


@st.composite
def questions(draw: st.DrawFn, name: str) -> Question:
    """Ask for some of a few options."""
    options = [Option(f"o{i}", "") for i in range(draw(st.integers(1, 4)))]
    most = draw(st.integers(1, len(options)))
    least = draw(st.integers(0, most))
    return Question(name, "", options, least, most, draw(st.booleans()))


@st.composite
def manifests(draw: st.DrawFn) -> Manifest:
    """Ask some questions under some limits; not every one can be laid out."""
    asked = [draw(questions(f"q{i}")) for i in range(draw(st.integers(1, 3)))]
    names = [(question.id, option.id) for question in asked for option in question.options]
    limits = []
    for _ in range(draw(st.integers(0, 2))):
        named = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
        most = draw(st.integers(1, len(named)))
        limits.append(Limit(named, draw(st.integers(0, most)), most))
    return choice(1, questions=asked, limits=limits)


def styled(manifest: Manifest) -> Style | None:
    """Lay a manifest out, if its options are named apart and its pivots are free."""
    apart = [
        Question(
            question.id,
            "",
            [Option(f"{question.id}-{option.id}", "") for option in question.options],
            question.min,
            question.max,
            question.abstain,
        )
        for question in manifest.questions
    ]
    limits = [
        Limit([(q, f"{q}-{o}") for q, o in limit.options], limit.min, limit.max)
        for limit in manifest.limits
    ]
    try:
        return check_manifest(choice(1, questions=apart, limits=limits))
    except Invalid as error:
        if error.rule != "manifest.pivot":
            raise
        return None


def fits(style: Style, selections: list[Selection]) -> bool:
    """Tell by the manifest alone whether selections are allowed."""
    chosen = Counter(selections)
    manifest = style.manifest
    for question in manifest.questions:
        weight = sum(chosen[question.id, option.id] for option in question.options)
        weight += question.max * chosen[question.id, "abstain"]
        if not question.min <= weight <= question.max:
            return False
    return all(
        limit.min <= sum(chosen[name] for name in limit.options) <= limit.max
        for limit in manifest.limits
    )


@given(manifests(), st.data())
@settings(max_examples=200, deadline=None)
def test_slots_are_bits_that_meet_every_constraint(manifest: Manifest, data: Any) -> None:
    style = styled(manifest)
    if style is None:
        return
    selections = data.draw(st.lists(st.sampled_from(style.option_slots), unique=True))

    if not fits(style, selections):
        with pytest.raises(Invalid, match=r"^selections"):
            fill_slots(style, selections)
        return
    bits = fill_slots(style, selections)
    assert set(bits) <= {0, 1}
    assert [slot for slot, bit in zip(style.option_slots, bits, strict=False) if bit] == [
        slot for slot in style.option_slots if slot in selections
    ]
    for constraint in style.constraints:
        assert sum(c * bits[slot] for slot, c in constraint.terms) == constraint.maximum


def paper_of(style: Style) -> Paper:
    """Lay out a paper under keys whose secrets are known here."""
    return Paper(ObjectId("0" * 64), style, slot_keys(style, JOINT))


@given(manifests(), st.data())
@SLOW
def test_tally_is_the_sum_of_what_was_chosen(manifest: Manifest, data: Any) -> None:
    style = styled(manifest)
    if style is None:
        return
    paper = paper_of(style)
    chosen: Counter[Selection] = Counter()
    ballots = []
    for number in range(3):
        selections = data.draw(st.lists(st.sampled_from(style.option_slots), unique=True))
        if fits(style, selections):
            chosen.update(selections)
            made = make_ballot(paper, card(number), selections, ballot_seed(number))
            ballots.append(check_ballot(paper, made))

    total = add_ciphertexts(style, [ballot.ciphertext for ballot in ballots])

    points = [
        subtract(total.slots[s], multiply(SECRETS[s % 32], total.heads[style.block_of(s)]))
        for s in range(style.options)
    ]
    assert find_exponents(points, len(ballots)) == [chosen[name] for name in style.option_slots]
    assert ballots or set(total.slots) == {IDENTITY}


decisions = st.fixed_dictionaries(
    {
        "seats": st.integers(1, 6),
        "threshold": st.sampled_from(["all", "present", "valid", "none"]),
        "tie": st.just("runoff"),
        "shortfall": st.just("vacant"),
    }
)
turnouts = st.builds(Turnout, *[st.integers(0, 12)] * 4)


@given(decisions, turnouts, st.lists(st.integers(0, 12), min_size=1, max_size=7))
def test_decision_keeps_its_promises(
    rules: dict[str, Any], turnout: Turnout, votes: list[int]
) -> None:
    style = check_manifest(choice(len(votes), 1, rules=rules))
    count = dict(zip(style.projects, votes, strict=True))

    outcome = decide(style, [*votes, 0], turnout, "")

    assert isinstance(outcome, DecisionOutcome)
    lists = outcome.elected + outcome.tied + outcome.not_elected
    if not outcome.valid:
        assert (lists, outcome.open_seats) == ([], 0)
        return
    assert sorted(lists) == sorted(count)
    assert len(outcome.elected) + outcome.open_seats == rules["seats"]
    assert len(outcome.tied) != 1
    assert not outcome.tied or len(outcome.tied) > outcome.open_seats > 0
    assert len({count[project] for project in outcome.tied}) <= 1
    assert outcome.required == required_votes(style.rules, turnout)  # type: ignore[arg-type]  # a decision's
    ahead = [count[project] for project in outcome.elected + outcome.tied]
    assert ahead == sorted(ahead, reverse=True)
    assert all(vote >= max(1, outcome.required) for vote in ahead)
    behind = [count[project] for project in outcome.not_elected]
    if outcome.open_seats == 0 or outcome.tied:
        assert max(behind, default=0) < min(ahead, default=13)
    else:
        assert all(vote < max(1, outcome.required) for vote in behind)


@given(st.booleans(), turnouts, st.lists(st.integers(0, 12), min_size=3, max_size=3))
def test_more_satisfaction_never_makes_a_grade_worse(
    strict: bool, turnout: Turnout, counts: list[int]
) -> None:
    style = check_manifest(rating(1, strict=strict))
    order = ["dissatisfied", "basic", "satisfied"]

    def grade(satisfied: int, basic: int, dissatisfied: int) -> int:
        outcome = decide(style, [satisfied, basic, dissatisfied, 0], turnout, "")
        assert isinstance(outcome, RatingOutcome)
        return order.index(outcome.grades["p1"]) if outcome.valid else 0

    first, second, third = counts
    better = [grade(first + 1, second, third)]
    better += [grade(first + 1, second - 1, third)] if second else []
    better += [grade(first, second + 1, third - 1)] if third else []
    assert min(better) >= grade(first, second, third)
