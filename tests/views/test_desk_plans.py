"""The desk before a sitting: its plan, the roster, the candidates and the rules, over HTTP."""

from __future__ import annotations

import pytest

from tests import staging
from tests.application import settings
from tests.desks import Office, office, upload
from voting.db import reading
from voting.models.people import User
from voting.models.sittings import BallotKind, Deputy
from voting.rules.vote import DecisionSettings
from voting.services import roster

__all__ = ["office", "settings"]

LIST = "/desk/binjiang"
ROSTER = f"{LIST}/roster"
PLAN = {
    "name": "第二次会议",
    "starts_on": "2027-02-01",
    "ends_on": "2027-02-03",
    "deputies": "14",
}


@pytest.fixture
def candidates(office: Office) -> str:
    """The address of the list of the decision."""
    return f"{office.desk}/candidates/decision"


@pytest.fixture
def rules(office: Office) -> str:
    """The address of the rules of the decision."""
    return f"{office.desk}/rules/decision"


def deputies(office: Office) -> dict[str, Deputy]:
    """Give the roster by numbers."""
    with reading() as tx:
        return {each.number: each for each in roster.list_deputies(tx, office.hall.congress_id)}


# The plan of a sitting


def test_a_sitting_is_planned_and_leads_through_what_has_to_be_done(office: Office) -> None:
    page = office.secretary.do(f"{LIST}/sittings", LIST, **PLAN)

    assert "第二次会议" in page
    assert page.count('aria-current="step"') == 1
    assert "第二次会议" in office.secretary.read(LIST)


def test_a_plan_that_ends_before_it_begins_is_shown_again(office: Office) -> None:
    wrong = {**PLAN, "ends_on": "2027-01-01"}

    status, page = office.secretary.fail(f"{LIST}/sittings", LIST, **wrong)

    assert status == 422
    assert 'value="第二次会议"' in page
    assert 'value="2027-01-01"' in page


def test_a_plan_is_changed_until_the_log_knows_the_sitting(office: Office) -> None:
    changed = {**PLAN, "deputies": "15", "is_named": "1"}

    page = office.secretary.do(f"{office.desk}/plan", office.desk, **changed)

    assert "第二次会议" in page
    staging.publish_cards(office.hall)
    status, page = office.secretary.fail(f"{office.desk}/plan", office.desk, **PLAN)
    assert status == 409
    assert "修改计划" not in page


def test_a_sitting_begins_and_ends_at_the_desk(office: Office) -> None:
    status, page = office.secretary.fail(f"{office.desk}/begin", office.desk)
    assert status == 409
    assert "请先制卡并公布表决卡名录" in page
    staging.publish_cards(office.hall)

    page = office.secretary.do(f"{office.desk}/begin", office.desk)

    assert "可以开始签到" in page
    status, _ = office.secretary.fail(f"{office.desk}/begin", office.desk)
    assert status == 409
    page = office.secretary.do(f"{office.desk}/end", office.desk)
    assert "已结束" in page


@pytest.mark.parametrize("login", ["chair", "chief", "second"])
def test_who_runs_the_vote_reads_the_plan_and_changes_nothing(office: Office, login: str) -> None:
    seat = office.seat(login)

    page = seat.read(office.desk)

    assert "/plan" not in page
    assert "/begin" not in page
    assert seat.send(f"{office.desk}/begin", "/account").status_code == 403


def test_a_sitting_of_nowhere_is_not_found(office: Office) -> None:
    assert office.secretary.status(f"{LIST}/sittings/99") == 404


# The roster


def test_a_roster_is_looked_at_before_it_is_taken_in(office: Office) -> None:
    table = "编号,姓名,代表团\n001,王代表,第一代表团\n099,冯代表,第三代表团\n"

    shown = office.secretary.send(f"{ROSTER}/preview", ROSTER, file=upload(table))

    page = shown.get_data(as_text=True)
    kept = page.split('name="upload" value="')[1].split('"')[0]
    assert "099" not in deputies(office)
    page = office.secretary.do(f"{ROSTER}/import", ROSTER, upload=kept)
    assert "冯代表" in page
    assert deputies(office)["099"].delegation_id


