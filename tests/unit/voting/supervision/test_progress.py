"""Monthly reports and the lights that follow from them, through a year."""

from __future__ import annotations

import pytest

from tests.application import Member, enrol
from tests.supervised import SLUG, YEAR, Supervised, begin, move
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import NotAllowed, NotNow, NotValid
from voting.i18n import this_day
from voting.models.milestones import Stage
from voting.models.projects import SubItem
from voting.models.supervision import ProgressReport
from voting.models.units import Unit, UnitMember
from voting.rules.lights import Light, Reason
from voting.rules.roles import Role
from voting.services import milestones
from voting.services.archives.gathering import gather
from voting.services.supervision import adjusting, boards, duty, lighting, parts, progress
from voting.services.supervision.adjusting import AdjustmentForm
from voting.services.supervision.finding import find_project, find_supervision
from voting.services.supervision.parts import Part
from voting.services.supervision.progress import ReportForm


def report(
    tx: Tx, made: Supervised, month: int, percent: int, reached: tuple[str, ...] = ()
) -> ProgressReport:
    """Let the unit report on the first project."""
    project = find_project(tx, made.congress_id, made.codes[0])
    steps = find_supervision(tx, project).targets
    form = ReportForm(
        done="按计划推进",
        trouble="",
        next_steps="继续",
        percent=percent,
        paid_yuan=percent * 100_000,
        parts=(Part(project.sub_items[0].id, percent),),
        reached=tuple(step.id for step in steps if step.words in reached),
    )
    return progress.report_progress(
        tx, made.unit.actor, made.congress_id, made.codes[0], month=month, form=form
    )


def lights(tx: Tx, made: Supervised) -> list[tuple[int, Light, str]]:
    """Give the first project's lights from the first on."""
    project = find_project(tx, made.congress_id, made.codes[0])
    return [(lit.month, lit.light, lit.reason) for lit in reversed(lighting.history(tx, project))]


def test_a_project_goes_through_all_lights(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made)
    move(clock, 4, 2)
    report(tx, made, 3, 12, ("完成设计",))
    move(clock, 5, 3)
    report(tx, made, 4, 12)
    move(clock, 6, 4)
    report(tx, made, 5, 14)
    move(clock, 7, 2)
    report(tx, made, 6, 50, ("开工建设",))
    move(clock, 8, 2)
    report(tx, made, 7, 60)

    assert lights(tx, made)[2:] == [
        (3, Light.GREEN, Reason.ON_TARGET),
        (4, Light.YELLOW, Reason.BEHIND),
        (5, Light.RED, Reason.FAR_BEHIND),
        (6, Light.YELLOW, Reason.MADE_UP),
        (7, Light.GREEN, Reason.ON_TARGET),
    ]


