"""The demand index and the what-if sums, by hand-worked examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.rules.screening import (
    Choice,
    Opinions,
    Voices,
    demand_of,
    equal_shares,
    greedy,
)


@pytest.mark.parametrize(
    ("voices", "opinions", "stars"),
    [
        (Voices(), Opinions(), 0),
        (Voices(0, 0, 90), Opinions(), 0),
        (Voices(1, 0, 90), Opinions(), 1),
        (Voices(5, 40, 90), Opinions(), 3),
        (Voices(10, 80, 90), Opinions(), 5),
        (Voices(10, 80, 90), Opinions(support=5), 5),
        (Voices(10, 80, 90), Opinions(against=5), 3),
        (Voices(5, 40, 90), Opinions(support=2, reserved=1, against=1), 3),
        (Voices(), Opinions(support=3), 5),
        (Voices(), Opinions(against=3), 1),
        (Voices(5, 40, 90), Opinions(against=2), 3),
    ],
)
def test_stars_follow_the_rule(voices: Voices, opinions: Opinions, stars: int) -> None:
    assert demand_of(voices, opinions).stars == stars


def test_the_numbers_of_the_explanation_are_those_of_the_rule() -> None:
    found = demand_of(Voices(5, 40, 90), Opinions(support=2, reserved=1, against=1))

    assert (found.residents_percent, found.deputies_percent) == (50, 63)
    assert found.percent == 55  # 0.6 * 50 + 0.4 * 62.5
    assert found.stars == 3  # 1 + 4 * 0.55 = 3.2
    assert found.counts_deputies


def test_too_few_opinions_are_shown_but_do_not_count() -> None:
    found = demand_of(Voices(9, 81, 90), Opinions(against=2))

    assert not found.counts_deputies
    assert found.opinions.total == 2
    assert found.stars == 5


def test_the_greedy_sum_takes_the_most_wanted_that_fits() -> None:
    choices = [Choice("a", 60, 90), Choice("b", 50, 80), Choice("c", 40, 70)]

    assert greedy(choices, 100) == ("a", "c")
    assert greedy(choices, 30) == ()


def test_equal_shares_serves_a_minority_that_the_greedy_sum_passes_over() -> None:
    many, few = frozenset(range(6)), frozenset(range(6, 10))
    choices = [
        Choice("a", 30, 90, many),
        Choice("b", 30, 80, many),
        Choice("c", 40, 40, few),
        Choice("d", 40, 60, many),
    ]

    assert greedy(choices, 100) == ("a", "b", "d")
    assert equal_shares(choices, 100) == ("a", "b", "c")


def test_supporters_with_less_left_give_what_they_have() -> None:
    choices = [Choice("a", 20, 1, frozenset({1, 2})), Choice("b", 35, 1, frozenset({2, 3}))]

    # Each of three has 30. After a, which takes 10 from 1 and 2, b takes 17.5 from 2 and 3.
    assert equal_shares(choices, 90) == ("a", "b")
    assert equal_shares([choices[1]], 34) == ()


def test_nobody_who_supports_anything_buys_nothing() -> None:
    assert equal_shares([Choice("a", 1, 5)], 100) == ()
    assert equal_shares([], 100) == ()


@given(
    st.lists(st.tuples(st.integers(1, 50), st.frozensets(st.integers(1, 6))), max_size=6),
    st.integers(0, 120),
)
def test_no_sum_spends_more_than_there_is(made: list[tuple[int, frozenset[int]]], cap: int) -> None:
    choices = [Choice(str(n), cost, cost, who) for n, (cost, who) in enumerate(made)]
    costs = {choice.code: choice.cost for choice in choices}

    for chosen in (greedy(choices, cap), equal_shares(choices, cap)):
        assert sum(costs[code] for code in chosen) <= cap
        assert len(set(chosen)) == len(chosen)
