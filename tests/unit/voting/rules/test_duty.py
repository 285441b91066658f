"""The next days of duty, over the ends of months and years."""

from __future__ import annotations

from datetime import date, time

from voting.rules.duty import Duty, next_days


def duty(weekday: int, week: int | None = None) -> Duty:
    """Give a duty in the morning."""
    return Duty(weekday, week, time(9), time(11))


def test_today_counts() -> None:
    assert next_days(duty(0), date(2026, 11, 23)) == (
        date(2026, 11, 23),
        date(2026, 11, 30),
        date(2026, 12, 7),
    )


def test_a_week_of_the_month_goes_over_the_year() -> None:
    assert next_days(duty(2, 1), date(2026, 12, 3), 2) == (date(2027, 1, 6), date(2027, 2, 3))


def test_a_fifth_weekday_is_waited_for() -> None:
    assert next_days(duty(5, 5), date(2026, 2, 1), 2) == (date(2026, 5, 30), date(2026, 8, 29))


def test_leap_days_are_days() -> None:
    assert next_days(duty(1, 5), date(2028, 2, 1), 1) == (date(2028, 2, 29),)
