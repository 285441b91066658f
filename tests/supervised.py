"""A congress with decided projects, their unit, an office and deputies, for supervision tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from tests.application import Member, enrol
from tests.plenary import make_sitting
from voting import clock
from voting.clock import StoppedClock
from voting.db import Tx
from voting.i18n import SHANGHAI
from voting.models.milestones import Stage
from voting.models.people import User
from voting.models.projects import MoneyLine, Project, ProjectState, SubItem
from voting.models.sittings import Deputy
from voting.models.units import Unit, UnitMember
from voting.rules.roles import Role
from voting.services import milestones
from voting.services.people import sessions
from voting.services.supervision import groups, years
from voting.services.supervision.groups import GroupPlan, TargetRow
from voting.services.supervision.years import YearPlan

SLUG = "binjiang"
YEAR = 2026
TITLES = ("改造老旧小区 20 个", "新增停车泊位 3000 个", "建设社区食堂 12 家")
TARGETS = (
    TargetRow(3, 10, "完成设计"),
    TargetRow(4, 20),
    TargetRow(5, 30, "开工建设"),
    TargetRow(6, 50),
    TargetRow(8, 70),
    TargetRow(10, 90),
    TargetRow(11, 100, "完工"),
)


@dataclass
class Supervised:
    """The congress, its people and the codes of its projects."""

    congress_id: int
    office: Member
    unit: Member
    deputy: Member
    codes: tuple[str, ...]
    unit_id: int
    deputy_ids: tuple[int, ...]


def move(clock: StoppedClock, month: int, day: int, year: int = YEAR, hour: int = 9) -> None:
    """Set the clock to a day in Hangzhou."""
    clock.at = datetime(year, month, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def make_supervised(tx: Tx, *, projects: int = 3, deputies: int = 4) -> Supervised:
    """Make the congress with decided projects, before their supervision begins."""
    congress_id, _ = make_sitting(tx, SLUG, deputies=deputies)
    office = enrol(tx, "office", (congress_id, Role.COMMITTEE), name="郑工委")
    unit = enrol(tx, "unit", (congress_id, Role.UNIT), name="钱建设")
    deputy = enrol(tx, "deputy", (congress_id, Role.DEPUTY), name="代表1")
    bureau = Unit(congress_id=congress_id, name="区住建局", created_at=clock.now())
    tx.add(bureau)
    tx.flush()
    tx.add(UnitMember(unit_id=bureau.id, user_id=unit.actor.user_id))
    people = tx.scalars(select(Deputy).order_by(Deputy.position)).all()
    people[0].user_id = deputy.actor.user_id
    codes = tuple(f"{YEAR}-{number:02}" for number in range(1, projects + 1))
    for code, title in zip(codes, TITLES, strict=False):
        decide(tx, congress_id, bureau.id, code=code, title=title)
    ids = tuple(person.id for person in people)
    return Supervised(congress_id, office, unit, deputy, codes, bureau.id, ids)


def decide(tx: Tx, congress_id: int, unit_id: int, *, code: str, title: str) -> Project:
    """Let a project be decided, in the database and in the log."""
    project = Project(
        congress_id=congress_id,
        year=YEAR,
        code=code,
        title=title,
        content="按年度计划实施",
        place="全区",
        goal="年底前完成",
        unit_id=unit_id,
        total_yuan=30_000_000,
        state=ProjectState.DECIDED,
        created_at=clock.now(),
        sub_items=[SubItem(position=1, title="一期"), SubItem(position=2, title="二期")],
        money=[MoneyLine(year=YEAR, source="区财政", planned_yuan=20_000_000)],
    )
    tx.add(project)
    tx.flush()
    for stage in (Stage.ADOPTED, Stage.DECIDED):
        milestones.record(tx, congress_id, code, stage, content={"title": title})
    return project


def begin(tx: Tx, made: Supervised, *, targets: bool = True) -> None:
    """Begin the year's supervision on 1 March, with a group and targets for the first project."""
    actor, congress_id = made.office.actor, made.congress_id
    years.begin_year(tx, actor, congress_id, YearPlan(YEAR, date(YEAR, 3, 1), "five"))
    group = GroupPlan(
        "城建环保工委", "林主任", "区住建局", 4, "看进度、看质量、看资金", made.deputy_ids[:2]
    )
    groups.save_group(tx, actor, congress_id, made.codes[0], group=group)
    if targets:
        groups.save_targets(tx, actor, congress_id, made.codes[0], targets=TARGETS)


def sign_in(tx: Tx, made: Supervised) -> None:
    """Sign everybody in anew, as after a clock that was moved on."""
    for member in (made.office, made.unit, made.deputy):
        assert member.actor.user_id is not None
        tx.get_one(User, member.actor.user_id).password_set_at = clock.now()
        member.token = sessions.start_session(tx, member.actor.user_id, device="test")
