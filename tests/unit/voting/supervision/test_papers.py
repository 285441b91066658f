"""Bulletins and reports as they are drafted from the data of their period."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.supervised import YEAR, Supervised, begin, move
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import NotFound, NotNow
from voting.exports.forms.bulletin import bulletin, plain_text
from voting.exports.forms.parts import Grid
from voting.exports.forms.supervision import group_sheet, ledger_row, ledger_sheet, progress_sheet
from voting.i18n import this_day
from voting.models.inspections import ActivityKind, FindingKind, PaperKind
from voting.services.supervision import activities, boards, papers, problems, progress
from voting.services.supervision.activities import ActivityPlan
from voting.services.supervision.finding import find_project
from voting.services.supervision.problems import Found
from voting.services.supervision.progress import ReportForm


@pytest.fixture
def busy(tx: Tx, made: Supervised, clock: StoppedClock) -> Supervised:
    """A spring with a late report, an inspection, a closed problem and one that is overdue."""
    begin(tx, made)
    office, unit, congress_id = made.office.actor, made.unit.actor, made.congress_id
    move(clock, 4, 10)
    form = ReportForm("完成设计", "管线复杂", "启动招标", 12, 1_800_000)
    progress.report_progress(tx, unit, congress_id, made.codes[0], month=3, form=form)
    plan = ActivityPlan(ActivityKind.VISIT, "一季度视察", "", clock.at, (made.codes[0],))
    activity = activities.plan_activity(tx, office, congress_id, plan)
    activities.sign_in(tx, made.deputy.actor, activity.code)
    activities.hold_activity(tx, office, congress_id, activity.id, findings="现场有序")
    project = find_project(tx, congress_id, made.codes[0])
    for words in ("脚手架不规范", "扬尘较大"):
        found = Found(FindingKind.PROBLEM, words, this_day() + timedelta(days=3))
        problems.raise_finding(tx, office, project, found, activity=activity)
    problems.answer_finding(tx, unit, congress_id, 1, words="已整改")
    problems.close_finding(tx, office, congress_id, 1, words="合格", checker="林主任")
    move(clock, 4, 30)
    return made


def draft(tx: Tx, made: Supervised, kind: PaperKind, number: int) -> str:
    """Draft a paper of the year as text."""
    period = papers.period_of(kind, YEAR, number)
    material = papers.gather(tx, made.congress_id, kind, period=period)
    return plain_text(bulletin("滨江区人民代表大会", material))


@pytest.mark.parametrize(
    ("kind", "number"), [(PaperKind.BULLETIN, 4), (PaperKind.HALF_YEAR, 1), (PaperKind.YEAR, 0)]
)
def test_a_draft_tells_what_happened(
    tx: Tx, busy: Supervised, kind: PaperKind, number: int
) -> None:
    text = draft(tx, busy, kind, number)

    for words in (
        "代表参加1人次，发现问题2个",
        "完成设计。存在问题：管线复杂。下一步打算：启动招标。该月报逾期报送。",
        "集中视察“一季度视察”，参加代表1人：现场有序。",
        "脚手架不规范——经复查已销号。",
        "扬尘较大——逾期：由领导领衔督办。",
        "责任单位尚未报送进展",
    ):
        assert words in text


def test_a_draft_keeps_to_its_period(tx: Tx, busy: Supervised) -> None:
    text = draft(tx, busy, PaperKind.BULLETIN, 3)

    assert "本期未开展监督活动" in text
    assert "没有新发现的问题" in text
    assert text.endswith("2026年3月31日")


def test_a_draft_written_later_tells_how_far_a_problem_had_gone_up_then(
    tx: Tx, busy: Supervised, clock: StoppedClock
) -> None:
    move(clock, 8, 1)

    assert "扬尘较大——逾期：由领导领衔督办。" in draft(tx, busy, PaperKind.BULLETIN, 4)
    assert "扬尘较大——逾期：提请常委会督办。" in draft(tx, busy, PaperKind.HALF_YEAR, 1)


def test_what_is_still_to_be_done_is_told_once_for_all_projects(tx: Tx, busy: Supervised) -> None:
    text = draft(tx, busy, PaperKind.BULLETIN, 3)

    assert text.count("尚未完成：责任单位月报") == 1
    assert "一月一通报" not in text


def test_a_quiet_month_has_a_short_draft(tx: Tx, made: Supervised, clock: StoppedClock) -> None:
    begin(tx, made, targets=False)
    move(clock, 3, 20)

    assert "各项目均按序时推进" in draft(tx, made, PaperKind.BULLETIN, 3)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        (PaperKind.BULLETIN, 0),
        (PaperKind.BULLETIN, 13),
        (PaperKind.HALF_YEAR, 3),
        (PaperKind.YEAR, 1),
    ],
)
def test_periods_that_no_year_has_are_not_found(kind: PaperKind, number: int) -> None:
    with pytest.raises(NotFound):
        papers.period_of(kind, YEAR, number)


def test_nothing_is_published_about_what_has_not_begun(tx: Tx, made: Supervised) -> None:
    with pytest.raises(NotNow):
        papers.publish_paper(
            tx,
            made.office.actor,
            made.congress_id,
            PaperKind.BULLETIN,
            period=papers.period_of(PaperKind.BULLETIN, YEAR, 4),
            title="x",
            text="y",
        )


def test_months_before_the_supervision_are_neither_offered_nor_published(
    tx: Tx, made: Supervised, clock: StoppedClock
) -> None:
    nothing_yet = papers.slots_of(tx, made.congress_id, YEAR)
    begin(tx, made)
    move(clock, 4, 10)

    offered = papers.slots_of(tx, made.congress_id, YEAR)
    with pytest.raises(NotNow, match="supervised"):
        papers.publish_paper(
            tx,
            made.office.actor,
            made.congress_id,
            PaperKind.BULLETIN,
            period=papers.period_of(PaperKind.BULLETIN, YEAR, 2),
            title="x",
            text="y",
        )

    assert nothing_yet == ()
    assert [(kind, number) for kind, _, number, _ in offered] == [
        (PaperKind.BULLETIN, 4),
        (PaperKind.BULLETIN, 3),
        (PaperKind.HALF_YEAR, 1),
        (PaperKind.YEAR, 0),
    ]


def test_the_ledger_names_measures_checker_and_level(tx: Tx, busy: Supervised) -> None:
    ledger = boards.read_ledger(tx, busy.office.actor, "binjiang", YEAR)

    closed, open_one = (ledger_row(line) for line in ledger.lines)

    assert closed[5:] == ("已整改", "2026年4月13日", "已销号", "林主任", "2026年4月10日")
    assert open_one[7] == "待责任单位答复；由领导领衔督办"
    assert ledger_sheet(ledger).is_wide


def test_tables_of_a_year_have_a_row_for_every_project(
    tx: Tx, busy: Supervised, clock: StoppedClock
) -> None:
    sheet = boards.read_sheet(tx, busy.office.actor, "binjiang", YEAR)

    for document in (group_sheet(sheet, clock.at), progress_sheet(sheet, clock.at)):
        grids = [part for part in document.parts if isinstance(part, Grid)]

        assert [len(grid.rows) for grid in grids] == [3]
