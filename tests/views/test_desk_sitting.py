"""The desk while a sitting is prepared and held: cards, check-in, scrutineers, votes, over HTTP."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from ballots.log import make_verifier_key
from tests import staging
from tests.application import settings
from tests.desks import Office, office, upload
from voting.db import reading, transaction
from voting.models.journal import JournalEntry
from voting.models.sittings import Attendance, BallotKind, Card, CardState, Presence
from voting.rules.vote import DecisionSettings
from voting.services import roster, tallying

__all__ = ["office", "settings"]

WITNESS = make_verifier_key("supervision.example/w1", bytes(32), is_witness=True)


@pytest.fixture
def meeting(office: Office) -> Office:
    """A sitting that meets, with its cards printed and nobody checked in."""
    staging.publish_cards(office.hall)
    office.secretary.do(f"{office.desk}/begin", office.desk)
    return office


@pytest.fixture
def ready(office: Office) -> Office:
    """A sitting at which all is ready for a vote of thirteen projects."""
    staging.prepare(office.hall, office.team)
    return office


def card_states(office: Office) -> dict[str, CardState]:
    """Give the state of every card that is not waiting in its box."""
    with reading() as tx:
        found = tx.scalars(select(Card).where(Card.state != CardState.PRINTED))
        return {card.serial: card.state for card in found}


def presence(office: Office, number: str) -> Presence:
    """Give a deputy's status."""
    with reading() as tx:
        people = {each.number: each for each in roster.list_deputies(tx, office.hall.congress_id)}
        return tx.get_one(Attendance, (office.hall.sitting_id, people[number].id)).status


def deputy_at(page: str) -> str:
    """Read which deputy the desk has found."""
    found = re.search(r'name="deputy" value="(\d+)"', page)
    assert found is not None
    return found[1]


def come(office: Office, number: str, serial: str, status: str = "present") -> str:
    """Check somebody in at the desk, and give the page that follows."""
    place = f"{office.desk}/checkin?q={number}"
    deputy = deputy_at(office.secretary.read(place))
    fields = {"deputy": deputy, "status": status, "serial": serial}
    return office.secretary.do(f"{office.desk}/checkin", place, **fields)


# Cards


def roll_of(office: Office) -> str:
    """Write the roll of all cards as the browser sends it."""
    lines = [f"{n:04},{office.hall.credential(n)}" for n in range(1, len(office.hall.cards) + 1)]
    return "\n".join(["serial,credential", *lines])


def test_a_roll_from_elsewhere_is_published_once(office: Office) -> None:
    cards = f"{office.desk}/cards"

    page = office.secretary.do(f"{cards}/roll", cards, file=upload(roll_of(office), "roll.csv"))

    assert "名录已公布" in page
    other = upload(roll_of(office), "roll.csv")
    status, _ = office.secretary.fail(f"{cards}/roll", cards, file=other)
    assert status == 409


def test_the_page_that_makes_cards_is_answered_without_a_page(office: Office) -> None:
    cards = f"{office.desk}/cards"
    secretary = office.secretary
    token = re.search(r'data-csrf="([^"]+)"', secretary.read(cards))
    assert token is not None

    answer = secretary.client.post(
        f"{cards}/roll",
        data={"csrf_token": token[1], "file": upload(roll_of(office), "roll.csv")},
        headers={"X-Island": "1", "Referer": f"http://localhost{cards}"},
    )

    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("text", ["serial,credential\n0001,x", "nothing", "serial,credential\n"])
def test_a_roll_that_is_none_is_refused_with_its_line(office: Office, text: str) -> None:
    cards = f"{office.desk}/cards"

    status, page = office.secretary.fail(f"{cards}/roll", cards, file=upload(text, "roll.csv"))

    assert status == 422
    assert 'role="alert"' in page


