"""The vote as it is conducted, over HTTP: consents, count by hand, forms, hall, device."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import staging
from tests.application import settings
from tests.desks import Office, office
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.exports.sets import Form
from voting.models.elections import ElectionState
from voting.models.sittings import BallotKind
from voting.rules.vote import DecisionSettings, Threshold
from voting.services import elections, tallying

__all__ = ["office", "settings"]

CHAIR = "/chair/binjiang"
HALL = "/hall/binjiang"
NOTICE = {"number": "1", "dated": "2026-02-03", "public_on": "2026-02-03", "public_at": "09:00"}
PDF_FORMS = sorted(set(Form) - {Form.COUNT, Form.ANNOUNCEMENT})


@pytest.fixture
def ready(office: Office) -> Office:
    """A sitting at which a decision on thirteen projects is prepared, as vote 1."""
    staging.prepare(office.hall, office.team)
    staging.prepare_vote(office.hall)
    return office


@pytest.fixture
def decided(ready: Office) -> Office:
    """The same, voted on by two who agree, and counted."""
    ready.hall.open(1)
    for number in (1, 2):
        ready.hall.cast(1, number, [f"p{i:02}" for i in range(1, 11)])
    ready.hall.count(1)
    return ready


def state_of(number: int = 1) -> ElectionState:
    """Give how far a vote has come."""
    with reading() as tx:
        return elections.find_election(tx, number).state


def report_of(page: str) -> str:
    """Read the digest of the zero report that a page shows."""
    found = re.search(r'name="report" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def consent(office: Office, login: str, act: str, **fields: str) -> str:
    """Consent as chair or chief scrutineer, and give the page that follows."""
    return office.seat(login).do(f"{CHAIR}/votes/1/{act}", CHAIR, **fields)


def declare(office: Office) -> None:
    """Declare the first vote."""
    for actor in (office.hall.chair, office.hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, 1)


# Chair and chief scrutineer


def test_opening_and_closing_take_both_each_at_a_device(ready: Office) -> None:
    report = report_of(ready.seat("chair").read(CHAIR))

    page = consent(ready, "chair", "open", report=report)
    assert "您已确认" in page
    assert state_of() is ElectionState.PREPARED
    page = consent(ready, "chief", "open", report=report)
    assert "双方均已确认" in page
    assert state_of() is ElectionState.OPEN

    ready.hall.cast(1, 1, ["p01"])
    consent(ready, "chief", "close")
    assert state_of() is ElectionState.OPEN
    consent(ready, "chair", "close")
    assert state_of() is ElectionState.TALLIED


def test_one_person_can_not_consent_twice_nor_somebody_else_at_all(ready: Office) -> None:
    report = report_of(ready.seat("chair").read(CHAIR))
    consent(ready, "chair", "open", report=report)

    consent(ready, "chair", "open", report=report)
    for login in ("second", "secretary"):
        address = f"{CHAIR}/votes/1/open"
        assert ready.seat(login).fail(address, CHAIR, report=report)[0] == 403
    assert state_of() is ElectionState.PREPARED


def test_a_zero_report_that_is_not_the_one_shown_opens_nothing(ready: Office) -> None:
    status, page = ready.seat("chair").fail(f"{CHAIR}/votes/1/open", CHAIR, report="0" * 64)

    assert status == 409
    assert "零票报告" in page


def test_the_zero_report_is_printed_before_the_opening_alone(ready: Office) -> None:
    chief = ready.seat("chief")
    assert "票箱为空" in chief.read(f"{CHAIR}/votes/1/zero")

    ready.hall.open(1)

    assert chief.status(f"{CHAIR}/votes/1/zero") == 409
    assert chief.status(f"{CHAIR}/votes/99/zero") == 404


def test_annulling_takes_the_same_reason_of_both(ready: Office) -> None:
    fields = {"reason": "", "_form": "annul-1"}
    status, page = ready.seat("chair").fail(f"{CHAIR}/votes/1/annul", CHAIR, **fields)
    assert status == 422
    assert 'id="problem-annul-1-reason"' in page

    consent(ready, "chair", "annul", reason="断电")
    page = ready.seat("chief").read(CHAIR)
    assert 'value="断电"' in page
    page = consent(ready, "chief", "annul", reason="断电")

    assert state_of() is ElectionState.ANNULLED
    assert "请秘书处准备重新投票，或改用纸质票" in page
    assert "请稍候，由主席宣布后续安排" in ready.seat().read(HALL)


def test_the_outcome_is_declared_by_both_and_the_desk_says_what_now(decided: Office) -> None:
    votes = decided.secretary.read(f"{decided.desk}/votes")
    assert "请主席和总监票人各自在本人设备上确认宣布结果" in votes

    consent(decided, "chair", "declare")
    consent(decided, "chief", "declare")

    votes = decided.secretary.read(f"{decided.desk}/votes")
    assert "下一步：打印会议文书，发布公告" in votes
    status, _ = decided.seat("chair").fail(f"{CHAIR}/votes/1/annul", CHAIR, reason="太晚")
    assert status == 409


def test_the_page_follows_what_happens_and_rests_while_nothing_does(ready: Office) -> None:
    chair = ready.seat("chair")
    page = chair.read(CHAIR)
    address = re.search(r'hx-get="(/chair/binjiang/live[^"]*)"', page)
    assert address is not None
    live = address[1].replace("&amp;", "&")
    assert chair.status(live) == 204

    ready.hall.open(1)

    answer = chair.client.get(live)
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "outdated"


def test_adding_up_can_be_asked_for_again(ready: Office) -> None:
    ready.hall.open(1)
    for actor in (ready.hall.chair, ready.hall.chief):
        with transaction() as tx:
            tallying.close(tx, actor, 1)
    assert state_of() is ElectionState.CLOSED

    ready.secretary.do(f"{CHAIR}/votes/1/tally", f"{ready.desk}/votes")

    assert state_of() is ElectionState.TALLIED


# Counting by hand


@pytest.fixture
def by_hand(office: Office) -> Office:
    """A sitting that votes on three projects on paper, as count 1."""
    hall = office.hall
    staging.adopt(
        hall, BallotKind.DECISION, DecisionSettings(1, threshold=Threshold.NONE), staging.TITLES[:3]
    )
    staging.publish_cards(hall)
    staging.fill_hall(hall)
    votes = f"{office.desk}/votes"
    office.secretary.do(f"{office.desk}/hand", votes, kind="decision", title="纸质票决")
    return office


def enter(office: Office, login: str, first: str, **others: str) -> tuple[int, str]:
    """Enter a teller's count; gives the status and the page."""
    table = f"{office.desk}/hand/1"
    counts = {"count-0": first, "count-1": "3", "count-2": "1", "count-3": "0"}
    papers = {"issued": "12", "returned": "12", "void": "0", "_form": "count"}
    answer = office.seat(login).send(table, table, **papers, **counts, **others)
    return answer.status_code, answer.get_data(as_text=True)


