"""Brings a sitting as far as a test of its pages needs it, through services instead of pages."""

from __future__ import annotations

from datetime import date

from flask import Flask

from tests.application import Member, enrol
from tests.congress import card
from tests.hall import Hall
from voting.db import Tx, transaction
from voting.imports.rolls import RollLine
from voting.models.sittings import BallotKind, Presence
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.rules.vote import DecisionSettings, RatingSettings, Settings, Threshold
from voting.services import candidates, ceremony, elections, roster
from voting.services.candidates import Adoption
from voting.services.ceremony import HolderPlan
from voting.services.people import congresses
from voting.services.roster import ImportChoice
from voting.services.sittings import attendance, cards, plenary, rulebook, scrutineers
from voting.services.sittings.attendance import CheckIn
from voting.services.sittings.plenary import SittingPlan

DEPUTIES = 14
PRESENT = 12
DAY = date(2026, 2, 1)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱"
ROSTER = "编号,姓名,代表团,工作单位及职务,座位,电话\n" + "".join(
    f"{i:03},{surname}代表,第{'一二'[i % 2]}代表团,某单位{i},{i}座,\n"
    for i, surname in enumerate(SURNAMES, start=1)
)
TITLES = (
    *("住房保障", "老旧小区居住条件改善", "教育惠民", "健康惠民", "养老服务", "无障碍环境建设"),
    *("食品安全", "城乡交通改善", "文化惠民", "婴幼儿照护", "饮用水提升", "公交与农村公路"),
    "农村文化礼堂建设",
)
HOLDERS = ("chief", "second", "third")
SLUG = "binjiang"
CONGRESS = "滨江区第七届人民代表大会"
TEAM: dict[str, tuple[str, Role]] = {
    "secretary": ("周文书", Role.SECRETARIAT),
    "clerk": ("吴签到", Role.SECRETARIAT),
    "chair": ("林主席", Role.CHAIR),
    "chief": ("王监票", Role.CHIEF_SCRUTINEER),
    "second": ("李监票", Role.SCRUTINEER),
    "third": ("赵监票", Role.SCRUTINEER),
}


def staff(tx: Tx, congress_id: int, *, without: str = "") -> dict[str, Member]:
    """Enrol the people who hold a sitting, each with an authenticator; one may be left out."""
    return {
        login: enrol(tx, login, (congress_id, role), name=name)
        for login, (name, role) in TEAM.items()
        if login != without
    }


def found_congress() -> dict[str, Member]:
    """Make an empty congress and its people."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        made = congresses.make_congress(tx, admin, slug=SLUG, name=CONGRESS)
        return staff(tx, made.id)


def candidate_table(titles: tuple[str, ...]) -> str:
    """Write a list of candidates as a table."""
    head = "项目编号,项目名称,建设内容及规模,年度计划投资(万元),责任单位\n"
    return head + "".join(
        f"p{i:02},{title},建设内容第{i}项,{i}00,区某局{i}\n"
        for i, title in enumerate(titles, start=1)
    )


def plan(app: Flask, team: dict[str, Member], *, is_rehearsal: bool = False) -> Hall:
    """Plan a sitting with its roster; nothing else is done."""
    secretary = team["secretary"].actor
    with transaction() as tx:
        congress = congresses.find_congress(tx, SLUG)
        days = (DAY, date(2026, 2, 3))
        made = SittingPlan("第一次会议", *days, DEPUTIES, is_rehearsal=is_rehearsal)
        sitting = plenary.plan_sitting(tx, secretary, congress.id, made)
        roster.import_roster(
            tx, secretary, congress.id, data=ROSTER.encode(), choice=ImportChoice()
        )
    return Hall(
        app,
        congress.slug,
        congress.id,
        sitting.id,
        secretary=secretary,
        chair=team["chair"].actor,
        chief=team["chief"].actor,
        trustees=len(HOLDERS),
        threshold=2,
        cards=[card(i) for i in range(1, DEPUTIES + 3)],
    )


def prepare(hall: Hall, team: dict[str, Member], *, seats: int = 10) -> None:
    """Adopt list and rules, name scrutineers, make cards and keys, begin, check twelve in."""
    adopt(hall, BallotKind.DECISION, DecisionSettings(seats, threshold=Threshold.NONE))
    name_scrutineers(hall)
    publish_cards(hall)
    make_keys(hall, team)
    fill_hall(hall)


def adopt(
    hall: Hall, kind: BallotKind, settings: Settings, titles: tuple[str, ...] = TITLES
) -> None:
    """Import and lock a list, and adopt rules for it."""
    actor, sitting = hall.secretary, hall.sitting_id
    data = candidate_table(titles).encode()
    with transaction() as tx:
        listed = candidates.import_candidates(tx, actor, sitting, kind=kind, data=data)
        candidates.lock_candidates(tx, actor, listed.id, Adoption(DAY, "常委会决定"))
        rulebook.draft_rules(tx, actor, sitting, kind=kind, settings=settings)
        rulebook.adopt_rules(tx, actor, sitting, kind=kind, adopted_on=DAY)


def adopt_rating(hall: Hall, titles: tuple[str, ...] = TITLES[:3]) -> None:
    """Put last year's projects on the list of the rating."""
    adopt(hall, BallotKind.RATING, RatingSettings(), titles)


