"""Deadlines over the ends of months and leap days, and rates as reports round them."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from voting.rules.preferences import Preferences
from voting.rules.suggestions import Rates, Terms, classes_of, months_later, percent

TERMS = Terms()


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 3, 10), 3, date(2026, 6, 10)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
    ],
)
def test_months_end_where_the_month_is_too_short(day: date, months: int, then: date) -> None:
    assert months_later(day, months) == then


def test_a_reply_has_three_months_or_six_where_much_is_to_be_clarified() -> None:
    assigned = date(2026, 2, 10)

    assert TERMS.reply_by(assigned, is_broad=False) == date(2026, 5, 10)
    assert TERMS.reply_by(assigned, is_broad=True) == date(2026, 8, 10)


def test_returning_opinion_and_new_reply_have_terms_of_their_own() -> None:
    assert TERMS.accept_by(date(2028, 2, 20)) == date(2028, 3, 1)
    assert TERMS.opinion_by(date(2026, 12, 31)) == date(2027, 2, 28)
    assert TERMS.reply_again_by(date(2026, 5, 31)) == date(2026, 6, 30)


def test_terms_and_classes_are_settings() -> None:
    own = Preferences({"suggestions.reply_months": 2, "suggestions.classes": "ABCD"})

    assert Terms.of(own).reply_by(date(2026, 1, 1), is_broad=False) == date(2026, 3, 1)
    assert "".join(classes_of(own)) == "ABCD"
    assert "".join(classes_of(Preferences({}))) == "ABC"


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(299, 372, "80.4"), (55, 372, "14.8"), (18, 372, "4.8")]
)
def test_shares_are_rounded_to_a_tenth(part: int, whole: int, share: str) -> None:
    assert percent(part, whole) == Decimal(share)


def test_there_is_no_share_of_nothing() -> None:
    assert percent(0, 0) is None
    assert Rates().answered_rate is None
    assert Rates().result_rates == (None, None)


def test_what_counts_as_solved_is_a_setting() -> None:
    classes = Counter(A=281, B=66, C=18)

    strict = Rates(solved="A", answered=365, classes=classes)
    wide = Rates(solved="AB", answered=365, classes=classes)

    assert (strict.solved_rate, wide.solved_rate) == (Decimal("77.0"), Decimal("95.1"))


def test_both_rates_of_satisfied_are_told() -> None:
    rates = Rates(attitude=Counter(satisfied=8, basic=1, dissatisfied=1))

    assert rates.attitude_rates == (Decimal("80.0"), Decimal("90.0"))
