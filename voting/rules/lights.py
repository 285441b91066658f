"""Lights of a project: green, yellow, red, blue or none, from plan and progress by thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from voting.errors import Message, msg


class Light(StrEnum):
    """How a project stands; always shown with its word and icon."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"
    GREY = "grey"


LIGHT_NAMES: Final[dict[Light, Message]] = {
    Light.GREEN: msg("On schedule"),
    Light.YELLOW: msg("Lagging"),
    Light.RED: msg("Seriously behind"),
    Light.BLUE: msg("Finished and accepted"),
    Light.GREY: msg("No plan for this month yet"),
}


class Reason(StrEnum):
    """Why a light is as it is."""

    ACCEPTED = "accepted"
    FAR_BEHIND = "far_behind"
    STEP_OVERDUE = "step_overdue"
    BEHIND = "behind"
    NO_REPORT = "no_report"
    MADE_UP = "made_up"
    NO_PLAN = "no_plan"
    ON_TARGET = "on_target"


REASON_NAMES: Final[dict[Reason, Message]] = {
    Reason.ACCEPTED: msg("The project is finished and accepted."),
    Reason.FAR_BEHIND: msg("Progress is far behind the month's target."),
    Reason.STEP_OVERDUE: msg("A step of the plan is overdue."),
    Reason.BEHIND: msg("Progress is behind the month's target."),
    Reason.NO_REPORT: msg("The monthly report has not come in on time."),
    Reason.MADE_UP: msg("It was red, and has been made up for."),
    Reason.NO_PLAN: msg("The months of this project have no targets yet."),
    Reason.ON_TARGET: msg("Progress is on the month's target or ahead of it."),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Above how many points of lag a light changes; whether a red made up for is yellow."""

    yellow_above: int = 5
    red_above: int = 15
    red_leads_to_yellow: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a project at one moment; percentages are whole numbers."""

    planned: int
    actual: int
    overdue_steps: int = 0
    report_is_missing: bool = False
    is_accepted: bool = False
    has_plan: bool = True

    @property
    def lag(self) -> int:
        """By how many points progress is behind the plan; never below nothing."""
        return max(0, self.planned - self.actual)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A light and why."""

    light: Light
    reason: Reason


def light_of(standing: Standing, thresholds: Thresholds, before: Light | None = None) -> Verdict:
    """Work out the light; `before` is the light that the project had last.

    A red that is made up shows yellow once, so that nobody overlooks that it was late; the next
    report on target makes it green.
    """
    is_made_up = before is Light.RED and thresholds.red_leads_to_yellow
    asked = (
        (standing.is_accepted, Light.BLUE, Reason.ACCEPTED),
        (standing.lag > thresholds.red_above, Light.RED, Reason.FAR_BEHIND),
        (standing.overdue_steps > 0, Light.RED, Reason.STEP_OVERDUE),
        (standing.lag > thresholds.yellow_above, Light.YELLOW, Reason.BEHIND),
        (standing.report_is_missing, Light.YELLOW, Reason.NO_REPORT),
        (is_made_up, Light.YELLOW, Reason.MADE_UP),
        # Nothing can be on schedule where there is none.
        (not standing.has_plan, Light.GREY, Reason.NO_PLAN),
    )
    found = (Verdict(light, reason) for is_so, light, reason in asked if is_so)
    return next(found, Verdict(Light.GREEN, Reason.ON_TARGET))


def planned_at(targets: dict[int, int], month: int) -> int:
    """Give the percentage planned for the end of a month: that of the last target until then."""
    return max((percent for at, percent in targets.items() if at <= month), default=0)
