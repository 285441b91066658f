"""Pages of projects: screening, opinions, the list, and the public way of each project."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.application import Member, as_member, enrol, send
from tests.plenary import make_sitting
from tests.supervised import begin, make_supervised
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.models.projects import ProjectState
from voting.models.proposals import Proposal, ProposalState, Source
from voting.models.sittings import Deputy
from voting.models.units import UnitMember
from voting.rules.roles import Role
from voting.rules.screening import CRITERIA
from voting.services import projects, units
from voting.services.projects import ProjectPlan
from voting.services.screening import lists, sheets
from voting.services.screening.lists import Adoption

DESK = "/desk/binjiang/projects"
LIST = "/desk/binjiang/lists/2026"
PUBLIC = "/c/binjiang/projects"
TITLE = "老旧小区加装电梯"


@dataclass
class Site:
    """A congress with its office, a deputy and a unit, and one project under screening."""

    app: Flask
    congress_id: int
    sitting_id: int
    office: Member
    deputy: Member
    unit: Member
    unit_id: int
    project_id: int

    def as_(self, member: Member) -> FlaskClient:
        """Give a browser in which somebody is signed in."""
        return as_member(self.app.test_client(), member)


@pytest.fixture
def site(app: Flask, clock: StoppedClock) -> Site:
    """A congress on 1 February 2026."""
    with transaction() as tx:
        congress_id, sitting_id = make_sitting(tx, "binjiang", deputies=4)
        office = enrol(tx, "office", (congress_id, Role.COMMITTEE), name="工委")
        deputy = enrol(tx, "deputy", (congress_id, Role.DEPUTY), name="王代表")
        member = enrol(tx, "unit", (congress_id, Role.UNIT), name="住建局")
        tx.get_one(Deputy, 1).user_id = deputy.actor.user_id
        unit = units.find_or_make(tx, office.actor, congress_id, "区住建局")
        assert member.actor.user_id is not None
        tx.add(UnitMember(unit_id=unit.id, user_id=member.actor.user_id))
        plan = ProjectPlan(TITLE, content="加装100台", unit="区住建局", total_yuan=60_000_000)
        made = projects.make_project(tx, office.actor, congress_id, year=2026, plan=plan)
        return Site(app, congress_id, sitting_id, office, deputy, member, unit.id, made.id)


def propose(site: Site, number: int, title: str, *, supports: int = 3) -> int:
    """Put an accepted proposal into the table."""
    with transaction() as tx:
        row = Proposal(
            congress_id=site.congress_id,
            number=number,
            state=ProposalState.ACCEPTED,
            title=title,
            category="住房",
            source=Source.RESIDENT,
            supports=supports,
            created_at=clocks.now(),
        )
        tx.add(row)
        tx.flush()
        return row.id


def adopt(site: Site) -> None:
    """Adopt a list of the one project."""
    with transaction() as tx:
        draft = lists.draft_list(tx, site.office.actor, site.congress_id, 2026)
        lists.put_together(tx, site.office.actor, draft, [site.project_id], seats=1)
        lists.adopt(tx, site.office.actor, draft, Adoption(date(2026, 1, 20), "第23次会议"))


def test_the_office_enters_a_project_and_a_bad_one_keeps_what_was_typed(site: Site) -> None:
    office = site.as_(site.office)
    fields = {"year": "2026", "title": "新建停车泊位", "content": "泊位3000个", "reason": "停车难"}
    refused = send(office, f"{DESK}/new", total="很多", **fields)
    made = send(office, f"{DESK}/new", total="1200.5", **fields)

    assert refused.status_code == 422
    assert "停车难" in refused.text
    assert "泊位3000个" in refused.text
    sheet = office.get(made.headers["Location"]).text
    assert "新建停车泊位" in sheet
    assert "1,200.5" in sheet
    assert "新建停车泊位" in office.get(DESK).text


def test_only_the_office_screens(site: Site) -> None:
    for member in (site.deputy, site.unit):
        assert site.as_(member).get(f"{DESK}/{site.project_id}").status_code == 403
        assert site.as_(member).get(LIST).status_code == 403
    assert site.app.test_client().get(DESK).status_code in {302, 401}


def test_parts_and_money_are_entered_and_refused_in_words(site: Site) -> None:
    office, sheet = site.as_(site.office), f"{DESK}/{site.project_id}"
    send(office, f"{sheet}/parts", sheet, title="电梯", goal="100台", unit="区房管局")
    fields = {"money_year": "2026", "source": "区级财政", "_form": "money"}
    send(office, f"{sheet}/money", sheet, amount="3000", **fields)
    refused = send(office, f"{sheet}/money", sheet, amount="3000.5", **fields)

    assert refused.status_code == 422
    assert "区级财政" in refused.text
    page = office.get(sheet).text
    assert "100台" in page
    assert "3,000" in page
    with transaction() as tx:
        found = projects.find_project(tx, site.congress_id, site.project_id)
        part, line = found.sub_items[0].id, found.money[0].id
    send(office, f"{sheet}/parts/{part}", sheet, title="电梯", goal="120台", unit="")
    send(office, f"{sheet}/money/{line}/remove", sheet)
    assert "120台" in office.get(sheet).text
    send(office, f"{sheet}/parts/{part}/remove", sheet)
    assert "120台" not in office.get(sheet).text


def test_proposals_are_brought_in_or_become_a_project(site: Site) -> None:
    office, sheet = site.as_(site.office), f"{DESK}/{site.project_id}"
    first, second = propose(site, 1, "给我们小区装电梯"), propose(site, 2, "公园要有照明")
    offer = office.get(f"{sheet}/proposals").text
    assert "给我们小区装电梯" in offer
    nothing = send(office, f"{sheet}/proposals", f"{sheet}/proposals")
    send(office, f"{sheet}/proposals", f"{sheet}/proposals", proposal=str(first))
    made = send(office, f"{DESK}/proposals", proposal=str(second), year="2026")

    assert nothing.status_code == 422
    assert "给我们小区装电梯" in office.get(sheet).text
    assert "公园要有照明" in office.get(made.headers["Location"]).text
    assert "没有待归入的建议" in office.get(f"{DESK}/proposals").text


def test_merging_splitting_and_declining_lead_on(site: Site) -> None:
    office, sheet = site.as_(site.office), f"{DESK}/{site.project_id}"
    moved, kept = propose(site, 1, "装电梯"), propose(site, 2, "修管线")
    for number in (moved, kept):
        send(office, f"{sheet}/proposals", f"{sheet}/proposals", proposal=str(number))
    refused = send(office, f"{sheet}/split", title="管线迁改")
    split = send(office, f"{sheet}/split", title="管线迁改", proposal=str(kept))
    fresh = split.headers["Location"]
    assert refused.status_code == 422
    assert "管线迁改" in refused.text
    assert "修管线" in office.get(fresh).text
    assert "修管线" not in office.get(sheet).text

    send(office, f"{fresh}/merge", fresh, into=str(site.project_id), _form="merge")
    assert "修管线" in office.get(sheet).text
    gone = office.get(f"{PUBLIC}/2026-02")
    assert gone.headers["Location"].endswith("/2026-01")

    empty = send(office, f"{sheet}/decline", sheet, reason="", _form="decline")
    send(office, f"{sheet}/decline", sheet, reason="不属于本级职权", _form="decline")
    assert empty.status_code == 422
    assert "不属于本级职权" in office.get(f"{PUBLIC}/2026-01").text
    send(office, f"{sheet}/again", sheet)
    assert "筛选论证中" in office.get(f"{PUBLIC}/2026-01").text


def test_units_are_asked_and_answer_for_the_office_to_read(site: Site) -> None:
    office, unit, sheet = site.as_(site.office), site.as_(site.unit), f"{DESK}/{site.project_id}"
    nobody = send(office, f"{sheet}/ask", sheet, _form="ask")
    send(office, f"{sheet}/ask", sheet, unit=str(site.unit_id), own="1", due_on="2026-02-10")
    assert nobody.status_code == 422
    assert TITLE in unit.get("/unit/binjiang/enquiries").text

    enquiry = "/unit/binjiang/enquiries/1"
    fields = {f"verdict_{criterion.key}": "met" for criterion in CRITERIA}
    refused = send(unit, enquiry, **fields | {"verdict_money": "unmet", "remark": "需省里补助"})
    assert refused.status_code == 422
    assert "需省里补助" in refused.text
    send(unit, enquiry, **fields, remark="需省里补助")
    assert "需省里补助" in office.get(sheet).text
    own = f"{sheet}/enquiries/2"
    assert send(office, own, **fields).status_code == 302
    assert unit.get("/unit/binjiang/enquiries/2").status_code == 403


def test_a_unit_that_is_no_longer_asked_has_nothing_to_do(site: Site) -> None:
    office, sheet = site.as_(site.office), f"{DESK}/{site.project_id}"
    send(office, f"{sheet}/ask", sheet, unit=str(site.unit_id))
    send(office, f"{sheet}/enquiries/1/take-back", sheet)

    assert "没有待论证的项目" in site.as_(site.unit).get("/unit/binjiang/enquiries").text


def test_deputies_speak_and_the_public_sees_only_numbers(site: Site) -> None:
    deputy, page = site.as_(site.deputy), "/deputy/binjiang/opinions/2026-01"
    assert TITLE in deputy.get("/deputy/binjiang/opinions").text
    refused = send(deputy, page, stance="against", words="")
    send(deputy, page, stance="reserved", words="资金安排偏高")

    assert refused.status_code == 422
    assert "资金安排偏高" in deputy.get(page).text
    assert "资金安排偏高" in site.as_(site.office).get(f"{DESK}/{site.project_id}").text
    public = site.app.test_client().get(f"{PUBLIC}/2026-01").text
    assert "1 名代表发表了意见" in public
    assert "资金安排偏高" not in public
    assert site.as_(site.office).get(page).status_code == 403


def test_the_legality_review_is_noted(site: Site) -> None:
    office, sheet = site.as_(site.office), f"{DESK}/{site.project_id}"
    refused = send(office, f"{sheet}/legality", sheet, finding="unlawful", _form="legality")
    send(office, f"{sheet}/legality", sheet, finding="lawful", note="", _form="legality")

    assert refused.status_code == 422
    assert "合法性审查通过" in office.get(f"{PUBLIC}/2026-01").text


def test_the_list_is_put_together_adopted_printed_and_opened_again(site: Site) -> None:
    office = site.as_(site.office)
    wrong = send(office, LIST, seats="10", _form="list", **{f"place-{site.project_id}": "第一"})
    assert wrong.status_code == 422
    assert "第一" in wrong.text
    send(office, LIST, seats="1", **{f"place-{site.project_id}": "1"})
    for suffix, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        assert office.get(f"{LIST}/candidates.{suffix}").data.startswith(start)
    assert office.get(f"{LIST}/candidates.exe").status_code == 404

    future = send(office, f"{LIST}/adopt", LIST, adopted_on="2030-01-01", resolution="决定")
    done = send(office, f"{LIST}/adopt", LIST, adopted_on="2026-01-20", resolution="第23次会议")
    assert (future.status_code, done.status_code) == (422, 302)
    page = office.get(LIST).text
    assert "2026年1月20日" in page
    public = office.get(f"{PUBLIC}/2026-01").text
    assert "第23次会议" in public
    assert "与日志一致" in public
    with transaction() as tx:
        listed = lists.latest_list(tx, site.congress_id, 2026)
        assert listed is not None
        listed.places[0].project.state = ProjectState.DECIDED
    voted = office.get(LIST).text
    assert f'action="{LIST}/reopen"' not in voted
    assert "名单不再变更" in voted
    with transaction() as tx:
        projects.find_project(tx, site.congress_id, site.project_id).state = ProjectState.LISTED
    assert send(office, f"{LIST}/reopen", LIST).status_code == 302


def test_the_form_of_candidates_has_all_fields_and_no_formula(site: Site) -> None:
    office = site.as_(site.office)
    with transaction() as tx:
        project = projects.find_project(tx, site.congress_id, site.project_id)
        project.note = "=1+1"
    send(office, LIST, seats="1", **{f"place-{site.project_id}": "1"})
    book = load_workbook(io.BytesIO(office.get(f"{LIST}/candidates.xlsx").data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]

    assert len(rows[0]) == 13
    assert rows[1][1:5] == [TITLE, "加装100台", None, 6000]
    assert book.worksheets[0].cell(2, 13).data_type == "s"


def test_the_what_if_is_marked_as_advice(site: Site) -> None:
    office = site.as_(site.office)
    send(office, LIST, seats="1", **{f"place-{site.project_id}": "1"})
    page = office.get(f"{LIST}/what-if?cap=7000").text

    assert "仅供参考" in page
    assert "均等份额" in page
    for cap in ("x", "NaN", "", "9" * 30):
        assert office.get(f"{LIST}/what-if?cap={cap}").status_code == 422


def test_the_sitting_takes_the_list_over(site: Site) -> None:
    office = site.as_(site.office)
    address = f"/desk/binjiang/sittings/{site.sitting_id}/candidates/decision"
    adopt(site)
    page = office.get(address).text
    assert "转入2026年度名单" in page
    send(office, f"{address}/take", address, year="2026")

    assert TITLE in office.get(address).text
    assert "列入第一次会议表决票" in office.get(f"{PUBLIC}/2026-01").text


def test_everyone_sees_the_projects_of_a_year(site: Site) -> None:
    anyone = site.app.test_client()

    assert TITLE in anyone.get(PUBLIC).text
    assert "暂无项目" in anyone.get(f"{PUBLIC}?year=2031").text
    assert anyone.get(f"{PUBLIC}/2026-77").status_code == 404


@pytest.mark.parametrize("year", ["9" * 30, "-1", "x", ""])
def test_years_that_are_none_lead_nowhere_bad(site: Site, year: str) -> None:
    office = site.as_(site.office)

    for address in (PUBLIC, DESK, f"{DESK}/new"):
        assert office.get(f"{address}?year={year}").status_code == 200
    assert office.get(f"{DESK}/{'9' * 30}").status_code == 404
    assert office.get(f"/desk/binjiang/lists/{'9' * 30}").status_code == 404
    asked = send(office, f"{DESK}/1/ask", f"{DESK}/1", unit="9" * 30, _form="ask")
    assert asked.status_code == 422


def test_a_project_under_supervision_leads_there_and_tells_its_steps(
    client: FlaskClient, clock: StoppedClock
) -> None:
    with transaction() as tx:
        made = make_supervised(tx, projects=1)
        begin(tx, made)
    page = client.get(f"/c/binjiang/projects/{made.codes[0]}").text

    assert f"/c/binjiang/progress/projects/{made.codes[0]}" in page
    assert "与日志一致" in page
    assert client.get(f"/c/binjiang/progress/projects/{made.codes[0]}").status_code == 200


def test_text_of_projects_is_never_markup(site: Site) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    with transaction() as tx:
        project = projects.find_project(tx, site.congress_id, site.project_id)
        project.title = project.content = project.reason = project.place = hostile
    office = site.as_(site.office)

    for address in (PUBLIC, f"{PUBLIC}/2026-01", DESK, f"{DESK}/{site.project_id}", LIST):
        assert hostile not in office.get(address).text


def test_another_congress_does_not_find_the_project(site: Site) -> None:
    with transaction() as tx:
        other, _ = make_sitting(tx, "other", deputies=2)
        member = enrol(tx, "elsewhere", (other, Role.COMMITTEE))
    there = site.as_(member)

    assert there.get(f"/desk/other/projects/{site.project_id}").status_code == 404
    with reading() as tx:
        assert sheets.enquiries_of(tx, site.project_id) == []