def name_scrutineers(hall: Hall) -> None:
    """Name three deputies, the second of them the chief."""
    with transaction() as tx:
        people = [deputy.id for deputy in roster.list_deputies(tx, hall.congress_id)[:3]]
        scrutineers.name_scrutineers(tx, hall.secretary, hall.sitting_id, people, chief=people[1])


def publish_cards(hall: Hall) -> None:
    """Publish the roll of all cards, with serials from 0001 on."""
    lines = [
        RollLine(f"{number:04}", hall.credential(number))
        for number in range(1, len(hall.cards) + 1)
    ]
    with transaction() as tx:
        cards.publish_roll(tx, hall.secretary, hall.sitting_id, lines)


def make_keys(hall: Hall, team: dict[str, Member]) -> None:
    """Hold the ceremony with the scrutineers' accounts."""
    begin_keys(hall, team)
    for step in (hall.register, hall.commit, hall.confirm):
        for index in range(1, hall.trustees + 1):
            hall.publish(step(index), hall.invitations[index - 1])


def begin_keys(hall: Hall, team: dict[str, Member]) -> None:
    """Begin the ceremony with the scrutineers' accounts."""
    people = [team[login].actor for login in HOLDERS]
    holders = [HolderPlan(actor.name, actor.user_id) for actor in people]
    with transaction() as tx:
        begun = ceremony.begin(
            tx, hall.secretary, hall.sitting_id, threshold=hall.threshold, holders=holders
        )
    hall.ceremony_id, hall.invitations = begun.ceremony_id, begun.invitations


def fill_hall(hall: Hall, present: int = PRESENT) -> None:
    """Begin the sitting, check so many in with the cards of their number, and issue these."""
    with transaction() as tx:
        plenary.begin_sitting(tx, hall.secretary, hall.sitting_id)
        people = sorted(roster.list_deputies(tx, hall.congress_id), key=lambda each: each.number)
        for number, deputy in enumerate(people[:present], start=1):
            entry = CheckIn(deputy.id, Presence.PRESENT, f"{number:04}")
            attendance.check_in(tx, hall.secretary, hall.sitting_id, entry)
        cards.issue_batch(tx, hall.secretary, hall.sitting_id)


def prepare_vote(hall: Hall, kind: BallotKind = BallotKind.DECISION) -> int:
    """Prepare the vote of a kind; gives its number."""
    with transaction() as tx:
        title = elections.suggested_title(kind, DAY.year)
        return elections.prepare(tx, hall.secretary, hall.sitting_id, kind, title=title).id


def marks(number: int, most: int = 10) -> list[str]:
    """Give what a deputy marks: all but some, each time others."""
    codes = [f"p{i:02}" for i in range(1, len(TITLES) + 1)]
    turned = codes[number:] + codes[:number]
    return sorted(turned[: max(1, most - number % 4)])


def hold_vote(hall: Hall) -> int:
    """Open a decision and let eleven of twelve vote; it stays open."""
    election = prepare_vote(hall)
    hall.open(election)
    for number in range(1, PRESENT):
        hall.cast(election, number, marks(number))
    return election
