"""Screening: judgements, opinions, merging and splitting, the list and its way to the ballot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from tests.unit.voting.sitting_made import Desk, a_person
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import Tx
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.models.people import User
from voting.models.projects import Project, ProjectState
from voting.models.proposals import Proposal, ProposalState, Source
from voting.models.screening import Legality, ProjectList, Stance, Verdict
from voting.models.sittings import BallotKind
from voting.models.units import UnitMember
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.rules.screening import CRITERIA
from voting.services import candidates, journal, milestones, projects, units
from voting.services.milestones import Stage
from voting.services.projects import MoneyPlan, PartPlan, ProjectPlan
from voting.services.screening import advice, joining, lists, opinions, sheets, steps
from voting.services.screening.joining import Split
from voting.services.screening.lists import Adoption
from voting.services.screening.sheets import Answer, Finding

ADOPTION = Adoption(date(2026, 1, 20), "第23次会议决定")
ALL_MET = Answer({criterion.key: Finding(Verdict.MET) for criterion in CRITERIA})


@dataclass
class Office:
    """A congress whose office screens; proposals are put straight into the table."""

    desk: Desk
    tx: Tx
    actor: Actor
    id: int

    def project(self, title: str, **fields: object) -> Project:
        plan = ProjectPlan(title, unit="区住建局", total_yuan=10_000_000)
        made = projects.make_project(self.tx, self.actor, self.id, year=2026, plan=plan)
        for name, value in fields.items():
            setattr(made, name, value)
        self.tx.flush()
        return made

    def proposal(self, number: int, *, supports: int = 0) -> Proposal:
        row = Proposal(
            congress_id=self.id,
            number=number,
            state=ProposalState.ACCEPTED,
            title=f"建议{number}",
            category="交通",
            source=Source.RESIDENT,
            supports=supports,
            created_at=clocks.now(),
        )
        self.tx.add(row)
        self.tx.flush()
        return row

    def deputy(self, place: int) -> Actor:
        """Give the account of a deputy of the roster."""
        person = a_person_named(self.tx, self.id, f"rep-{place}")
        self.desk.deputies()[place].user_id = person.user_id
        self.tx.flush()
        return person

    def listed(self, *made: Project, seats: int = 1) -> ProjectList:
        draft = lists.draft_list(self.tx, self.actor, self.id, 2026)
        lists.put_together(self.tx, self.actor, draft, [p.id for p in made], seats=seats)
        return draft


def a_person_named(tx: Tx, congress_id: int, login: str, role: Role = Role.DEPUTY) -> Actor:
    """Add an account with a role under a name of its own."""
    made = a_person(tx, congress_id, role)
    user = tx.get_one(User, made.user_id)
    user.login = user.name = login
    tx.flush()
    return Actor(user.id, login, made.grants)


@pytest.fixture
def office(tx: Tx, clock: StoppedClock) -> Office:
    """A congress on 1 February 2026."""
    desk = Desk.open(tx)
    return Office(desk, tx, desk.actor, desk.congress_id)


def test_proposals_become_a_project_and_their_proposers_follow_it(office: Office) -> None:
    few, many = office.proposal(1, supports=2), office.proposal(2, supports=9)
    made = joining.found(office.tx, office.actor, office.id, [few.id, many.id], year=2026)

    assert made.title == many.title
    assert [row.number for row in joining.proposals_of(office.tx, made)] == [1, 2]
    assert {few.state, many.state} == {ProposalState.MERGED}
    assert steps.steps_of(office.tx, made)[0].words.params["code"] == "2026-01"


def test_merging_carries_proposals_parts_and_money_along(office: Office) -> None:
    one, other = office.project("甲"), office.project("乙")
    joining.take_proposals(office.tx, office.actor, one.id, [office.proposal(1).id])
    joining.take_proposals(office.tx, office.actor, other.id, [office.proposal(2).id])
    for project in (one, other):
        part = projects.add_part(office.tx, office.actor, project.id, PartPlan("部分"))
        money = MoneyPlan(2026, "财政", 1_000_000, part.id)
        projects.add_money(office.tx, office.actor, project.id, money)
    joining.merge(office.tx, office.actor, one.id, other.id)

    assert [row.number for row in joining.proposals_of(office.tx, other)] == [1, 2]
    assert [part.position for part in other.sub_items] == [1, 2]
    assert [line.sub_item_id for line in other.money] == [part.id for part in other.sub_items][::-1]
    assert (other.total_yuan, projects.yearly_of(other)) == (20_000_000, 2_000_000)
    assert (one.state, one.merged_into_id) == (ProjectState.MERGED, other.id)
    assert (one.sub_items, one.money) == ([], [])


def test_only_neighbours_under_screening_are_merged(office: Office) -> None:
    one, other = office.project("甲"), office.project("乙", year=2027)

    with pytest.raises(NotFound):
        joining.merge(office.tx, office.actor, one.id, other.id)
    with pytest.raises(NotFound):
        joining.merge(office.tx, office.actor, one.id, one.id)


def test_splitting_takes_what_was_chosen_and_leaves_the_rest(office: Office) -> None:
    project = office.project("甲")
    parts = [
        projects.add_part(office.tx, office.actor, project.id, PartPlan(name))
        for name in ("一", "二")
    ]
    lines = [
        projects.add_money(
            office.tx, office.actor, project.id, MoneyPlan(2026, "财政", amount, parts[1].id)
        )
        for amount in (1_000, 2_000)
    ]
    kept, moved = office.proposal(1), office.proposal(2)
    joining.take_proposals(office.tx, office.actor, project.id, [kept.id, moved.id])
    chosen = Split("乙", (parts[1].id,), (lines[0].id,), (moved.id,))
    fresh = joining.split(office.tx, office.actor, project.id, chosen)

    assert (fresh.title, fresh.code, fresh.split_from_id) == ("乙", "2026-02", project.id)
    assert [part.title for part in fresh.sub_items] == ["二"]
    assert [part.title for part in project.sub_items] == ["一"]
    assert [line.planned_yuan for line in fresh.money] == [1_000]
    assert [(line.planned_yuan, line.sub_item_id) for line in project.money] == [(2_000, None)]
    assert [row.number for row in joining.proposals_of(office.tx, fresh)] == [2]
    with pytest.raises(NotValid):
        joining.split(office.tx, office.actor, project.id, Split("丙"))


def test_a_declined_project_gives_its_reason_and_may_come_back(office: Office) -> None:
    project = office.project("甲")
    draft = office.listed(project)
    with pytest.raises(NotValid):
        joining.decline(office.tx, office.actor, project.id, "")
    joining.decline(office.tx, office.actor, project.id, "不属于本级职权")
    office.tx.refresh(draft)

    assert (project.state, draft.places) == (ProjectState.DECLINED, [])
    joining.take_up_again(office.tx, office.actor, project.id)
    assert (project.state, project.declined_reason) == (ProjectState.SCREENING, "")


def asked(office: Office) -> tuple[int, Actor]:
    """Ask a unit about a project; gives the enquiry and who answers for the unit."""
    project = office.project("甲")
    unit = units.find_or_make(office.tx, office.actor, office.id, "区住建局")
    member = a_person_named(office.tx, office.id, "unit", Role.UNIT)
    assert member.user_id is not None
    office.tx.add(UnitMember(unit_id=unit.id, user_id=member.user_id))
    sheets.ask(office.tx, office.actor, project.id, [unit.id, None], due_on=date(2026, 2, 10))
    row = sheets.enquiries_of(office.tx, project.id)[0]
    return row.id, member


def test_units_judge_by_every_criterion(office: Office) -> None:
    enquiry_id, member = asked(office)
    due = steps.dues(office.tx, member, office.id, date(2026, 2, 1))
    row = sheets.answer(office.tx, member, enquiry_id, ALL_MET)

    assert [(one.due_on, one.endpoint) for one in due] == [
        (date(2026, 2, 10), "enquiries.enquiry_page")
    ]
    assert len(row.judgements) == len(CRITERIA)
    assert steps.dues(office.tx, member, office.id, date(2026, 2, 1)) == ()
    assert [one.id for one in sheets.enquiries_to(office.tx, member, office.id)] == [enquiry_id]


def test_what_is_not_met_needs_words_and_nothing_is_left_out(office: Office) -> None:
    enquiry_id, member = asked(office)
    values = {f"verdict_{criterion.key}": "met" for criterion in CRITERIA[1:]}
    values["verdict_year"] = "unmet"

    with pytest.raises(NotValid) as refused:
        sheets.answer(office.tx, member, enquiry_id, sheets.parse_answer(values))
    assert {problem.field for problem in refused.value.problems} == {"verdict_money", "note_year"}


def test_nobody_else_answers_for_a_unit(office: Office) -> None:
    enquiry_id, _ = asked(office)

    with pytest.raises(NotAllowed):
        sheets.answer(office.tx, office.actor, enquiry_id, ALL_MET)


def test_what_was_answered_stays(office: Office) -> None:
    enquiry_id, member = asked(office)
    row = sheets.answer(office.tx, member, enquiry_id, ALL_MET)
    own = sheets.enquiries_of(office.tx, row.project_id)[1]
    sheets.take_back(office.tx, office.actor, row.project_id, own.id)

    assert [one.id for one in sheets.enquiries_of(office.tx, row.project_id)] == [enquiry_id]
    with pytest.raises(NotNow):
        sheets.take_back(office.tx, office.actor, row.project_id, enquiry_id)


def test_deputies_speak_once_and_may_change_their_mind(office: Office) -> None:
    project, deputy = office.project("甲"), office.deputy(0)
    give = {"code": project.code, "words": ""}
    waiting = steps.dues(office.tx, deputy, office.id, date(2026, 2, 1))
    with pytest.raises(NotValid):
        opinions.give_opinion(office.tx, deputy, office.id, stance=Stance.AGAINST, **give)
    opinions.give_opinion(office.tx, deputy, office.id, stance=Stance.SUPPORT, **give)
    words = {**give, "words": "资金偏高"}
    opinions.give_opinion(office.tx, deputy, office.id, stance=Stance.RESERVED, **words)

    assert len(waiting) == 1
    assert steps.dues(office.tx, deputy, office.id, date(2026, 2, 1)) == ()
    assert [row.words for row in opinions.opinions_on(office.tx, project.id)] == ["资金偏高"]
    with pytest.raises(NotAllowed):
        opinions.give_opinion(office.tx, office.actor, office.id, stance=Stance.SUPPORT, **give)


def test_the_index_weighs_residents_and_deputies(office: Office) -> None:
    wanted, other = office.project("甲"), office.project("乙")
    for project, supports in ((wanted, 19), (other, 9)):
        row = office.proposal(project.id, supports=supports)
        joining.take_proposals(office.tx, office.actor, project.id, [row.id])
    for place in range(3):
        opinions.give_opinion(
            office.tx,
            office.deputy(place),
            office.id,
            code=other.code,
            stance=Stance.SUPPORT,
            words="",
        )
    found = opinions.demands(office.tx, office.id, 2026)

    assert (found[wanted.id].stars, found[other.id].stars) == (5, 4)
    assert found[other.id].percent == 70


def test_adoption_locks_the_list_and_enters_every_project_in_the_log(office: Office) -> None:
    one, other = office.project("甲"), office.project("乙")
    draft = office.listed(other, one)
    digest = lists.adopt(office.tx, office.actor, draft, ADOPTION)

    assert digest == lists.digest_of(draft) == draft.digest
    assert {one.state, other.state} == {ProjectState.LISTED}
    way = milestones.of_project(office.tx, office.id, other.code)
    assert [(line.stage, line.is_verified) for line in way] == [(Stage.ADOPTED, True)]
    assert way[0].content is not None
    assert (way[0].content["list"], way[0].content["resolution"]) == (digest, ADOPTION.resolution)
    with pytest.raises(NotNow):
        projects.save_project(office.tx, office.actor, one.id, ProjectPlan("丙"))
    with pytest.raises(NotNow):
        lists.put_together(office.tx, office.actor, draft, [], seats=1)


def test_the_sitting_takes_the_adopted_list_over_word_for_word(office: Office) -> None:
    project = office.project("甲", content="建设内容", co_units=["区财政局"])
    draft = office.listed(project, office.project("乙"))
    digest = lists.adopt(office.tx, office.actor, draft, ADOPTION)
    taken = candidates.take_list(office.tx, office.actor, office.desk.sitting.id, 2026)

    assert taken.digest == digest
    assert [row.code for row in taken.candidates] == ["2026-01", "2026-02"]
    assert taken.candidates[0].project_id == project.id
    assert (taken.adopted_on, taken.resolution) == (ADOPTION.adopted_on, ADOPTION.resolution)


def test_a_list_says_whose_year_it_is_whenever_the_sitting_is_held(office: Office) -> None:
    office.listed(office.project("甲"), office.project("乙"))
    draft = lists.draft_list(office.tx, office.actor, office.id, 2026)
    lists.adopt(office.tx, office.actor, draft, ADOPTION)
    sitting = office.desk.sitting
    taken = candidates.take_list(office.tx, office.actor, sitting.id, 2026)
    # A sitting in December decides the projects of the year that follows.
    sitting.starts_on = date(2025, 12, 20)

    assert projects.year_of(office.tx, taken) == 2026
    for row in taken.candidates:
        row.project_id = None
    office.tx.flush()
    assert projects.year_of(office.tx, taken) == 2025


def test_a_draft_of_the_sitting_gives_way_and_a_locked_list_stays(office: Office) -> None:
    sitting = office.desk.sitting.id
    with pytest.raises(NotNow):
        candidates.take_list(office.tx, office.actor, sitting, 2026)
    lists.adopt(office.tx, office.actor, office.listed(office.project("甲")), ADOPTION)
    candidates.draft_list(office.tx, office.actor, sitting, BallotKind.DECISION)
    first = candidates.take_list(office.tx, office.actor, sitting, 2026)
    second = candidates.take_list(office.tx, office.actor, sitting, 2026)

    assert (first.version, second.version) == (1, 2)
    assert first.digest is not None


def test_an_unlawful_project_is_not_adopted(office: Office) -> None:
    project = office.project("甲")
    draft = office.listed(project)
    finding = {"finding": Legality.UNLAWFUL}
    with pytest.raises(NotValid):
        sheets.review_legality(office.tx, office.actor, project.id, **finding, note="")
    sheets.review_legality(office.tx, office.actor, project.id, **finding, note="违反土地规划")

    with pytest.raises(NotNow, match="legality"):
        lists.adopt(office.tx, office.actor, draft, ADOPTION)


def test_a_list_is_not_adopted_empty_or_in_the_future(office: Office) -> None:
    draft = lists.draft_list(office.tx, office.actor, office.id, 2026)
    with pytest.raises(NotNow):
        lists.adopt(office.tx, office.actor, draft, ADOPTION)
    draft = office.listed(office.project("甲"))
    with pytest.raises(NotValid):
        lists.adopt(office.tx, office.actor, draft, Adoption(date(2026, 2, 2), "决定"))


def test_a_new_version_begins_as_a_copy_and_enters_nothing_twice(office: Office) -> None:
    project = office.project("甲")
    first = lists.adopt(office.tx, office.actor, office.listed(project), ADOPTION)
    draft = lists.reopen(office.tx, office.actor, office.id, 2026)
    with pytest.raises(NotNow):
        lists.reopen(office.tx, office.actor, office.id, 2026)

    assert (draft.version, project.state) == (2, ProjectState.SCREENING)
    assert lists.adopt(office.tx, office.actor, draft, ADOPTION) != first
    assert len(milestones.of_project(office.tx, office.id, project.code)) == 1
    project.state = ProjectState.DECIDED
    with pytest.raises(NotNow):
        lists.reopen(office.tx, office.actor, office.id, 2026)


@pytest.mark.parametrize(
    ("number", "seats", "told"),
    [(12, 10, False), (11, 10, True), (10, 10, False), (6, 5, False), (20, 10, False)],
)
def test_too_small_a_surplus_is_told(office: Office, number: int, seats: int, told: bool) -> None:
    made = [office.project(f"项目{place}") for place in range(number)]
    for project in made:
        sheets.review_legality(
            office.tx, office.actor, project.id, finding=Legality.LAWFUL, note=""
        )
    said = lists.advice_on(office.tx, office.listed(*made, seats=seats))

    assert any("surplus" in message.id for message in said) is told
    assert said, "a majority rule is always explained"


def test_a_list_names_each_project_once(office: Office) -> None:
    project = office.project("甲")
    draft = lists.draft_list(office.tx, office.actor, office.id, 2026)

    with pytest.raises(Conflict):
        lists.put_together(office.tx, office.actor, draft, [project.id, project.id], seats=1)


def test_the_what_if_counts_what_the_year_costs(office: Office) -> None:
    one, other = office.project("甲"), office.project("乙", total_yuan=None)
    projects.add_money(office.tx, office.actor, one.id, MoneyPlan(2026, "财政", 400))
    opinions.give_opinion(
        office.tx, office.deputy(0), office.id, code=one.code, stance=Stance.SUPPORT, words=""
    )
    worked = advice.what_if(office.tx, office.listed(one, other), 500)

    assert [(row.cost_yuan, row.by_demand, row.by_shares) for row in worked.rows] == [
        (400, True, True),
        (None, False, False),
    ]
    assert (worked.spent_by_demand, worked.deputies) == (400, 1)


def test_the_journal_tells_who_adopted(office: Office, clock: StoppedClock) -> None:
    lists.adopt(office.tx, office.actor, office.listed(office.project("甲")), ADOPTION)
    clock.at += timedelta(days=1)
    auditor = Actor(1, "audit", frozenset({(None, Role.AUDIT_ADMIN)}))

    kinds = [line.kind for line in journal.read(office.tx, auditor)]
    assert "ListAdopted" in kinds
