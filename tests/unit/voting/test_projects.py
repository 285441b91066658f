"""Projects keep a code for good, have parts and money, and follow what a vote decided."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.voting.sitting_made import Desk
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.projects import Project, ProjectState
from voting.models.sittings import BallotKind, Candidate, CandidateList
from voting.rules.access import NOBODY
from voting.services import milestones, projects
from voting.services.milestones import Stage
from voting.services.projects import Decided, MoneyPlan, PartPlan, ProjectPlan

PLAN = ProjectPlan(
    "老旧小区加装电梯",
    category="住房",
    content="加装电梯100台",
    place="全区",
    due_on=date(2026, 11, 30),
    unit="区住建局",
    co_units=("区财政局",),
    total_yuan=60_000_000,
)


@pytest.fixture
def desk(tx: Tx) -> Desk:
    """A congress and somebody at its desk."""
    return Desk.open(tx)


def made(desk: Desk, title: str = PLAN.title, year: int = 2026) -> Project:
    """Make a project with all that is usual, under some title."""
    plan = ProjectPlan(title, unit="区住建局", total_yuan=60_000_000)
    return projects.make_project(desk.tx, desk.actor, desk.congress_id, year=year, plan=plan)


def test_codes_count_within_their_year(desk: Desk) -> None:
    codes = [made(desk, title, year).code for title, year in [("甲", 2026), ("乙", 2027)]]
    codes.append(made(desk, "丙").code)

    assert codes == ["2026-01", "2027-01", "2026-02"]
    assert projects.list_years(desk.tx, desk.congress_id) == (2027, 2026)
    assert projects.find_by_code(desk.tx, desk.congress_id, "2026-02").title == "丙"


def test_a_project_keeps_all_that_was_entered(desk: Desk) -> None:
    found = projects.make_project(desk.tx, desk.actor, desk.congress_id, year=2026, plan=PLAN)

    assert (found.title, found.due_on, found.co_units) == (PLAN.title, PLAN.due_on, ["区财政局"])
    assert found.unit is not None
    assert found.unit.name == "区住建局"
    assert found.state is ProjectState.SCREENING


def test_one_name_stands_for_one_project_of_a_year(desk: Desk) -> None:
    made(desk)
    made(desk, year=2027)

    with pytest.raises(Conflict):
        made(desk)


def test_who_may_not_screen_makes_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        projects.make_project(desk.tx, NOBODY, desk.congress_id, year=2026, plan=PLAN)


def test_what_is_listed_does_not_change(desk: Desk) -> None:
    found = made(desk)
    found.state = ProjectState.LISTED

    with pytest.raises(NotNow):
        projects.save_project(desk.tx, desk.actor, found.id, PLAN)


def test_parts_have_units_and_targets_of_their_own(desk: Desk) -> None:
    found = made(desk)
    first = projects.add_part(desk.tx, desk.actor, found.id, PartPlan("电梯", "100台", "区房管局"))
    second = projects.add_part(desk.tx, desk.actor, found.id, PartPlan("管线"))
    projects.save_part(desk.tx, desk.actor, found.id, second.id, plan=PartPlan("管线迁改", "50处"))

    assert [(part.position, part.title, part.goal) for part in found.sub_items] == [
        (1, "电梯", "100台"),
        (2, "管线迁改", "50处"),
    ]
    assert first.unit is not None
    projects.remove_part(desk.tx, desk.actor, found.id, first.id)
    assert [part.title for part in found.sub_items] == ["管线迁改"]
    with pytest.raises(NotFound):
        projects.remove_part(desk.tx, desk.actor, found.id, first.id)


def test_money_is_planned_by_year_and_source_within_the_whole(desk: Desk) -> None:
    found = made(desk)
    part = projects.add_part(desk.tx, desk.actor, found.id, PartPlan("电梯"))
    for plan in (
        MoneyPlan(2026, "区级财政", 30_000_000, part.id),
        MoneyPlan(2026, "居民自筹", 10_000_000),
        MoneyPlan(2027, "区级财政", 10_000_000),
    ):
        line = projects.add_money(desk.tx, desk.actor, found.id, plan)

    assert projects.yearly_of(found) == 40_000_000
    assert projects.sources_of(found) == ("区级财政", "居民自筹")
    with pytest.raises(NotValid):
        projects.add_money(desk.tx, desk.actor, found.id, MoneyPlan(2026, "省补", 10_000_001))
    projects.remove_money(desk.tx, desk.actor, found.id, line.id)
    projects.remove_part(desk.tx, desk.actor, found.id, part.id)
    assert [money.sub_item_id for money in found.money] == [None, None]


def listed(desk: Desk, *codes: str) -> CandidateList:
    """Give a list as a table brings it, adopted."""
    row = CandidateList(sitting_id=desk.sitting.id, kind=BallotKind.DECISION, version=1)
    for place, code in enumerate(codes, start=1):
        candidate = Candidate(position=place, code=code, title=f"项目{code}", unit="区教育局")
        candidate.yearly_yuan, candidate.sources, candidate.co_units = 5_000, "财政", []
        row.candidates.append(candidate)
    desk.tx.add(row)
    desk.tx.flush()
    return row


def take(desk: Desk, row: CandidateList, *chosen: str, is_final: bool = True) -> list[Project]:
    """Let projects follow votes that were counted by hand."""
    decided = Decided(2026, dict.fromkeys(chosen, ""), is_final)
    return list(projects.take_outcome(desk.tx, desk.actor, row, decided))


def test_candidates_of_a_table_become_projects_when_the_outcome_is_known(desk: Desk) -> None:
    row = listed(desk, "p01", "p02")
    fresh = take(desk, row, "p02")

    assert [(p.code, p.state) for p in fresh] == [("p02", ProjectState.DECIDED)]
    other = projects.find_by_code(desk.tx, desk.congress_id, "p01")
    assert other.state is ProjectState.NOT_CHOSEN
    assert row.candidates[1].project_id == fresh[0].id
    assert (projects.yearly_of(other), projects.sources_of(other)) == (5_000, ("财政",))


def test_what_was_decided_stands_in_the_log(desk: Desk) -> None:
    take(desk, listed(desk, "p01", "p02"), "p02")

    way = milestones.of_project(desk.tx, desk.congress_id, "p02")
    assert [(line.stage, line.is_verified) for line in way] == [
        (Stage.ADOPTED, True),
        (Stage.DECIDED, True),
    ]
    assert way[1].content is not None
    assert way[1].content["by_hand"] is True
    assert milestones.of_project(desk.tx, desk.congress_id, "p01") == ()


def test_an_outcome_is_taken_once(desk: Desk) -> None:
    row = listed(desk, "p01", "p02")
    take(desk, row, "p02")

    assert take(desk, row, "p01") == []
    assert len(projects.list_projects(desk.tx, desk.congress_id)) == 2


def test_before_the_last_round_nobody_is_passed_over(desk: Desk) -> None:
    row = listed(desk, "p01", "p02")
    take(desk, row, "p01", is_final=False)
    waiting = projects.find_by_code(desk.tx, desk.congress_id, "p02")
    before = waiting.state
    take(desk, row, "p01", "p02")

    assert (before, waiting.state) == (ProjectState.LISTED, ProjectState.DECIDED)


def test_projects_that_were_screened_keep_their_code(desk: Desk) -> None:
    project = made(desk)
    row = listed(desk, project.code)
    row.candidates[0].project_id = project.id

    assert take(desk, row, project.code) == [project]
    assert project.code == "2026-01"


def test_a_code_of_another_year_is_not_given_twice(desk: Desk) -> None:
    take(desk, listed(desk, "p01"), "p01")
    later = CandidateList(sitting_id=desk.sitting.id, kind=BallotKind.DECISION, version=2)
    later.candidates.append(Candidate(position=1, code="p01", title="另一项目", co_units=[]))
    desk.tx.add(later)
    desk.tx.flush()

    assert [project.code for project in take(desk, later, "p01")] == ["2026-01"]
