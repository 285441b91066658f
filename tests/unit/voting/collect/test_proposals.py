"""Proposals: who may send what when, who reads it, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.application import enrol
from tests.unit.voting.collect.test_pictures import photo
from voting.clock import StoppedClock
from voting.db import Tx, reading, transaction
from voting.errors import Conflict, NotAllowed, NotFound, NotNow, NotValid
from voting.imports.proposals import ProposalRow, read_proposal_form
from voting.models.journal import JournalEntry
from voting.models.people import Congress
from voting.models.projects import Project, ProjectState
from voting.models.proposals import (
    Audience,
    Proposal,
    ProposalContact,
    ProposalState,
    Source,
)
from voting.models.stations import Station, StationKeeper
from voting.models.units import Unit, UnitMember
from voting.rules.access import NOBODY, Actor
from voting.rules.categories import Category
from voting.rules.roles import Role
from voting.services import pictures, proposals
from voting.services.proposals import Entered, Order, Sender, Sent, Wanted, WindowPlan

ROW = ProposalRow(
    1,
    "老旧小区加装电梯",
    Category.HOUSING,
    "滨江区西兴街道星民社区",
    (30.2084, 120.2119),
    "楼里住着二十位老人",
    "为六层以上楼栋加装电梯",
    name="李小梅",
    phone="13800000000",
)


@dataclass
class Place:
    """A congress with an open window, and its office."""

    congress_id: int
    window_id: int
    office: Actor
    clock: StoppedClock
    tickets: int = 0

    def send(self, title: str = ROW.title, *, device: str = "phone", **fields: object) -> Sent:
        """Send a proposal as a resident."""
        self.tickets += 1
        row = ProposalRow(1, title, content="内容", place="长河街道")
        sender = Sender(device, str(fields.get("ticket", self.tickets)))
        with transaction() as tx:
            return proposals.submit_proposal(tx, self.window_id, row, sender)

    def move(self, sent: Sent, state: ProposalState, reason: str = "") -> None:
        """Move a proposal along as the office."""
        with transaction() as tx:
            proposals.set_state(tx, self.office, sent.proposal_id, state, reason=reason)


def plan(place: StoppedClock, audience: Audience = Audience.EVERYONE) -> WindowPlan:
    """Plan a window that is open for 30 days from now."""
    begin = place.at
    return WindowPlan(2026, "2026年征集", "欢迎建言", audience, begin, begin + timedelta(days=30))


@pytest.fixture
def place(app: Flask, congress_id: int, clock: StoppedClock) -> Place:
    """A congress that collects."""
    with transaction() as tx:
        office = enrol(tx, "office", (congress_id, Role.COMMITTEE)).actor
        window = proposals.save_window(tx, office, congress_id, plan(clock))
    return Place(congress_id, window.id, office, clock)


def titles(tx: Tx, place: Place, **wanted: object) -> list[str]:
    """List the titles that everyone may read."""
    page = proposals.list_public(tx, place.congress_id, Wanted(**wanted))  # type: ignore[arg-type]
    return [row.title for row in page.rows]


def test_nobody_reads_a_proposal_before_it_was_looked_at(place: Place) -> None:
    sent = place.send()

    with reading() as tx:
        assert titles(tx, place) == titles(tx, place, query="电梯") == []
        assert proposals.similar(tx, place.congress_id, ROW.title) == ()
        with pytest.raises(NotFound):
            proposals.find_public(tx, place.congress_id, sent.number)
        assert proposals.count_waiting(tx, place.congress_id) == 1
    place.move(sent, ProposalState.ACCEPTED)
    with reading() as tx:
        assert titles(tx, place) == titles(tx, place, query="电梯") == [ROW.title]
        assert [row.id for row in proposals.similar(tx, place.congress_id, "加装电梯")] == [
            sent.proposal_id
        ]


def test_a_declined_proposal_is_read_by_its_proposer_with_the_reason(place: Place) -> None:
    sent = place.send()
    place.move(sent, ProposalState.DECLINED, "不属于本级权限")

    with reading() as tx:
        found = proposals.find_by_code(tx, place.congress_id, sent.code.lower().replace("-", " "))
        assert (found.state, found.steps[-1].reason) == (ProposalState.DECLINED, "不属于本级权限")
        assert titles(tx, place) == []


def test_declining_needs_a_reason(place: Place) -> None:
    sent = place.send()

    with pytest.raises(NotValid, match="with a reason"):
        place.move(sent, ProposalState.DECLINED, "  ")


def test_a_wrong_code_opens_nothing(place: Place) -> None:
    place.send()

    with reading() as tx, pytest.raises(NotValid, match="No proposal has this code"):
        proposals.find_by_code(tx, place.congress_id, "AAAA-AAAA-AAAA")


def test_neither_code_nor_telephone_is_stored_in_clear(place: Place, app: Flask) -> None:
    with transaction() as tx:
        sent = proposals.submit_proposal(tx, place.window_id, ROW, Sender("phone-7", "t"))

    with reading() as tx:
        dump = "".join(
            str(row)
            for table in (Proposal, ProposalContact)
            for row in tx.execute(select(*table.__table__.columns))
        )
    for secret in (sent.code, "13800000000", "李小梅", "phone-7"):
        assert secret not in dump
    with transaction() as tx:
        contact = proposals.read_contact(tx, place.office, place.congress_id, sent.number)
        kinds = list(tx.scalars(select(JournalEntry.kind)))
    assert contact is not None
    assert (contact.name, contact.phone) == ("李小梅", "13800000000")
    assert "ContactRead" in kinds


def test_who_sent_it_is_erased_when_its_time_is_over(place: Place) -> None:
    with transaction() as tx:
        sent = proposals.submit_proposal(tx, place.window_id, ROW, Sender("phone", "t"))
    place.clock.advance(8 * 86400)
    with transaction() as tx:
        assert proposals.forget_senders(tx, place.congress_id) == 0
        kept = tx.get_one(ProposalContact, sent.proposal_id)
        tx.refresh(kept)
        assert (kept.device, kept.sealed is None) == ("", False)

    place.clock.advance(358 * 86400)
    with transaction() as tx:
        assert proposals.forget_senders(tx, place.congress_id) == 1
        assert proposals.read_contact(tx, place.office, place.congress_id, sent.number) is None


def test_outside_its_days_a_window_takes_nothing(place: Place) -> None:
    place.clock.advance(-1)
    with pytest.raises(NotNow, match="not begun"):
        place.send()
    place.clock.advance(30 * 86400 + 1)
    with pytest.raises(NotNow, match="is over"):
        place.send()


def test_a_window_for_members_does_not_take_proposals_of_residents(place: Place) -> None:
    with transaction() as tx:
        only = plan(place.clock, Audience.MEMBERS)
        place.window_id = proposals.save_window(tx, place.office, place.congress_id, only).id

    with pytest.raises(NotFound):
        place.send()


def test_a_form_sent_twice_is_one_proposal(place: Place) -> None:
    place.send(ticket="same")

    with pytest.raises(Conflict, match="received already"):
        place.send(ticket="same")


def test_a_flood_from_one_device_ends_after_five_a_day(place: Place) -> None:
    for _ in range(5):
        place.send()
    with pytest.raises(NotNow, match="within a day"):
        place.send()
    place.send(device="another phone")

    place.clock.advance(86401)
    place.send()


def test_support_ends_with_the_collection_and_with_the_vote(place: Place) -> None:
    sent = place.send()
    place.move(sent, ProposalState.ACCEPTED)
    with transaction() as tx:
        project = Project(
            congress_id=place.congress_id, year=2026, code="2026-01", title="加装电梯",
            state=ProjectState.LISTED, created_at=place.clock.at,
        )  # fmt: skip
        tx.add(project)
        tx.flush()
        proposals.find_proposal(tx, place.congress_id, sent.number).project_id = project.id
    with transaction() as tx:
        assert proposals.support(tx, place.congress_id, sent.number, "a").is_new
        tx.query(Project).one().state = ProjectState.DECIDED
    with transaction() as tx:
        with pytest.raises(NotNow, match="dealt with"):
            proposals.support(tx, place.congress_id, sent.number, "b")
        tx.query(Project).one().state = ProjectState.SCREENING
        tx.flush()
        place.clock.advance(31 * 86400)
        with pytest.raises(NotNow, match="collection is over"):
            proposals.support(tx, place.congress_id, sent.number, "b")


def test_support_counts_once_for_each_device(place: Place) -> None:
    sent = place.send()
    with transaction() as tx, pytest.raises(NotFound):
        proposals.support(tx, place.congress_id, sent.number, "a")
    place.move(sent, ProposalState.ACCEPTED)

    for device, expected in (("a", 1), ("a", 1), ("b", 2)):
        with transaction() as tx:
            given = proposals.support(tx, place.congress_id, sent.number, device)
        assert given.supports == expected

    with reading() as tx:
        found = proposals.find_public(tx, place.congress_id, sent.number)
        assert proposals.has_supported(tx, found, "a")
        assert not proposals.has_supported(tx, found, "c")
        assert titles(tx, place, order=Order.WANTED) == [ROW.title]


def test_photos_become_public_with_their_proposal_and_disappear_with_it(place: Place) -> None:
    with transaction() as tx:
        sent = proposals.submit_proposal(
            tx, place.window_id, ROW, Sender("phone", "t"), photos=[photo()]
        )
    owner = f"proposal:{sent.proposal_id}"
    for state, reason, is_public in (
        (ProposalState.ACCEPTED, "", True),
        (ProposalState.DECLINED, "理由", False),
    ):
        place.move(sent, state, reason)
        with reading() as tx:
            cards = pictures.of(tx, place.congress_id, owner)
        assert [card.is_public for card in cards] == [is_public]


def test_more_than_six_photos_are_refused(place: Place) -> None:
    with transaction() as tx, pytest.raises(NotValid, match="too many photos"):
        proposals.submit_proposal(
            tx, place.window_id, ROW, Sender("phone", "t"), photos=[photo((8, 8))] * 7
        )


def test_a_photo_of_a_face_can_be_destroyed(place: Place) -> None:
    with transaction() as tx:
        sent = proposals.submit_proposal(
            tx, place.window_id, ROW, Sender("phone", "t"), photos=[photo((8, 8))]
        )
        owner = f"proposal:{sent.proposal_id}"
        (card,) = pictures.of(tx, place.congress_id, owner)
        proposals.remove_photo(tx, place.office, place.congress_id, sent.number, photo=card.number)

        assert pictures.of(tx, place.congress_id, owner) == ()


def test_merged_proposals_begin_the_way_of_their_project(place: Place) -> None:
    first, second = place.send(), place.send("小区电梯更新")
    with transaction() as tx:
        project = Project(
            congress_id=place.congress_id,
            year=2026,
            code="2026-01",
            title="加装电梯",
            created_at=place.clock.at,
        )
        tx.add(project)
        tx.flush()
        for sent in (first, second):
            proposals.set_state(
                tx,
                place.office,
                sent.proposal_id,
                ProposalState.MERGED,
                project_id=project.id,
                reason="内容相近，合并办理",
            )

    with reading() as tx:
        project = tx.get_one(Project, project.id)
        (step,) = proposals.steps_of(tx, project)
        found = proposals.find_by_code(tx, place.congress_id, second.code)
        assert str(step.words) == f"It was proposed: {ROW.title}"
        assert "2 proposals" in str(step.detail)
        assert (found.project_id, found.steps[-1].reason) == (project.id, "内容相近，合并办理")


def test_a_proposal_is_not_taken_back_into_the_queue_once_public(place: Place) -> None:
    sent = place.send()
    place.move(sent, ProposalState.ACCEPTED)

    with pytest.raises(NotNow):
        place.move(sent, ProposalState.RECEIVED)


def test_several_are_moved_at_once(place: Place) -> None:
    numbers = [place.send(device=f"{i}").number for i in range(3)]

    with transaction() as tx:
        moved = proposals.set_states(
            tx, place.office, place.congress_id, numbers[:2], state=ProposalState.ACCEPTED
        )
        again = proposals.set_states(
            tx, place.office, place.congress_id, numbers, state=ProposalState.ACCEPTED
        )

    assert (moved, again) == (2, 1)


@pytest.mark.parametrize("role", [Role.DEPUTY, Role.STATION, Role.UNIT, Role.CHAIR])
def test_only_offices_decide(place: Place, role: Role) -> None:
    sent = place.send()
    other = Actor(1, "other", frozenset({(place.congress_id, role)}))

    with transaction() as tx:
        for act in (
            lambda: proposals.set_state(tx, other, sent.proposal_id, ProposalState.ACCEPTED),
            lambda: proposals.read_contact(tx, other, place.congress_id, sent.number),
            lambda: proposals.save_window(tx, other, place.congress_id, plan(place.clock)),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_the_office_enters_a_letter_of_a_resident(place: Place) -> None:
    with transaction() as tx:
        standings = proposals.list_standings(tx, place.office, place.congress_id)
        sent = proposals.enter_proposal(
            tx, place.office, place.congress_id, Entered(ROW, "resident:0", "t")
        )
        with pytest.raises(NotValid, match="whose name"):
            proposals.enter_proposal(
                tx, place.office, place.congress_id, Entered(ROW, "deputy:1", "u")
            )
        entered = proposals.list_entered(tx, place.congress_id, place.office.user_id or 0)

    assert [standing.source for standing in standings] == [Source.OFFICE, Source.RESIDENT]
    assert [(row.number, row.source) for row in entered] == [(sent.number, Source.RESIDENT)]


def test_deputies_stations_and_units_propose_in_their_names(place: Place) -> None:
    roles = [(place.congress_id, role) for role in (Role.STATION, Role.UNIT)]
    with transaction() as tx:
        keeper = enrol(tx, "keeper", *roles).actor
        made = {"congress_id": place.congress_id, "created_at": place.clock.at}
        station, unit = Station(code="xx", name="西兴联络站", **made), Unit(name="住建局", **made)
        tx.add_all([station, unit])
        tx.flush()
        user_id = keeper.user_id or 0
        tx.add_all(
            [
                StationKeeper(station_id=station.id, user_id=user_id),
                UnitMember(unit_id=unit.id, user_id=user_id),
            ]
        )
        tx.flush()
        standings = proposals.list_standings(tx, keeper, place.congress_id)
        for number, standing in enumerate(standings):
            entered = Entered(ROW, standing.value, f"t{number}")
            proposals.enter_proposal(tx, keeper, place.congress_id, entered)
        rows = proposals.list_entered(tx, place.congress_id, user_id)

        assert [(row.source, row.station_id, row.unit_id) for row in reversed(rows)] == [
            (Source.STATION, station.id, None),
            (Source.UNIT, None, unit.id),
        ]
        assert {row.state for row in rows} == {ProposalState.RECEIVED}


def test_a_stranger_proposes_in_nobody_s_name(place: Place) -> None:
    with transaction() as tx, pytest.raises(NotAllowed):
        proposals.enter_proposal(tx, NOBODY, place.congress_id, Entered(ROW, "office:0", "t"))


def test_the_office_owes_a_look_within_the_days_set(place: Place) -> None:
    today = date(2026, 2, 1)
    with reading() as tx:
        assert proposals.dues(tx, place.office, place.congress_id, today) == ()
    place.send()

    with reading() as tx:
        (due,) = proposals.dues(tx, place.office, place.congress_id, today)
        assert tx.get_one(Congress, place.congress_id).slug == due.values["slug"]
        assert proposals.dues(tx, NOBODY, place.congress_id, today) == ()
    assert (due.due_on, str(due.words)) == (
        date(2026, 2, 11),
        "1 proposals wait to be looked at.",
    )


def test_charts_count_everything_that_came_in(place: Place) -> None:
    for number in range(3):
        place.send(device=f"{number}")
    with transaction() as tx:
        proposals.submit_proposal(tx, place.window_id, ROW, Sender("x", "t"))

    with reading() as tx:
        charts = proposals.read_charts(tx, place.congress_id)

    assert (charts.total, charts.supports) == (4, 0)
    assert [(bar.key, bar.count) for bar in charts.areas] == [("长河街道", 3), ("西兴街道", 1)]
    assert [(bar.key, bar.count) for bar in charts.categories] == [("other", 3), ("housing", 1)]


FORM = {"title": "加装电梯", "category": "housing", "place": "西兴街道", "content": "加装"}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", ""),
        ("title", "长" * 61),
        ("title", "藏\u202e字"),
        ("category", ""),
        ("category", "spaceships"),
        ("place", " "),
        ("content", ""),
        ("content", "长" * 2001),
        ("reason", "长" * 1001),
        ("point", "31.2"),
        ("point", "120.2, 30.2"),
        ("point", "30.2, 190"),
        ("estimate", "很多"),
        ("estimate", "-1"),
        ("phone", "电话"),
        ("name", "<b>"),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, text: str) -> None:
    with pytest.raises(NotValid) as refused:
        read_proposal_form({**FORM, field: text})

    assert [problem.field for problem in refused.value.problems] == [field]


def test_money_is_typed_in_ten_thousands_and_the_point_is_kept_to_ten_metres() -> None:
    row = read_proposal_form({**FORM, "estimate": "120.5", "point": "30.208412，120.211987"})

    assert (row.estimate_yuan, row.point) == (1_205_000, (30.2084, 120.2120))