def test_a_lost_card_is_replaced_and_a_returned_one_revoked(ready: Office) -> None:
    cards = f"{ready.desk}/cards"
    lost = {"serial": "0001", "other": "0014", "reason": "遗失"}

    page = ready.secretary.do(f"{cards}/replace", cards, **lost)

    assert "表决卡 0001 已注销，另发 0014" in page
    page = ready.secretary.do(f"{cards}/revoke", cards, serial="0002", reason="损坏")
    assert "0002" in page
    states = card_states(ready)
    assert states["0001"] is states["0002"] is CardState.REVOKED
    assert states["0014"] is CardState.DRAWN


def test_a_serial_of_no_card_keeps_what_was_typed(ready: Office) -> None:
    cards = f"{ready.desk}/cards"
    fields = {"serial": "9999", "reason": "在门口遗失", "_form": "revoke"}

    status, page = ready.secretary.fail(f"{cards}/revoke", cards, **fields)

    assert status == 404
    assert 'value="9999"' in page
    assert 'value="在门口遗失"' in page


def test_no_secret_of_a_card_is_on_any_page(ready: Office) -> None:
    for path in ("", "/cards", "/checkin", "/checkin/sheet", "/votes"):
        page = ready.secretary.read(f"{ready.desk}{path}")
        assert ready.hall.credential(1) not in page


# Check-in


def test_a_deputy_comes_draws_a_card_and_leaves(meeting: Office) -> None:
    page = come(meeting, "001", "0005")
    assert "已登记" in page
    assert presence(meeting, "001") is Presence.PRESENT
    assert card_states(meeting) == {"0005": CardState.DRAWN}

    come(meeting, "001", "0005", "left")

    assert presence(meeting, "001") is Presence.LEFT
    assert card_states(meeting) == {"0005": CardState.REVOKED}


def test_a_deputy_is_late_or_on_leave(meeting: Office) -> None:
    come(meeting, "002", "0001", "late")
    come(meeting, "003", "", "leave")

    assert presence(meeting, "002") is Presence.LATE
    assert presence(meeting, "003") is Presence.LEAVE


@pytest.mark.parametrize(("serial", "status"), [("", 422), ("9999", 404), ("0001", 409)])
def test_a_card_that_can_not_be_drawn_keeps_the_deputy_on_the_page(
    meeting: Office, serial: str, status: int
) -> None:
    come(meeting, "001", "0001")
    place = f"{meeting.desk}/checkin?q=002"
    deputy = deputy_at(meeting.secretary.read(place))
    fields = {"deputy": deputy, "status": "present", "serial": serial}

    refused, page = meeting.secretary.fail(f"{meeting.desk}/checkin?q=002", place, **fields)

    assert refused == status
    assert deputy_at(page) == deputy
    assert f'value="{serial}"' in page
    assert presence(meeting, "002") is Presence.EXPECTED


def test_a_deputy_whom_the_roster_lacked_is_entered_and_comes(meeting: Office) -> None:
    new = "/desk/binjiang/roster/deputies/new"
    entry = {"number": "015", "name": "钱代表", "delegation": "第一代表团"}

    meeting.secretary.do(new, new, **entry)
    come(meeting, "015", "0001")

    assert presence(meeting, "015") is Presence.PRESENT
    assert "名册共 15 人" in meeting.secretary.read(meeting.desk)


def test_a_name_that_several_share_is_chosen_from(meeting: Office) -> None:
    page = meeting.secretary.read(f"{meeting.desk}/checkin?q=代表")

    assert page.count("checkin?q=") >= staging.DEPUTIES
    assert 'name="deputy"' not in page
    assert "没有找到" in meeting.secretary.read(f"{meeting.desk}/checkin?q=查无此人")


def test_a_small_batch_is_asked_about_and_a_large_one_is_issued(meeting: Office) -> None:
    checkin = f"{meeting.desk}/checkin"
    come(meeting, "001", "0001")

    status, page = meeting.secretary.fail(f"{checkin}/issue", checkin)

    assert status == 409
    assert "1" in page
    page = meeting.secretary.do(f"{checkin}/issue", checkin, even_if_few="1")
    assert "本批 1 张表决卡已生效" in page
    assert card_states(meeting) == {"0001": CardState.ISSUED}


