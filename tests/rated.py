"""Decided projects, and a rating of them from its list to its declared result, in a hall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from flask import Flask
from sqlalchemy import select

from tests.congress import card
from tests.hall import Hall
from tests.plenary import make_official
from voting import clock
from voting.db import transaction
from voting.models.milestones import Stage
from voting.models.projects import Project, ProjectState, SubItem
from voting.models.sittings import Attendance, BallotKind, Body, Deputy, Presence
from voting.models.units import Unit
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.rules.vote import RatingSettings
from voting.services import elections, milestones, tallying
from voting.services.ratings import preparing
from voting.services.ratings.preparing import RatingPlan, What
from voting.services.sittings import committee, plenary, rulebook
from voting.services.sittings.plenary import SittingPlan

NINGHAI: Final = (
    *((175, 43, 4), (161, 58, 3), (187, 34, 1), (177, 44, 1), (161, 57, 4), (165, 57, 0)),
    *((145, 74, 3), (159, 62, 1), (168, 53, 1)),
)
"""Nine projects of 2020 as 222 deputies rated them: satisfied, basically, dissatisfied."""

TITLES: Final = (
    *("城乡供水提质工程", "农村生活污水治理", "中小学校新改建", "公共卫生服务提升"),
    *("老旧小区改造", "四好农村路建设", "停车泊位增建", "居家养老服务中心建设", "文化惠民工程"),
)


def decide(hall: Hall, titles: Sequence[str], *, year: int = 2025, parts: int = 0) -> list[int]:
    """Let projects be decided, in the tables and in the log; give their numbers."""
    with transaction() as tx:
        unit = Unit(congress_id=hall.congress_id, name="区住建局", created_at=clock.now())
        tx.add(unit)
        tx.flush()
        rows = [
            Project(
                congress_id=hall.congress_id,
                year=year,
                code=f"{year}-{place:02}",
                title=title,
                unit_id=unit.id,
                state=ProjectState.DECIDED,
                created_at=clock.now(),
                sub_items=[
                    SubItem(position=part, title=f"{title}（子项{part}）")
                    for part in range(1, parts + 1)
                ],
            )
            for place, title in enumerate(titles, start=1)
        ]
        tx.add_all(rows)
        tx.flush()
        for row in rows:
            for stage in (Stage.ADOPTED, Stage.DECIDED):
                milestones.record(
                    tx, hall.congress_id, row.code, stage, content={"title": row.title}
                )
        return [row.id for row in rows]


def committee_of(hall: Hall) -> Actor:
    """Give somebody of the committee's office."""
    with transaction() as tx:
        return make_official(tx, hall.congress_id, Role.COMMITTEE)


def set_up(
    hall: Hall,
    actor: Actor,
    *,
    what: What = What.PROJECTS,
    settings: RatingSettings | None = None,
    year: int = 2025,
) -> int:
    """Put the year's projects on the sitting's rating list, and give the rating's number."""
    plan = RatingPlan(
        year,
        hall.sitting_id,
        what,
        settings=settings or RatingSettings(abstain=False),
        adopted_on=date(2026, 2, 1),
    )
    with transaction() as tx:
        return preparing.set_up(tx, actor, hall.congress_id, plan).id


def open_rating(hall: Hall) -> int:
    """Adopt the rules, prepare the rating from its list, and open it; gives the election."""
    with transaction() as tx:
        rulebook.adopt_rules(
            tx,
            hall.secretary,
            hall.sitting_id,
            kind=BallotKind.RATING,
            adopted_on=date(2026, 2, 1),
        )
    with transaction() as tx:
        title = elections.suggested_title("rating", 2026)
        made = elections.prepare(
            tx, hall.secretary, hall.sitting_id, BallotKind.RATING, title=title
        )
        election = made.id
    hall.open(election)
    return election


def marks_of(counts: Sequence[Sequence[int]], ballots: int) -> list[list[str]]:
    """Spread counts over ballots: a list of grades for each ballot, one an item."""
    columns = []
    for numbers in counts:
        names = ("satisfied", "basic", "dissatisfied", "abstain")
        column = [name for name, n in zip(names, numbers, strict=False) for _ in range(n)]
        assert len(column) == ballots
        columns.append(column)
    return [list(row) for row in zip(*columns, strict=True)]


def cast(hall: Hall, election: int, codes: Sequence[str], marks: Sequence[Sequence[str]]) -> None:
    """Cast a ballot a card, with one grade for each item."""
    for number, row in enumerate(marks, start=1):
        hall.cast(election, number, list(zip(codes, row, strict=True)))


def declare(hall: Hall, election: int) -> None:
    """Count a vote and declare it, by chair and chief scrutineer."""
    hall.count(election)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, election)


def committee_sitting(hall: Hall, *, members: int = 3, name: str = "常委会第五次会议") -> Hall:
    """Let some of the deputies be the standing committee, and meet with cards and keys."""
    with transaction() as tx:
        deputies = tx.scalars(
            select(Deputy.id).where(Deputy.congress_id == hall.congress_id).order_by(Deputy.id)
        ).all()
        committee.name_members(tx, hall.secretary, hall.congress_id, deputies[:members])
    day = date(2026, 7, 1)
    return meet(hall, SittingPlan(name, day, day, members, body=Body.COMMITTEE), first_card=1000)


def meet(hall: Hall, plan: SittingPlan, *, first_card: int) -> Hall:
    """Let another sitting of a congress meet, with everybody there, cards and keys."""
    with transaction() as tx:
        made = plenary.plan_sitting(tx, hall.secretary, hall.congress_id, plan).id
    cards = [card(first_card + number) for number in range(plan.deputies + 2)]
    other = replace(hall, sitting_id=made, cards=cards, papers={})
    other.publish_roll()
    with transaction() as tx:
        plenary.begin_sitting(tx, hall.secretary, made)
        for row in tx.scalars(select(Attendance).where(Attendance.sitting_id == made)):
            row.status = Presence.PRESENT
    other.hold_ceremony()
    other.issue(range(1, plan.deputies + 1))
    return other


def officials(app: Flask, slug: str, congress_id: int) -> Hall:
    """Give the people who run sittings of a congress that is there already."""
    with transaction() as tx:
        return Hall(
            app,
            slug,
            congress_id,
            0,
            secretary=make_official(tx, congress_id, Role.SECRETARIAT),
            chair=make_official(tx, congress_id, Role.CHAIR),
            chief=make_official(tx, congress_id, Role.CHIEF_SCRUTINEER),
            trustees=3,
            threshold=2,
            cards=[],
        )
