"""Problems from their finding to their closing, visits, activities, and the project's way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.supervised import YEAR, Supervised, begin, move
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import NotAllowed, NotNow, NotValid
from voting.i18n import this_day
from voting.models.inspections import (
    Activity,
    ActivityKind,
    Finding,
    FindingKind,
    FindingState,
)
from voting.models.milestones import Stage
from voting.models.projects import ProjectState
from voting.models.sittings import Deputy
from voting.rules.escalation import Level
from voting.services import milestones
from voting.services.supervision import (
    activities,
    adjusting,
    groups,
    problems,
    steps_of,
    visits,
)
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.adjusting import AdjustmentForm
from voting.services.supervision.counting import count_year
from voting.services.supervision.finding import find_project
from voting.services.supervision.groups import TargetRow
from voting.services.supervision.problems import Found
from voting.services.supervision.visits import Visit


@pytest.fixture
def begun(tx: Tx, made: Supervised) -> Supervised:
    """The congress under supervision."""
    begin(tx, made)
    return made


def raised(tx: Tx, made: Supervised, kind: FindingKind = FindingKind.PROBLEM) -> Finding:
    """Enter something about the first project, to be answered within ten days."""
    project = find_project(tx, made.congress_id, made.codes[0])
    found = Found(kind, "脚手架搭设不规范", this_day() + timedelta(days=10))
    return problems.raise_finding(tx, made.office.actor, project, found)


def stages(tx: Tx, made: Supervised) -> list[Stage]:
    """Give the milestones of the first project after its plan."""
    lines = milestones.of_project(tx, made.congress_id, made.codes[0])
    return [line.stage for line in lines[3:]]


def inspection(tx: Tx, made: Supervised, clock: StoppedClock) -> Activity:
    """Plan an inspection of now."""
    plan = ActivityPlan(ActivityKind.VISIT, "视察", "", clock.at, (made.codes[0],))
    return activities.plan_activity(tx, made.office.actor, made.congress_id, plan)


def adjustment(**changes: object) -> AdjustmentForm:
    """Give an adjustment that changes what is named."""
    values: dict[str, object] = {
        "decided_on": date(2026, 3, 1),
        "body": "主任会议",
        "reason": "地质条件变化",
        "content": "按年度计划实施",
        "place": "全区",
        "goal": "年底前完成",
        "due_on": None,
        "total_yuan": 30_000_000,
    }
    return AdjustmentForm(**{**values, **changes})  # type: ignore[arg-type]  # names are checked


def test_a_problem_goes_to_and_fro_until_it_is_mended(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    office, unit, congress_id = begun.office.actor, begun.unit.actor, begun.congress_id
    row = raised(tx, begun)
    problems.answer_finding(tx, unit, congress_id, row.id, words="已整改")
    move(clock, 3, 9)
    problems.return_finding(
        tx, office, congress_id, row.id, words="未到位", due_on=date(2026, 3, 20)
    )
    problems.answer_finding(tx, unit, congress_id, row.id, words="再次整改")
    problems.close_finding(tx, office, congress_id, row.id, words="合格", checker="林主任")

    assert row.state is FindingState.CLOSED
    assert row.closed_on == date(2026, 3, 9)
    assert [step.by_name for step in row.steps][-1] == "林主任"
    assert stages(tx, begun) == [Stage.PROBLEM, Stage.ANSWERED, Stage.ANSWERED, Stage.CLOSED]


def test_nobody_closes_what_was_not_answered(tx: Tx, begun: Supervised) -> None:
    row = raised(tx, begun)

    with pytest.raises(NotNow):
        problems.close_finding(
            tx, begun.office.actor, begun.congress_id, row.id, words="x", checker="y"
        )
    with pytest.raises(NotAllowed):
        problems.answer_finding(tx, begun.office.actor, begun.congress_id, row.id, words="x")


def test_advice_is_no_problem_of_the_log(tx: Tx, begun: Supervised) -> None:
    raised(tx, begun, FindingKind.ADVICE)

    assert stages(tx, begun) == []


@pytest.mark.parametrize(
    ("days", "level"),
    [
        (10, Level.NONE),
        (11, Level.OFFICE),
        (18, Level.LEADER),
        (41, Level.STANDING_COMMITTEE),
    ],
)
def test_an_unanswered_problem_goes_up(
    tx: Tx, begun: Supervised, clock: StoppedClock, days: int, level: Level
) -> None:
    row = raised(tx, begun)
    clock.advance(days * 86400)

    assert problems.levels(tx, begun.congress_id, [row])[row.id] is level


def test_an_answered_problem_waits_for_the_office(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    row = raised(tx, begun)
    problems.answer_finding(tx, begun.unit.actor, begun.congress_id, row.id, words="已整改")
    clock.advance(90 * 86400)

    assert problems.levels(tx, begun.congress_id, [row])[row.id] is Level.NONE


def test_a_problem_needs_a_day_that_is_to_come(tx: Tx, begun: Supervised) -> None:
    project = find_project(tx, begun.congress_id, begun.codes[0])
    found = Found(FindingKind.PROBLEM, "x", this_day() - timedelta(days=1))

    with pytest.raises(NotValid):
        problems.raise_finding(tx, begun.office.actor, project, found)


def test_a_deputys_visit_counts_as_an_attendance(tx: Tx, begun: Supervised) -> None:
    actor, congress_id = begun.deputy.actor, begun.congress_id
    visit = Visit(ActivityKind.UNANNOUNCED, this_day(), "长河", "走访", "有序")
    row = visits.record_visit(tx, actor, congress_id, begun.codes[0], visit=visit)
    visits.add_finding(tx, actor, row, kind=FindingKind.PROBLEM, words="围挡破损")

    counted = count_year(tx, congress_id, YEAR)

    assert (counted.activities, counted.attendances, counted.problems) == (1, 1, 1)
    assert (counted.groups, counted.members, counted.projects) == (1, 2, 3)


@pytest.mark.parametrize(
    ("kind", "days"),
    [(ActivityKind.INQUIRY, 0), (ActivityKind.UNANNOUNCED, -1), (ActivityKind.UNANNOUNCED, 61)],
)
def test_visits_of_another_kind_or_day_are_refused(
    tx: Tx, begun: Supervised, kind: ActivityKind, days: int
) -> None:
    visit = Visit(kind, this_day() - timedelta(days=days), "", "走访", "有序")

    with pytest.raises(NotValid):
        visits.record_visit(tx, begun.deputy.actor, begun.congress_id, begun.codes[0], visit=visit)


def test_who_is_no_deputy_makes_no_visit(tx: Tx, begun: Supervised) -> None:
    visit = Visit(ActivityKind.UNANNOUNCED, this_day(), "", "走访", "有序")

    with pytest.raises(NotAllowed):
        visits.record_visit(tx, begun.office.actor, begun.congress_id, begun.codes[0], visit=visit)


def test_who_left_the_congress_neither_visits_nor_signs_in(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    row = inspection(tx, begun, clock)
    visit = Visit(ActivityKind.UNANNOUNCED, this_day(), "", "走访", "有序")
    tx.get_one(Deputy, begun.deputy_ids[0]).is_active = False

    with pytest.raises(NotAllowed):
        visits.record_visit(tx, begun.deputy.actor, begun.congress_id, begun.codes[0], visit=visit)
    with pytest.raises(NotAllowed):
        activities.sign_in(tx, begun.deputy.actor, row.code)


def test_findings_are_written_down_after_the_activity(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    row = inspection(tx, begun, clock)
    row.starts_at += timedelta(days=2)

    with pytest.raises(NotNow):
        activities.hold_activity(tx, begun.office.actor, begun.congress_id, row.id, findings="x")


def test_a_cancelled_activity_takes_nobody_in(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    row = inspection(tx, begun, clock)
    activities.cancel_activity(tx, begun.office.actor, begun.congress_id, row.id)

    with pytest.raises(NotNow):
        activities.sign_in(tx, begun.deputy.actor, row.code)


def test_an_adjustment_keeps_what_was_before(tx: Tx, begun: Supervised) -> None:
    form = adjustment(goal="明年六月前完成", total_yuan=28_000_000)
    row = adjusting.adjust_project(
        tx, begun.office.actor, begun.congress_id, begun.codes[0], form=form
    )

    assert row.changes == {
        "goal": {"old": "年底前完成", "new": "明年六月前完成"},
        "total_yuan": {"old": "30000000", "new": "28000000"},
    }
    assert stages(tx, begun) == [Stage.ADJUSTED]


def test_an_adjustment_that_changes_nothing_is_none(tx: Tx, begun: Supervised) -> None:
    with pytest.raises(NotValid):
        adjusting.adjust_project(
            tx, begun.office.actor, begun.congress_id, begun.codes[0], form=adjustment()
        )


def test_an_accepted_project_is_over(tx: Tx, begun: Supervised) -> None:
    actor, congress_id, code = begun.office.actor, begun.congress_id, begun.codes[0]
    adjusting.accept_project(tx, actor, congress_id, code, accepted_on=this_day(), note="合格")
    project = find_project(tx, congress_id, code)

    assert project.state is ProjectState.ACCEPTED
    with pytest.raises(NotNow):
        groups.save_targets(tx, actor, congress_id, code, targets=[TargetRow(5, 10)])
    with pytest.raises(NotNow):
        adjusting.adjust_project(tx, actor, congress_id, code, form=adjustment(goal="x"))


def test_targets_never_fall(tx: Tx, begun: Supervised) -> None:
    with pytest.raises(NotValid) as refused:
        groups.save_targets(
            tx,
            begun.office.actor,
            begun.congress_id,
            begun.codes[0],
            targets=[TargetRow(5, 30), TargetRow(6, 20)],
        )

    assert refused.value.problems[0].field == "percent_6"


def test_the_way_of_a_project_points_to_the_log(
    tx: Tx, begun: Supervised, clock: StoppedClock
) -> None:
    row = raised(tx, begun)
    clock.advance(3600)
    problems.answer_finding(tx, begun.unit.actor, begun.congress_id, row.id, words="已整改")
    activity = inspection(tx, begun, clock)
    activities.hold_activity(
        tx, begun.office.actor, begun.congress_id, activity.id, findings="有序"
    )
    adjusting.adjust_project(
        tx, begun.office.actor, begun.congress_id, begun.codes[0], form=adjustment(goal="x")
    )
    project = find_project(tx, begun.congress_id, begun.codes[0])

    told = {step.words.id: step.milestone for step in steps_of(tx, project)}

    assert told["Supervision begins."] is None
    assert len({index for index in told.values() if index is not None}) == 4


def test_a_project_decided_on_paper_is_supervised_without_the_log(
    tx: Tx, begun: Supervised
) -> None:
    project = find_project(tx, begun.congress_id, begun.codes[0])
    project.code = "2026-77"
    found = Found(FindingKind.PROBLEM, "x", this_day())
    problems.raise_finding(tx, begun.office.actor, project, found)

    assert milestones.of_project(tx, begun.congress_id, "2026-77") == ()