def test_figures_are_sent_only_when_they_changed(meeting: Office) -> None:
    figures = f"{meeting.desk}/checkin/figures"
    page = meeting.secretary.read(figures)
    mark = re.search(r"seen=([0-9a-f]+)", page)
    assert mark is not None

    assert meeting.secretary.status(f"{figures}?seen={mark[1]}") == 204
    come(meeting, "001", "0001")
    assert meeting.secretary.status(f"{figures}?seen={mark[1]}") == 200


def test_the_sheet_names_who_is_not_there_and_badges_carry_codes(meeting: Office) -> None:
    come(meeting, "001", "0001")

    sheet = meeting.secretary.read(f"{meeting.desk}/checkin/sheet")
    badges = meeting.secretary.read(f"{meeting.desk}/checkin/badges")

    assert "王代表" not in sheet
    assert "李代表" in sheet
    assert badges.count("<svg") >= staging.DEPUTIES
    assert meeting.seat("chair").status(f"{meeting.desk}/checkin/sheet") == 200
    assert meeting.seat("chair").status(f"{meeting.desk}/checkin") == 403


def test_before_the_sitting_begins_the_desk_says_so(office: Office) -> None:
    assert "会议尚未开始" in office.secretary.read(f"{office.desk}/checkin")


def test_of_check_in_nothing_reaches_the_journal(meeting: Office) -> None:
    def lines() -> int:
        with reading() as tx:
            return len(tx.scalars(select(JournalEntry)).all())

    before = lines()
    come(meeting, "001", "0001")
    assert lines() == before


# Scrutineers, keys, witnesses


def test_scrutineers_are_named_and_a_ceremony_is_begun_and_given_up(office: Office) -> None:
    page, secretary = f"{office.desk}/scrutineers", office.secretary
    with reading() as tx:
        people = [str(d.id) for d in roster.list_deputies(tx, office.hall.congress_id)[:3]]

    shown = secretary.do(page, page, deputies=people, chief=people[1])
    assert "总监票人" in shown
    accounts = re.findall(r'name="holders" value="(\d+)"', shown)
    assert len(accounts) == 3
    shown = secretary.do(f"{office.desk}/ceremony", page, holders=accounts, threshold="2")
    ceremony = re.search(r"/ceremony/(\d+)/give-up", shown)
    assert ceremony is not None
    shown = secretary.do(f"{office.desk}/ceremony/{ceremony[1]}/give-up", page)
    assert 'name="holders"' in shown


@pytest.mark.parametrize("threshold", ["", "0", "4"])
def test_a_threshold_that_can_not_be_is_refused(office: Office, threshold: str) -> None:
    page = f"{office.desk}/scrutineers"
    shown = office.secretary.read(page)
    accounts = re.findall(r'name="holders" value="(\d+)"', shown)
    fields = {"holders": accounts, "threshold": threshold, "_form": "ceremony"}

    status, again = office.secretary.fail(f"{office.desk}/ceremony", page, **fields)

    assert status in {400, 422}
    assert f'value="{threshold}"' in again


def test_without_a_chief_the_list_is_not_kept(office: Office) -> None:
    page = f"{office.desk}/scrutineers"

    status, _ = office.secretary.fail(page, page, deputies=["1", "2"], _form="list")

    assert status == 422


def test_keys_that_too_few_can_use_are_replaced_by_a_new_ceremony(ready: Office) -> None:
    page, secretary = f"{ready.desk}/scrutineers", ready.secretary
    shown = secretary.read(page)
    number = ready.hall.ceremony_id
    assert "指纹" in shown

    shown = secretary.do(f"{ready.desk}/ceremony/{number}/give-up", page)

    accounts = re.findall(r'name="holders" value="(\d+)"', shown)
    secretary.do(f"{ready.desk}/ceremony", page, holders=accounts, threshold="2")
    status, _ = secretary.fail(f"{ready.desk}/ceremony/{number}/give-up", page)
    assert status == 409


