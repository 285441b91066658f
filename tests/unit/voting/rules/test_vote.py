"""The settings of a vote say what they mean before anyone has voted."""

from __future__ import annotations

from itertools import product

import pytest

from voting.rules.clauses import Occasion, clauses
from voting.rules.vote import (
    Base,
    DecisionSettings,
    Minimum,
    Order,
    Preset,
    RatingSettings,
    Shortfall,
    Style,
    Threshold,
    Tie,
    advise,
    check_settings,
    preset,
)

OCCASION = Occasion("第一次会议", deputies=327, candidates=13, is_named=False)


def in_words(settings: DecisionSettings | RatingSettings, occasion: Occasion = OCCASION) -> str:
    """Give all clauses in English."""
    return "\n".join(str(clause) for clause in clauses(settings, occasion))


@pytest.mark.parametrize(
    ("name", "threshold"),
    [
        (Preset.MAJORITY_OF_ALL, Threshold.ALL),
        (Preset.MAJORITY_OF_PRESENT, Threshold.PRESENT),
        (Preset.PLAIN_RANK, Threshold.NONE),
    ],
)
def test_presets_differ_in_the_threshold(name: Preset, threshold: Threshold) -> None:
    assert preset(name, 10).threshold is threshold


@pytest.mark.parametrize(
    ("minimum", "least"), [(Minimum.NONE, 0), (Minimum.ONE, 1), (Minimum.SEATS, 10)]
)
def test_the_minimum_is_a_number_of_projects(minimum: Minimum, least: int) -> None:
    assert DecisionSettings(10, minimum=minimum).least == least


@pytest.mark.parametrize(
    ("seats", "style", "candidates", "fits"),
    [
        (10, Style.SHEET, 13, True),
        (10, Style.SHEET, 10, False),
        (10, Style.SHEET, 9, False),
        (10, Style.EACH, 10, True),
        (10, Style.EACH, 9, False),
        (0, Style.SHEET, 13, False),
        (10, Style.SHEET, 0, True),
    ],
)
def test_only_a_vote_with_nothing_to_choose_is_blocked(
    seats: int, style: Style, candidates: int, *, fits: bool
) -> None:
    problems = check_settings(DecisionSettings(seats, style=style), candidates)

    assert (problems == []) == fits
    assert all(problem.field == "seats" for problem in problems)


@pytest.mark.parametrize(
    ("candidates", "seats", "warned"),
    [
        (12, 10, False),
        (13, 10, False),
        (11, 10, True),
        (30, 24, False),
        (28, 24, True),
        (2, 1, False),
    ],
)
def test_a_surplus_below_a_fifth_is_warned_of(candidates: int, seats: int, *, warned: bool) -> None:
    advice = [str(m) for m in advise(preset(Preset.PLAIN_RANK, seats), candidates)]

    assert bool(advice) == warned


@pytest.mark.parametrize(
    ("candidates", "words"),
    [
        (12, "83 % of the votes on average: a majority rule will nearly always fill"),
        (15, "67 % of the votes on average: under a majority rule some seats may stay empty"),
        (20, "only 50 % of the votes on average: a majority rule will often leave seats empty"),
    ],
)
def test_a_majority_rule_is_explained_by_the_mean_share(candidates: int, words: str) -> None:
    advice = [str(m) for m in advise(preset(Preset.MAJORITY_OF_ALL, 10), candidates)]

    assert len(advice) == 1
    assert words in advice[0]


def test_no_advice_is_given_where_nothing_can_be_said() -> None:
    assert advise(preset(Preset.MAJORITY_OF_ALL, 10), 0) == []
    assert advise(preset(Preset.MAJORITY_OF_ALL, 10), 9) == []
    assert advise(preset(Preset.MAJORITY_OF_ALL, 10, Style.EACH), 20) == []


def test_the_clauses_say_the_numbers() -> None:
    said = in_words(preset(Preset.MAJORITY_OF_ALL, 10))

    assert "of 13 candidate projects at most 10 are chosen" in said
    assert "with 327 deputies, at least 218" in said
    assert "with 327 deputies, at least 164 votes" in said
    assert "The ballot is secret." in said


def test_every_setting_changes_the_clauses() -> None:
    every: list[DecisionSettings | RatingSettings] = [
        DecisionSettings(10, style, minimum, threshold, tie, shortfall, order)
        for style, minimum, threshold, tie, shortfall, order in product(
            [Style.SHEET], Minimum, Threshold, Tie, Shortfall, Order
        )
    ]
    every += [DecisionSettings(10, style=Style.EACH), DecisionSettings(9)]
    every += [
        RatingSettings(base, strict=strict, abstain=abstain)
        for base, strict, abstain in product(Base, [True, False], [True, False])
    ]

    said = {in_words(settings) for settings in every}

    assert len(said) == len(every)


def test_a_named_sitting_does_not_promise_a_random_card() -> None:
    named = Occasion("第一次会议", deputies=327, candidates=13, is_named=True)

    assert "by name" in in_words(preset(Preset.PLAIN_RANK, 10), named)
    assert "at random" not in in_words(preset(Preset.PLAIN_RANK, 10), named)


def test_the_clauses_can_be_said_before_candidates_are_known_and_without_surplus() -> None:
    none = Occasion("第一次会议", deputies=327, candidates=0, is_named=False)
    just = Occasion("第一次会议", deputies=327, candidates=10, is_named=False)

    assert "At most 10 projects are chosen." in in_words(preset(Preset.PLAIN_RANK, 10), none)
    assert "10 candidate projects are voted on one by one" in in_words(
        preset(Preset.PLAIN_RANK, 10, Style.EACH), just
    )