def test_two_tellers_count_apart_and_the_chief_signs(by_hand: Office) -> None:
    table = f"{by_hand.desk}/hand/1"
    assert enter(by_hand, "second", "7")[0] == 302
    assert 'value="7"' not in by_hand.seat("third").read(table)
    assert enter(by_hand, "third", "8")[0] == 302
    assert "两名计票人" in by_hand.seat("chief").read(table)
    assert by_hand.seat("chief").fail(f"{table}/sign", table)[0] == 409

    assert enter(by_hand, "third", "7")[0] == 302
    page = by_hand.seat("chief").do(f"{table}/sign", table)

    assert "下一步：请主席和总监票人" in page
    for login in ("chair", "chief"):
        by_hand.seat(login).do(f"{CHAIR}/hand/1/declare", CHAIR)
    public = by_hand.seat().read("/c/binjiang/votes/paper/1")
    assert "人工计票" in public
    assert "人工计票" in by_hand.seat().read(HALL)


@pytest.mark.parametrize("typed", ["", "x", "-1", "1000000"])
def test_a_figure_that_is_none_is_told_and_the_others_are_kept(by_hand: Office, typed: str) -> None:
    status, page = enter(by_hand, "second", typed)

    assert status == 422
    assert 'id="problem-count-count-0"' in page
    assert re.search(r'name="issued"[^>]*value="12"', page)


