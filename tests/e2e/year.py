"""Plays the people of a project's year: each at a desk of their own, under a clock that moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.axe import violations
from tests.e2e.officials import Desk, House
from tests.supervised import SLUG, Supervised, move, sign_in
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.inspections import ActivityKind, FindingKind
from voting.rules.access import Actor
from voting.services.supervision import activities, problems, progress
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.finding import find_project, find_supervision
from voting.services.supervision.problems import Found
from voting.services.supervision.progress import ReportForm

DESK = f"/desk/{SLUG}/supervision"
UNIT = f"/unit/{SLUG}/progress"
PUBLIC = f"/c/{SLUG}/progress"


@dataclass
class Year:
    """A congress under supervision, served to a browser, with the clock in hand."""

    house: House
    made: Supervised
    clock: StoppedClock

    @property
    def office(self) -> Actor:
        """The committee office."""
        return self.made.office.actor

    @property
    def code(self) -> str:
        """The project that is followed."""
        return self.made.codes[0]

    def on(self, month: int, day: int, year: int = 2026) -> None:
        """Let a day come; everybody signs in anew."""
        move(self.clock, month, day, year)
        with transaction() as tx:
            sign_in(tx, self.made)

    @contextmanager
    def desk(self, who: str) -> Iterator[Desk]:
        """Let somebody sit down at a device, and leave it."""
        made = self.house.desk(who, viewport={"width": 1280, "height": 900})
        yield made
        made.page.context.close()

    def report(self, month: int, percent: int, *steps: str) -> None:
        """Let the unit report, without opening the page."""
        with transaction() as tx:
            project = find_project(tx, self.made.congress_id, self.code)
            rows = find_supervision(tx, project).targets
            form = ReportForm(
                f"{month}月完成{percent}%",
                "",
                "按计划推进",
                percent,
                percent * 200_000,
                reached=tuple(row.id for row in rows if row.words in steps),
            )
            progress.report_progress(
                tx,
                self.made.unit.actor,
                self.made.congress_id,
                self.code,
                month=month,
                form=form,
            )

    def inspect(self, title: str) -> None:
        """Let an inspection be held, with the deputy signed in by its code."""
        with transaction() as tx:
            plan = ActivityPlan(ActivityKind.VISIT, title, "长河街道", clocks.now(), (self.code,))
            row = activities.plan_activity(tx, self.office, self.made.congress_id, plan)
            activities.sign_in(tx, self.made.deputy.actor, row.code)
            activities.hold_activity(
                tx, self.office, self.made.congress_id, row.id, findings="现场有序"
            )

    def find(self, words: str, days: int) -> int:
        """Enter a problem that is to be answered within days; gives its number."""
        with transaction() as tx:
            project = find_project(tx, self.made.congress_id, self.code)
            due = clocks.now().date() + timedelta(days=days)
            found = Found(FindingKind.PROBLEM, words, due)
            return problems.raise_finding(tx, self.office, project, found).id


def look(page: Page) -> list[str]:
    """Tell what a page does to those who cannot see or point, and whether it is too wide."""
    page.evaluate("() => document.getAnimations().forEach((each) => each.finish())")
    wide = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [*violations(page), *([f"{wide} px too wide"] if wide > 0 else [])]


def open_house(browser: Browser, address: str, app: Flask, made: Supervised) -> House:
    """Serve the congress to devices on which its people are signed in."""
    team = {"office": made.office, "unit": made.unit, "deputy": made.deputy}
    return House(browser, address, app, team, slug=SLUG)