def test_every_bad_row_is_named_and_nothing_is_taken_in(office: Office) -> None:
    table = "编号,姓名,代表团\n098,,第一代表团\n099,冯代表,\n"

    answer = office.secretary.send(f"{ROSTER}/preview", ROSTER, file=upload(table))
    page = answer.get_data(as_text=True)
    kept = page.split('name="upload" value="')[1].split('"')[0]
    status, _ = office.secretary.fail(f"{ROSTER}/import", ROSTER, upload=kept)

    assert page.count('data-label="处理办法"') == 2
    assert status == 422
    assert set(deputies(office)) == {f"{i:03}" for i in range(1, staging.DEPUTIES + 1)}


@pytest.mark.parametrize("kept", ["", "!!"])
def test_a_file_that_got_lost_is_asked_for_again(office: Office, kept: str) -> None:
    status, _ = office.secretary.fail(f"{ROSTER}/import", ROSTER, upload=kept)

    assert status == 422


def test_no_file_is_told_beside_the_field(office: Office) -> None:
    status, page = office.secretary.fail(f"{ROSTER}/preview", ROSTER)

    assert status == 422
    assert 'id="problem-file"' in page


def test_a_deputy_is_corrected_and_taken_out(office: Office) -> None:
    one = f"{ROSTER}/deputies/{deputies(office)['003'].id}"
    entry = {"number": "003", "name": "张三丰", "delegation": "第一代表团"}

    page = office.secretary.do(one, one, **entry)

    assert "张三丰" in page
    page = office.secretary.do(f"{one}/retire", one)
    assert "张三丰" not in page


def test_a_number_that_is_taken_keeps_what_was_typed(office: Office) -> None:
    new = f"{ROSTER}/deputies/new"
    entry = {"number": "001", "name": "另一人", "delegation": "第一代表团", "unit": "某单位"}

    status, page = office.secretary.fail(new, new, **entry)

    assert status == 409
    assert 'value="另一人"' in page
    assert 'value="某单位"' in page


def test_the_delegations_are_put_in_order(office: Office) -> None:
    with reading() as tx:
        listed = roster.list_delegations(tx, office.hall.congress_id)
        numbers = [str(each.id) for each in reversed(listed)]

    office.secretary.do(f"{ROSTER}/delegations", ROSTER, order=numbers)

    with reading() as tx:
        again = roster.list_delegations(tx, office.hall.congress_id)
    assert [str(each.id) for each in again] == numbers
    status, _ = office.secretary.fail(f"{ROSTER}/delegations", ROSTER, order=numbers[:1])
    assert status == 409


def test_a_deputy_is_invited_by_a_slip_that_is_shown_once(office: Office) -> None:
    number = deputies(office)["001"].id
    one = f"{ROSTER}/deputies/{number}"

    slip = office.secretary.send(f"{one}/account", one, login="wangdaibiao", _form="account")

    assert slip.status_code == 200
    assert "一次性" in slip.get_data(as_text=True)
    assert "wangdaibiao" in office.secretary.read(one)
    with reading() as tx:
        deputy = roster.find_deputy(tx, office.hall.congress_id, number)
        user = tx.get_one(User, deputy.user_id)
        assert [str(grant.role) for grant in user.grants] == ["deputy"]
    status, _ = office.secretary.fail(f"{one}/account", one, login="another", _form="account")
    assert status == 409


def test_a_sign_in_name_that_is_taken_is_told_beside_it(office: Office) -> None:
    one = f"{ROSTER}/deputies/{deputies(office)['001'].id}"

    status, page = office.secretary.fail(f"{one}/account", one, login="chair", _form="account")

    assert status == 422
    assert 'value="chair"' in page
    assert 'id="problem-account-login"' in page


# The candidates