def test_a_count_is_given_up_until_it_is_signed(by_hand: Office) -> None:
    votes = f"{by_hand.desk}/votes"

    by_hand.secretary.do(f"{by_hand.desk}/hand/1/drop", votes)

    assert by_hand.secretary.status(f"{by_hand.desk}/hand/1") == 404
    page = by_hand.secretary.do(f"{by_hand.desk}/hand", votes, kind="decision", title="再次")
    assert "再次" in page
    status, _ = by_hand.secretary.fail(f"{by_hand.desk}/hand/2/run-off", votes)
    assert status == 409


def test_the_paper_ballot_is_printed(by_hand: Office) -> None:
    answer = by_hand.secretary.client.get(f"{by_hand.desk}/forms/hand-1/ballot.pdf")

    assert answer.data.startswith(b"%PDF")


# Forms and announcement


def test_forms_are_printed_before_the_count(ready: Office) -> None:
    for form in PDF_FORMS:
        answer = ready.secretary.client.get(f"{ready.desk}/forms/vote-1/{form}.pdf")

        assert answer.status_code == 200, form
        assert answer.data.startswith(b"%PDF")


def test_count_sheet_and_announcement_wait_for_the_count(ready: Office) -> None:
    for form in (Form.COUNT, Form.ANNOUNCEMENT):
        assert ready.secretary.status(f"{ready.desk}/forms/vote-1/{form}.pdf") == 409
    assert ready.secretary.status(f"{ready.desk}/forms/vote-1/result.csv") == 409


def test_what_is_no_form_is_not_found(decided: Office) -> None:
    for name in ("poem.pdf", "ballot.docx", "count.odt", "result.pdf"):
        assert decided.secretary.status(f"{decided.desk}/forms/vote-1/{name}") == 404
    assert decided.secretary.status(f"{decided.desk}/forms/vote-9/ballot.pdf") == 404


def test_after_the_count_everything_can_be_had_in_every_form(decided: Office) -> None:
    page = decided.secretary.read(f"{decided.desk}/forms")
    files = re.findall(r'href="(/desk/binjiang/sittings/1/forms/[^"]+)"', page)

    kinds = {path.rsplit(".", 1)[1] for path in files}

    assert kinds == {"pdf", "docx", "xlsx", "csv", "json", "pb"}
    for path in files:
        assert decided.secretary.client.get(path).status_code == 200, path


def test_an_announcement_is_public_from_its_moment_on(clock: StoppedClock, decided: Office) -> None:
    declare(decided)
    forms = f"{decided.desk}/forms"
    later = {**NOTICE, "public_on": "2026-02-01", "public_at": "9:10"}

    page = decided.secretary.do(f"{forms}/vote-1/announcement", forms, **later)

    assert "第 1 号公告" in page
    assert decided.seat().status("/c/binjiang/announcements/1") == 404
    page = decided.secretary.do(f"{forms}/announcements/1/withdraw", forms)
    decided.secretary.do(f"{forms}/vote-1/announcement", forms, **later)
    clock.advance(600)
    assert staging.TITLES[0] in decided.seat().read("/c/binjiang/announcements/1")
    status, _ = decided.secretary.fail(f"{forms}/announcements/2/withdraw", forms)
    assert status in {404, 409}


