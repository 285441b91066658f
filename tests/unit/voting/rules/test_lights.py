"""Lights by thresholds, and the red that is made up for."""

from __future__ import annotations

import pytest

from voting.rules.lights import Light, Reason, Standing, Thresholds, light_of, planned_at

USUAL = Thresholds()


@pytest.mark.parametrize(
    ("planned", "actual", "light"),
    [
        (30, 40, Light.GREEN),
        (30, 30, Light.GREEN),
        (30, 25, Light.GREEN),
        (30, 24, Light.YELLOW),
        (30, 15, Light.YELLOW),
        (30, 14, Light.RED),
        (0, 0, Light.GREEN),
        (100, 0, Light.RED),
    ],
)
def test_the_lag_decides_within_its_thresholds(planned: int, actual: int, light: Light) -> None:
    assert light_of(Standing(planned, actual), USUAL).light is light


def test_thresholds_can_be_set() -> None:
    strict = Thresholds(yellow_above=0, red_above=2)

    assert light_of(Standing(30, 29), strict).light is Light.YELLOW
    assert light_of(Standing(30, 27), strict).light is Light.RED


def test_an_overdue_step_is_red_whatever_the_percentage() -> None:
    verdict = light_of(Standing(30, 60, overdue_steps=1), USUAL)

    assert (verdict.light, verdict.reason) == (Light.RED, Reason.STEP_OVERDUE)


def test_a_missing_report_is_yellow_at_least() -> None:
    missing = light_of(Standing(30, 30, report_is_missing=True), USUAL)
    far = light_of(Standing(60, 30, report_is_missing=True), USUAL)

    assert (missing.light, missing.reason) == (Light.YELLOW, Reason.NO_REPORT)
    assert (far.light, far.reason) == (Light.RED, Reason.FAR_BEHIND)


def test_a_red_that_is_made_up_for_shows_yellow_once() -> None:
    first = light_of(Standing(50, 50), USUAL, Light.RED)
    second = light_of(Standing(60, 60), USUAL, first.light)

    assert (first.light, first.reason) == (Light.YELLOW, Reason.MADE_UP)
    assert second.light is Light.GREEN


def test_a_congress_may_do_without_that() -> None:
    rule = Thresholds(red_leads_to_yellow=False)

    assert light_of(Standing(50, 50), rule, Light.RED).light is Light.GREEN


def test_what_is_accepted_is_blue_even_when_it_was_late() -> None:
    standing = Standing(100, 80, overdue_steps=2, is_accepted=True)

    assert light_of(standing, USUAL, Light.RED).light is Light.BLUE


def test_without_a_plan_nothing_is_on_schedule_and_what_is_missing_still_shows() -> None:
    planless = light_of(Standing(0, 40, has_plan=False), USUAL)
    missing = light_of(Standing(0, 0, report_is_missing=True, has_plan=False), USUAL)

    assert (planless.light, planless.reason) == (Light.GREY, Reason.NO_PLAN)
    assert missing.light is Light.YELLOW


def test_months_without_a_target_keep_the_last_one() -> None:
    targets = {3: 10, 6: 50, 11: 100}

    assert [planned_at(targets, month) for month in (1, 3, 5, 6, 10, 12)] == [
        0,
        10,
        10,
        50,
        50,
        100,
    ]