def test_a_report_that_does_not_come_is_seen_by_time_alone(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    move(clock, 4, 5)
    on_the_last_day = lights(tx, made)
    move(clock, 4, 6)
    after_it = lights(tx, made)

    assert on_the_last_day[-1][1] is Light.GREEN
    assert after_it[-1] == (3, Light.RED, Reason.STEP_OVERDUE)


def test_a_late_report_does_not_wipe_out_that_it_was_missing(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    move(clock, 4, 20)
    late = report(tx, made, 3, 12, ("完成设计",))

    assert late.is_late
    assert lights(tx, made)[-2:] == [
        (3, Light.RED, Reason.STEP_OVERDUE),
        (3, Light.YELLOW, Reason.MADE_UP),
    ]


def test_thresholds_changed_later_leave_the_history_as_it_was(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    move(clock, 5, 1)
    report(tx, made, 3, 4, ("完成设计",))
    before = lights(tx, made)
    project = find_project(tx, made.congress_id, made.codes[0])
    supervision = find_supervision(tx, project)
    supervision.targets[0].percent = 4

    assert lights(tx, made) == before


def test_a_correction_is_another_version(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made)
    move(clock, 4, 2)
    report(tx, made, 3, 12)
    move(clock, 4, 8)
    again = report(tx, made, 3, 11)
    project = find_project(tx, made.congress_id, made.codes[0])
    line = progress.months_of(tx, project)[-1]

    assert again.version == 2
    assert not again.is_late
    assert [row.percent for row in progress.versions_of(tx, project)] == [11, 12]
    assert line.report is again
    assert not line.is_late


def test_reports_enter_the_log(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made)
    move(clock, 4, 2)
    report(tx, made, 3, 12, ("完成设计",))
    lines = milestones.of_project(tx, made.congress_id, made.codes[0])

    assert [line.stage for line in lines[2:]] == [Stage.PLANNED, Stage.REPORTED]
    assert all(line.is_verified for line in lines)
    assert lines[-1].content is not None
    assert lines[-1].content["steps"] == ["完成设计"]


def test_a_month_that_has_not_come_is_refused(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)

    with pytest.raises(NotNow):
        report(tx, made, 4, 12)
    with pytest.raises(NotValid):
        report(tx, made, 2, 12)


def test_others_do_not_report(tx: Tx, made: Supervised) -> None:
    begin(tx, made)
    form = ReportForm("x", "", "", 1, 0)

    with pytest.raises(NotAllowed):
        progress.report_progress(
            tx, made.office.actor, made.congress_id, made.codes[0], month=3, form=form
        )


def a_second_unit(tx: Tx, made: Supervised) -> Member:
    """Let another unit answer for the second part of the first project."""
    bureau = Unit(congress_id=made.congress_id, name="区城管局", created_at=clocks.now())
    tx.add(bureau)
    tx.flush()
    member = enrol(tx, "chengguan", (made.congress_id, Role.UNIT), name="吴城管")
    tx.add(UnitMember(unit_id=bureau.id, user_id=member.actor.user_id))
    find_project(tx, made.congress_id, made.codes[0]).sub_items[1].unit_id = bureau.id
    tx.flush()
    return member


def test_the_unit_of_a_part_reports_before_and_after_the_one_that_leads(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    other = a_second_unit(tx, made)
    own = find_project(tx, made.congress_id, made.codes[0]).sub_items
    move(clock, 4, 2)

    def add(item: SubItem, percent: int, words: str) -> None:
        part = Part(item.id, percent, words)
        parts.report_part(tx, other.actor, made.congress_id, made.codes[0], month=3, part=part)

    add(own[1], 30, "管线入廊")
    first = report(tx, made, 3, 12)
    before = [(row.percent, row.words) for row in first.parts]
    add(own[1], 35, "管线入廊完成")
    with pytest.raises(NotAllowed):
        add(own[0], 90, "")

    assert sorted(before) == [(12, ""), (30, "管线入廊")]
    after = sorted((row.percent, row.words) for row in first.parts)
    assert after == [(12, ""), (35, "管线入廊完成")]


def test_the_unit_of_a_part_is_asked_for_the_latest_month_alone(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    other = a_second_unit(tx, made)
    code, congress_id = made.codes[0], made.congress_id
    item = find_project(tx, congress_id, code).sub_items[1]

    def asked() -> list[tuple[str, str]]:
        found = duty.dues(tx, other.actor, congress_id, this_day())
        return [(due.key, str(due.due_on)) for due in found]

    early = asked()
    move(clock, 5, 10)
    late = asked()
    said = Part(item.id, 30, "管线入廊")
    with pytest.raises(NotNow):
        parts.report_part(tx, other.actor, congress_id, code, month=6, part=said)
    parts.report_part(tx, other.actor, congress_id, code, month=4, part=said)
    done = asked()
    alone = boards.read_project(tx, made.office.actor, SLUG, code).parts
    move(clock, 5, 25)

    assert (early, done) == ([], [])
    assert late == [(f"part:{item.id}:4", "2026-05-05")]
    assert asked() == [(f"part:{item.id}:5", "2026-06-05")]
    assert [(row.month, row.percent, row.words) for row in alone] == [(4, 30, "管线入廊")]


def test_a_correction_keeps_what_another_unit_said_of_its_part(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    other = a_second_unit(tx, made)
    own = find_project(tx, made.congress_id, made.codes[0]).sub_items
    move(clock, 4, 2)
    report(tx, made, 3, 12)
    said = Part(own[1].id, 30, "管线入廊")
    parts.report_part(tx, other.actor, made.congress_id, made.codes[0], month=3, part=said)

    corrected = report(tx, made, 3, 14)

    assert {row.sub_item_id: (row.percent, row.words) for row in corrected.parts} == {
        own[0].id: (14, ""),
        own[1].id: (30, "管线入廊"),
    }


def test_the_archive_tells_how_far_parts_were_and_what_was_adjusted(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    move(clock, 4, 2)
    other = a_second_unit(tx, made)
    report(tx, made, 3, 12)
    item = find_project(tx, made.congress_id, made.codes[0]).sub_items[1]
    said = Part(item.id, 30)
    parts.report_part(tx, other.actor, made.congress_id, made.codes[0], month=4, part=said)
    form = AdjustmentForm(
        this_day(),
        "主任会议",
        "地质条件变化",
        "按年度计划实施",
        "全区",
        "明年六月前完成",
        None,
        30_000_000,
    )
    adjusting.adjust_project(tx, made.office.actor, made.congress_id, made.codes[0], form=form)

    tables = {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        for table in gather(tx, made.office.actor, SLUG, YEAR).tables
    }

    assert [(row["title"], row["percent"]) for row in tables["part-reports"]] == [("一期", 12)]
    alone = tables["part-reports-of-units"][0]
    assert (alone["title"], alone["unit"], alone["percent"]) == ("二期", "区城管局", 30)
    adjusted = tables["adjustments"][0]
    assert (adjusted["goal_old"], adjusted["goal_new"]) == ("年底前完成", "明年六月前完成")
    assert adjusted["place_old"] is None


def test_months_are_awaited_until_the_end_of_the_year(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    begin(tx, made)
    project = find_project(tx, made.congress_id, made.codes[0])
    move(clock, 5, 31)
    in_may = progress.months_of(tx, project)
    move(clock, 1, 20, YEAR + 1)
    later = progress.months_of(tx, project)

    assert [line.month for line in in_may] == [5, 4, 3]
    assert [line.month for line in later] == list(range(12, 2, -1))
    assert str(later[0].due_on) == "2027-01-05"