def test_keys_of_a_vote_under_way_stay(ready: Office) -> None:
    staging.prepare_vote(ready.hall)
    number = ready.hall.ceremony_id

    page = f"{ready.desk}/scrutineers"

    status, page = ready.secretary.fail(
        f"{ready.desk}/ceremony/{number}/give-up", page, _form="act"
    )

    assert status == 409
    assert 'role="alert"' in page


def test_a_witness_from_outside_is_named_at_the_desk(office: Office) -> None:
    page = f"{office.desk}/scrutineers"

    shown = office.secretary.do(f"{office.desk}/witnesses", page, vkey=str(WITNESS))

    assert str(WITNESS) in shown
    assert str(WITNESS) in office.seat().read("/c/binjiang/log")


@pytest.mark.parametrize("vkey", ["", "not a key", "x" * 60])
def test_what_is_no_witness_is_refused_and_kept(office: Office, vkey: str) -> None:
    page = f"{office.desk}/scrutineers"
    fields = {"vkey": vkey, "_form": "witness"}

    status, shown = office.secretary.fail(f"{office.desk}/witnesses", page, **fields)

    assert status in {400, 422}
    assert vkey in shown


# Votes


def test_a_vote_is_prepared_once(ready: Office) -> None:
    votes = f"{ready.desk}/votes"

    page = ready.secretary.do(votes, votes, kind="decision", title="2026年票决")

    assert "2026年票决" in page
    status, _ = ready.secretary.fail(votes, votes, kind="decision", title="又一次")
    assert status == 409


def test_a_vote_without_a_title_or_of_no_kind_is_refused(ready: Office) -> None:
    votes = f"{ready.desk}/votes"

    for fields in ({"kind": "decision", "title": ""}, {"kind": "lottery", "title": "票决"}):
        status, _ = ready.secretary.fail(votes, votes, **fields, _form="prepare-decision")
        assert status == 422


def test_an_annulled_vote_says_what_now_and_is_held_once_more(ready: Office) -> None:
    election = staging.prepare_vote(ready.hall)
    for actor in (ready.hall.chair, ready.hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, election, reason="断电")
    votes = f"{ready.desk}/votes"

    assert "在下方改用纸质表决票" in ready.secretary.read(votes)
    assert "请秘书处准备重新投票" in ready.seat("chair").read("/chair/binjiang")
    page = ready.secretary.do(f"{votes}/{election}/repeat", votes)

    assert "已另行准备投票" in page
    status, _ = ready.secretary.fail(f"{votes}/{election}/repeat", votes)
    assert status == 409


def test_a_tie_is_followed_by_its_run_off_with_one_press(office: Office) -> None:
    hall = office.hall
    staging.adopt(hall, BallotKind.DECISION, DecisionSettings(1), staging.TITLES[:3])
    staging.name_scrutineers(hall)
    staging.publish_cards(hall)
    staging.make_keys(hall, office.team)
    staging.fill_hall(hall)
    election = staging.prepare_vote(hall)
    hall.open(election)
    for number in range(1, 13):
        hall.cast(election, number, [f"p0{1 + number % 2}"])
    hall.count(election)
    votes = f"{office.desk}/votes"
    assert f"{votes}/{election}/run-off" in office.secretary.read(votes)

    office.secretary.do(f"{votes}/{election}/run-off", votes)

    state = json.loads(office.seat().read("/api/c/binjiang/state"))
    assert [each["round"] for each in state["elections"]] in ([1, 2], [2, 1])
    status, _ = office.secretary.fail(f"{votes}/{election}/run-off", votes)
    assert status == 409