def test_an_announcement_with_a_wrong_field_keeps_the_others(decided: Office) -> None:
    declare(decided)
    forms = f"{decided.desk}/forms"
    wrong = {**NOTICE, "number": "17", "public_at": "25:00", "_form": "announce-vote-1"}

    status, page = decided.secretary.fail(f"{forms}/vote-1/announcement", forms, **wrong)

    assert status == 422
    assert 'id="problem-announce-vote-1-public_at"' in page
    assert 'value="17"' in page


def test_what_is_not_declared_is_not_announced(decided: Office) -> None:
    forms = f"{decided.desk}/forms"

    status, _ = decided.secretary.fail(f"{forms}/vote-1/announcement", forms, **NOTICE)

    assert status == 409


# Rehearsal


@pytest.fixture
def rehearsal(app: Flask) -> Office:
    """A rehearsal whose vote is counted."""
    team = staging.found_congress()
    made = Office(app, team, staging.plan(app, team, is_rehearsal=True))
    staging.prepare(made.hall, team)
    staging.prepare_vote(made.hall)
    made.hall.open(1)
    made.hall.cast(1, 1, ["p01"])
    made.hall.count(1)
    return made


def test_a_rehearsal_says_so_everywhere_and_is_neither_declared_nor_announced(
    rehearsal: Office,
) -> None:
    office, forms = rehearsal, f"{rehearsal.desk}/forms"
    word = "演练"
    for path in ("", "/votes", "/forms", "/cards", "/checkin", "/scrutineers"):
        assert word in office.secretary.read(f"{office.desk}{path}"), path
    name = office.hall.row(1).object_id
    for path in (HALL, f"/c/binjiang/votes/{name}"):
        assert word in office.seat().read(path), path
    page = office.seat("chair").read(CHAIR)

    assert "/declare" not in page
    for login in ("chair", "chief"):
        status, _ = office.seat(login).fail(f"{CHAIR}/votes/1/declare", CHAIR)
        assert status == 409
    status, _ = office.secretary.fail(f"{forms}/vote-1/announcement", forms, **NOTICE)
    assert status == 409
    assert "/announcement" not in office.secretary.read(forms)


# The hall's screen and the scrutineer's device


def test_the_hall_shows_the_result_only_after_the_count(ready: Office) -> None:
    visitor = ready.seat()
    ready.hall.open(1)
    ready.hall.cast(1, 1, ["p01"])
    page = visitor.read(HALL)
    assert staging.TITLES[0] not in page

    ready.hall.count(1)

    page = visitor.read(HALL)
    assert all(title in page for title in staging.TITLES)


def test_the_screen_is_sent_only_when_it_changed(ready: Office) -> None:
    visitor = ready.seat()
    mark = re.search(r"seen=([0-9a-f]+)", visitor.read(HALL))
    assert mark is not None
    assert visitor.status(f"{HALL}?seen={mark[1]}") == 204

    ready.hall.open(1)

    answer = visitor.client.get(f"{HALL}?seen={mark[1]}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert not answer.get_data(as_text=True).startswith("<!doctype")


def test_before_any_sitting_the_hall_says_so(client: FlaskClient) -> None:
    staging.found_congress()

    assert "目前没有会议" in client.get(HALL).get_data(as_text=True)
    assert client.get("/hall/nowhere").status_code == 404


def test_a_device_is_told_its_place_and_no_other(ready: Office) -> None:
    told = {
        login: json.loads(ready.seat(login).read("/scrutineer/binjiang/state"))
        for login in staging.HOLDERS
    }

    assert [told[login]["ceremony"]["index"] for login in staging.HOLDERS] == [1, 2, 3]
    assert {each["ceremony"]["stage"] for each in told.values()} == {"done"}
    assert ready.seat("chair").status("/scrutineer/binjiang/state") == 403
    assert 'id="trustee"' in ready.seat("second").read("/scrutineer/binjiang")