def test_candidates_are_imported_changed_ordered_and_locked(
    office: Office, candidates: str
) -> None:
    seat = office.secretary
    table = staging.candidate_table(staging.TITLES[:3])
    shown = seat.send(f"{candidates}/preview", candidates, file=upload(table))
    kept = shown.get_data(as_text=True).split('name="upload" value="')[1].split('"')[0]
    page = seat.do(f"{candidates}/import", candidates, upload=kept)
    numbers = [part.split('"')[0] for part in page.split('name="order" value="')[1:]]

    page = seat.do(f"{candidates}/order", candidates, order=numbers[::-1])
    assert page.index("教育惠民") < page.index("住房保障")
    one = f"{candidates}/{numbers[0]}"
    page = seat.do(one, one, code="p01", title="住房提升", content="新内容", unit="某局")
    assert "住房提升" in page
    page = seat.do(f"{candidates}/{numbers[1]}/remove", one)
    assert "老旧小区" not in page
    page = seat.do(f"{candidates}/lock", candidates, adopted_on="2026-01-20", resolution="决定")
    assert "通过并锁定，摘要" in page
    status, _ = seat.fail(one, f"{candidates}", title="更改", code="p01")
    assert status == 409
    page = seat.do(f"{candidates}/reopen", candidates)
    assert "新版本" in page


def test_a_candidate_without_a_title_keeps_the_rest(office: Office, candidates: str) -> None:
    new = f"{candidates}/new"

    status, page = office.secretary.fail(new, new, code="p09", title="", content="建设内容")

    assert status == 422
    assert "建设内容" in page
    assert 'value="p09"' in page


def test_an_adoption_without_a_day_is_told_in_its_own_form(office: Office, candidates: str) -> None:
    new = f"{candidates}/new"
    office.secretary.do(new, new, code="p01", title="一", content="内容")

    fields = {"adopted_on": "", "resolution": "常委会决定", "_form": "lock"}
    status, page = office.secretary.fail(f"{candidates}/lock", candidates, **fields)

    assert status == 422
    assert 'id="problem-lock-adopted_on"' in page
    assert 'value="常委会决定"' in page


def test_a_kind_of_vote_that_is_none_is_not_found(office: Office) -> None:
    assert office.secretary.status(f"{office.desk}/candidates/lottery") == 404
    assert office.secretary.status(f"{office.desk}/rules/lottery") == 404


# The rules


def test_rules_are_drafted_read_as_clauses_and_adopted(office: Office, rules: str) -> None:
    seat = office.secretary
    page = seat.do(f"{rules}/preset", rules, preset="majority_of_all", seats="2", style="sheet")
    assert '<ol class="clauses">' in page

    every = {
        "seats": "3",
        "style": "each",
        "minimum": "none",
        "threshold": "valid",
        "tie": "presidium",
        "shortfall": "vacant",
        "order": "ballot",
    }
    seat.do(rules, rules, **every)
    page = seat.do(f"{rules}/adopt", rules, adopted_on="2026-02-01")

    assert "锁定" in page
    status, _ = seat.fail(f"{rules}/adopt", rules, adopted_on="2026-02-01")
    assert status == 409


@pytest.mark.parametrize("seats", ["", "0", "two", "501"])
def test_a_number_of_seats_that_is_none_is_told(office: Office, rules: str, seats: str) -> None:
    fields = {"preset": "plain_rank", "seats": seats, "style": "each", "_form": "preset"}

    status, page = office.secretary.fail(f"{rules}/preset", rules, **fields)

    assert status == 422
    assert 'id="problem-preset-seats"' in page
    assert '<option value="each" selected>' in page


def test_the_rules_of_a_rating_are_drafted_and_adopted(office: Office) -> None:
    rating = f"{office.desk}/rules/rating"

    page = office.secretary.do(rating, rating, base="present", abstain="1")

    assert '<ol class="clauses">' in page
    assert "锁定" in office.secretary.do(f"{rating}/adopt", rating, adopted_on="2026-02-01")


def test_locked_rules_and_lists_are_what_the_next_steps_wait_for(office: Office) -> None:
    votes = office.secretary.read(f"{office.desk}/votes")
    assert f"{office.desk}/rules/decision" in votes

    staging.adopt(office.hall, BallotKind.DECISION, DecisionSettings(2))

    votes = office.secretary.read(f"{office.desk}/votes")
    assert f"{office.desk}/rules/decision" not in votes
    assert f"{office.desk}/scrutineers" in votes
