"""What is due: to whom, until when, and when it is done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.supervised import YEAR, Supervised, begin, move
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import NotNow, NotValid
from voting.i18n import this_day
from voting.models.inspections import ActivityKind, FindingKind, PaperKind
from voting.models.milestones import Stage
from voting.rules.access import Actor
from voting.rules.cadence import Cadence, Item, Period, Record
from voting.rules.roles import Role
from voting.services import milestones
from voting.services.reports.dues import read_dues
from voting.services.supervision import activities, dues, papers, problems, years
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.finding import find_project
from voting.services.supervision.problems import Found
from voting.services.supervision.tasks import Task, tasks
from voting.services.supervision.years import YearPlan


def find_tasks(tx: Tx, made: Supervised, record: Record) -> list[Task]:
    """Give the tasks of a record, in the order of their days."""
    found = tasks(tx, made.congress_id, YEAR, this_day())
    return [task for task in found if task.item.record is record]


def keys(tx: Tx, made: Supervised, actor: Actor) -> list[str]:
    """Give the keys of what somebody owes."""
    return [due.key for due in dues(tx, actor, made.congress_id, this_day())]


def hold(tx: Tx, made: Supervised, kind: ActivityKind, clock: StoppedClock) -> None:
    """Hold an activity about the first project."""
    plan = ActivityPlan(kind, "活动", "", clock.at, (made.codes[0],), made.deputy_ids)
    row = activities.plan_activity(tx, made.office.actor, made.congress_id, plan)
    activities.hold_activity(tx, made.office.actor, made.congress_id, row.id, findings="有序")


def publish(tx: Tx, made: Supervised, kind: PaperKind, period: Period) -> None:
    """Publish a paper."""
    papers.publish_paper(
        tx, made.office.actor, made.congress_id, kind, period=period, title="标题", text="正文"
    )


def test_before_the_year_begins_the_office_owes_its_beginning(tx: Tx, made: Supervised) -> None:
    assert keys(tx, made, made.office.actor) == ["supervision:2026"]
    assert keys(tx, made, made.unit.actor) == []


def test_a_group_is_due_for_every_project_and_done_for_one(tx: Tx, made: Supervised) -> None:
    begin(tx, made)

    groups = find_tasks(tx, made, Record.GROUP)

    assert [task.is_done for task in groups] == [True, False, False]
    assert {task.due_on for task in groups} == {date(2026, 3, 31)}


def test_what_is_done_is_due_no_more(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made)
    move(clock, 6, 1)
    hold(tx, made, ActivityKind.VISIT, clock)
    hold(tx, made, ActivityKind.INQUIRY, clock)
    publish(tx, made, PaperKind.BULLETIN, Period(Cadence.MONTH, YEAR, 5, 5))

    inspections = find_tasks(tx, made, Record.INSPECTION)
    bulletins = find_tasks(tx, made, Record.BULLETIN)

    assert [(task.period.key, task.is_done) for task in inspections] == [
        ("2026-q2", True),
        ("2026-q2", False),
        ("2026-q2", False),
    ]
    assert [task.period.first for task in bulletins if task.is_done] == [5]


@pytest.mark.parametrize(("kind", "number"), [(PaperKind.HALF_YEAR, 1), (PaperKind.YEAR, 0)])
def test_a_report_counts_for_its_period(
    tx: Tx, made: Supervised, clock: StoppedClock, kind: PaperKind, number: int
) -> None:
    begin(tx, made)
    move(clock, 12, 31)
    record, cadence = {
        PaperKind.HALF_YEAR: (Record.HALF_YEAR_REPORT, Cadence.HALF_YEAR),
        PaperKind.YEAR: (Record.YEAR_REPORT, Cadence.YEAR),
    }[kind]
    item = Item("报告", cadence, Role.COMMITTEE, record, each_project=False, due_days=0)
    years.save_items(tx, made.office.actor, made.congress_id, year=YEAR, items=[item])
    publish(tx, made, kind, papers.period_of(kind, YEAR, number))

    assert find_tasks(tx, made, record)[0].is_done


def test_a_rating_is_done_when_every_project_has_one(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    move(clock, 1, 20, YEAR + 1)
    for code in made.codes:
        before = find_tasks(tx, made, Record.RATING)
        content = {"grade": "satisfied"}
        milestones.record(tx, made.congress_id, code, Stage.RATED, content=content)

        assert not before[0].is_done
    assert find_tasks(tx, made, Record.RATING)[0].is_done


def test_a_unit_owes_reports_and_answers_alone(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    project = find_project(tx, made.congress_id, made.codes[0])
    found = Found(FindingKind.ADVICE, "增设雨棚", this_day() + timedelta(days=9))
    problems.raise_finding(tx, made.office.actor, project, found)
    move(clock, 3, 25)

    assert keys(tx, made, made.unit.actor) == [
        "progress:2026-m03:2026-01",
        "progress:2026-m03:2026-02",
        "progress:2026-m03:2026-03",
        "answer:1",
    ]


def test_the_office_is_told_of_answers_and_of_what_goes_up(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    project = find_project(tx, made.congress_id, made.codes[0])
    for words in ("一", "二"):
        found = Found(FindingKind.PROBLEM, words, this_day() + timedelta(days=1))
        problems.raise_finding(tx, made.office.actor, project, found)
    problems.answer_finding(tx, made.unit.actor, made.congress_id, 1, words="已整改")
    move(clock, 3, 20)

    owed = dues(tx, made.office.actor, made.congress_id, this_day())
    told = {due.key: str(due.words) for due in owed}

    assert "check:1" in told
    assert "Taken up by a leader" in told["urge:2"]


def test_deputies_are_reminded_until_they_have_signed_in(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    plan = ActivityPlan(
        ActivityKind.VISIT, "视察", "", clock.at, (made.codes[0],), made.deputy_ids[:1]
    )
    row = activities.plan_activity(tx, made.office.actor, made.congress_id, plan)
    before = keys(tx, made, made.deputy.actor)
    activities.sign_in(tx, made.deputy.actor, row.code)

    assert before == ["activity:1"]
    assert keys(tx, made, made.deputy.actor) == []


def test_what_is_overdue_comes_first(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made)
    move(clock, 4, 20)

    (section,) = read_dues(tx, made.unit.actor)

    days = [line.due_on for line in section.lines if line.due_on]
    assert days == sorted(days)
    assert section.lines[0].is_overdue(section.today)
    assert section.overdue == 3


def test_a_year_is_begun_twice_without_harm(tx: Tx, made: Supervised) -> None:
    begin(tx, made)

    again = years.begin_year(
        tx, made.office.actor, made.congress_id, YearPlan(YEAR, date(YEAR, 5, 1), "four")
    )

    assert again == 0
    assert len(find_tasks(tx, made, Record.GROUP)) == 3


def test_a_year_begins_in_its_own_year_and_with_projects(tx: Tx, made: Supervised) -> None:
    actor = made.office.actor
    with pytest.raises(NotValid):
        years.begin_year(tx, actor, made.congress_id, YearPlan(YEAR, date(2027, 1, 1), "five"))
    with pytest.raises(NotNow):
        years.begin_year(tx, actor, made.congress_id, YearPlan(2027, date(2027, 1, 1), "five"))
    with pytest.raises(NotValid):
        years.begin_year(tx, actor, made.congress_id, YearPlan(YEAR, date(2026, 3, 1), "six"))


@pytest.mark.parametrize(
    "item",
    [
        Item("x", Cadence.MONTH, Role.UNIT, Record.PROGRESS, each_project=False, due_days=5),
        Item("x", Cadence.MONTH, Role.COMMITTEE, Record.BULLETIN, each_project=True, due_days=5),
        Item("x", Cadence.YEAR, Role.COMMITTEE, Record.BULLETIN, each_project=False, due_days=5),
    ],
)
def test_items_that_can_never_be_done_are_refused(tx: Tx, made: Supervised, item: Item) -> None:
    begin(tx, made)

    with pytest.raises(NotValid):
        years.save_items(tx, made.office.actor, made.congress_id, year=YEAR, items=[item])
