"""The pages on which anyone reads results and checks receipts, as they are without scripts."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace

from ballots.ballot import short_tracker
from ballots.log import cosign, make_verifier_key, parse_checkpoint
from ballots.manifest import Manifest
from ballots.objects import ObjectId
from ballots.receipt import check_receipt, parse_receipt
from tests.congress import secret
from tests.hall import Hall, sheet
from tests.manifests import choice, one_by_one, rating
from tests.plenary import make_official
from voting import clock as clocks
from voting import ledger
from voting.db import transaction
from voting.ledger import Place
from voting.models.people import Congress
from voting.models.sittings import BallotKind, Sitting
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import announcements, elections, handcounts, tallying
from voting.services.announcements import Notice
from voting.services.handcounts import Sheet

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def hall(app: Flask, clock: clocks.StoppedClock) -> Hall:
    """A sitting of four deputies, cards issued."""
    return Hall.build(app)


def vote_url(hall: Hall, election: int) -> str:
    """Give the address of a vote's page."""
    return f"/c/{hall.slug}/votes/{hall.row(election).object_id}"


def read(client: FlaskClient, address: str, lang: str = "zh", **asked: str) -> str:
    """Open a page that must be there, and give its text."""
    answer = client.get(address, query_string={"lang": lang, **asked})
    assert answer.status_code == 200
    return answer.text


def code_of(place: Place) -> str:
    """Give a ballot's tracking code."""
    return short_tracker(ObjectId(place.object_id))


def test_a_site_of_one_congress_opens_with_it(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election(sheet(title="年度票决"))

    page = read(client, "/")

    assert "binjiang人民代表大会" in page
    assert vote_url(hall, election) in page
    assert "正在投票" in page


def test_a_site_of_two_congresses_lists_them(hall: Hall, app: Flask, client: FlaskClient) -> None:
    Hall.gather(app, slug="other")

    page = read(client, "/", "en")

    assert "/c/binjiang/" in page
    assert "/c/other/" in page


def test_a_site_without_a_congress_says_what_will_be_here(client: FlaskClient) -> None:
    assert "No congress yet" in read(client, "/", "en")


def test_a_congress_without_a_log_has_pages(
    app: Flask, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    with transaction() as tx:
        tx.add(Congress(slug="new", name="新", origin="localhost/new", created_at=clock.at))

    assert "尚无会议" in read(client, "/c/new/")
    assert client.get("/c/new/log").status_code == 404
    assert "新" not in read(client, "/R/")


def test_the_address_of_a_congress_leads_on_without_its_slash(
    hall: Hall, client: FlaskClient
) -> None:
    assert client.get("/c/binjiang").headers["Location"] == "/c/binjiang/"
    assert client.get("/c/nowhere/").status_code == 404


def test_before_the_close_a_page_has_the_turnout_and_no_count(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election(sheet(3, seats=2))
    hall.cast(election, 1, ["p01", "p03"])

    page = read(client, vote_url(hall, election), "en")

    assert figures(page) == ["4", "4", "4", "1"]
    assert '<svg viewBox="0 0 1000 20"' not in page
    assert "Share" not in page
    assert "项目1" in page


def figures(page: str) -> list[str]:
    """Read the numbers of the turnout."""
    return re.findall(r"<dd>([\d,]+)</dd>", page)[:4]


def test_a_result_is_shown_as_bars_and_as_a_table(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election(sheet(3, seats=1))
    for number in (1, 2, 3):
        hall.cast(election, number, ["p02"])
    hall.cast(election, 4, ["p01"])
    hall.count(election)

    page = read(client, vote_url(hall, election), "en")

    rows = re.findall(r"<tr>\s*<td.*?</tr>", page, re.DOTALL)
    assert [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in rows] == [
        ["1", "项目2", "3", "75.0%", "Elected"],
        ["2", "项目1", "1", "25.0%", "Not", "elected"],
        ["3", "项目3", "0", "0.0%", "Not", "elected"],
    ]
    assert page.count('<svg viewBox="0 0 1000 20"') == 3
    assert page.count('class="draw-line" x1="750.0"') == 3
    assert "3 votes required" in page
    assert "1 project elected" in page
    assert "not yet declared" in page


def test_a_result_is_had_as_a_table_in_four_forms(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    before = client.get(f"{vote_url(hall, election)}/result.csv")
    for number in (1, 2, 3):
        hall.cast(election, number, ["p02"])
    hall.count(election)
    url = vote_url(hall, election)

    answers = {form: client.get(f"{url}/result.{form}") for form in ("csv", "json", "pb", "xlsx")}

    assert before.status_code == 404
    assert {answer.status_code for answer in answers.values()} == {200}
    assert "项目2,3" in answers["csv"].text
    assert answers["json"].get_json()["projects"][1]["votes"] == 3
    assert answers["json"].get_json()["voted_on"] == "2026-02-01"
    assert "PROJECTS" in answers["pb"].text
    assert all(f"{url}/result.{form}" in read(client, url) for form in answers)
    assert client.get(f"{url}/result.exe").status_code == 404


def test_a_declared_result_bears_its_date(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.count(election)
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, election)

    assert "2026年2月1日宣布" in read(client, vote_url(hall, election))


def declare_and_announce(hall: Hall, election: int, public_from: datetime) -> None:
    """Declare a vote by two people and announce it as No. 5."""
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, election)
    notice = Notice(5, date(2026, 2, 3), public_from)
    with transaction() as tx:
        vote = elections.find_election(tx, election)
        announcements.announce(tx, hall.secretary, vote, notice)


def test_an_announcement_is_read_and_printed_from_its_moment_on(
    hall: Hall, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    election = hall.open_election()
    for number in (1, 2, 3):
        hall.cast(election, number, ["p02"])
    hall.count(election)
    declare_and_announce(hall, election, clock.at + timedelta(hours=1))
    url = "/c/binjiang/announcements/5"

    early = [client.get(address).status_code for address in (url, f"{url}.pdf")]
    hidden = read(client, "/")
    clock.advance(3600)
    page, listed, printed = read(client, url), read(client, "/"), client.get(f"{url}.pdf")

    assert early == [404, 404]
    assert url not in hidden
    assert url in listed
    assert "（第5号）" in page
    assert "项目2" in page
    assert "项目1" not in page
    assert "2026年2月3日" in page
    assert vote_url(hall, election) in page
    assert printed.data.startswith(b"%PDF")
    assert client.get("/c/binjiang/announcements/6").status_code == 404


def test_the_announcement_of_a_run_off_names_all_that_were_chosen(
    hall: Hall, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    first = hall.open_election(sheet(3, seats=2, threshold="none"))
    for number, other in enumerate(("p02", "p02", "p03", "p03"), start=1):
        hall.cast(first, number, ["p01", other])
    hall.count(first)
    with transaction() as tx:
        again = elections.run_off(tx, hall.secretary, first).id
    hall.open(again)
    for number, other in enumerate(("p03", "p03", "p03", "p02"), start=1):
        hall.cast(again, number, [other])
    hall.count(again)
    declare_and_announce(hall, again, clock.at)

    page = read(client, "/c/binjiang/announcements/5")

    assert "项目1" in page
    assert "项目3" in page
    assert "项目2" not in page


@dataclass
class Tellers:
    """Two who count by hand, in place of a vote that was annulled."""

    hall: Hall
    both: tuple[Actor, Actor]

    @classmethod
    def after_annulment(cls, hall: Hall, election: int) -> Tellers:
        """Annul a vote and name the tellers."""
        for actor in (hall.chair, hall.chief):
            with transaction() as tx:
                tallying.annul(tx, actor, election, reason="断电")
        with transaction() as tx:
            first = make_official(tx, hall.congress_id, Role.SCRUTINEER)
            second = make_official(tx, hall.congress_id, Role.SECRETARIAT)
        return cls(hall, (first, second))

    def begin(self) -> int:
        """Go on with paper; gives the number of the count."""
        kind, sitting = BallotKind.DECISION, self.hall.sitting_id
        with transaction() as tx:
            return handcounts.begin(tx, self.hall.secretary, sitting, kind, title="纸质票决").id

    def count(self, hand: int, counted: Sheet) -> str:
        """Enter the same figures apart, have them signed; gives the page's address."""
        for teller in self.both:
            with transaction() as tx:
                handcounts.enter(tx, teller, hand, counted)
        with transaction() as tx:
            handcounts.sign(tx, self.hall.chief, hand)
        return f"/c/{self.hall.slug}/votes/paper/{hand}"


def test_a_count_by_hand_is_marked_as_one_and_promises_no_check(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election()
    tellers = Tellers.after_annulment(hall, election)
    hand = tellers.begin()
    unsigned = client.get(f"/c/binjiang/votes/paper/{hand}")
    url = tellers.count(hand, Sheet(4, 4, 1, (3, 0, 0, 0)))

    page, annulled, home = (read(client, at) for at in (url, vote_url(hall, election), "/"))

    assert unsigned.status_code == 404
    assert "人工计票" in page
    assert "有效票 3 张，废票 1 张" in page
    assert "100.0%" in page
    assert "record.zip" not in page
    assert url in annulled
    assert url in home
    assert vote_url(hall, election) in page
    assert client.get("/c/binjiang/votes/paper/99").status_code == 404


def test_rounds_on_paper_lead_to_each_other_and_are_announced(
    hall: Hall, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    tellers = Tellers.after_annulment(hall, hall.open_election(sheet(3, threshold="none")))
    first = tellers.begin()
    before = tellers.count(first, Sheet(4, 4, 0, (2, 2, 0, 0)))
    with transaction() as tx:
        again = handcounts.run_off(tx, hall.secretary, first).id
    after = tellers.count(again, Sheet(4, 4, 0, (1, 3, 0)))
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            handcounts.declare(tx, actor, again)
    with transaction() as tx:
        vote = handcounts.find_hand_count(tx, again)
        notice = Notice(1, date(2026, 2, 3), clock.at)
        announcements.announce(tx, hall.secretary, vote, notice)

    announced = read(client, "/c/binjiang/announcements/1")

    assert after in read(client, before)
    assert before in read(client, after)
    assert "项目2" in announced
    assert after in announced


def test_no_page_tells_when_a_ballot_came(
    hall: Hall, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    election = hall.open_election()
    clock.advance(3 * 3600 + 25 * 60)
    place = hall.cast(election, 1, ["p01"])

    addresses = ["/", vote_url(hall, election), f"/R/{code_of(place)}", "/c/binjiang/log"]
    pages = [read(client, address) for address in [*addresses, f"/c/binjiang/log/{place.position}"]]

    assert not any("12:25" in page or "04:25" in page for page in pages)


def test_a_tie_names_its_projects_and_leads_to_the_run_off(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election(sheet(3, threshold="none"))
    hall.cast(election, 1, ["p01"])
    hall.cast(election, 2, ["p02"])
    hall.count(election)
    with transaction() as tx:
        later = elections.run_off(tx, hall.secretary, election).id

    first, second = (read(client, vote_url(hall, number), "en") for number in (election, later))

    assert "Equal votes leave 1 place open" in first
    assert vote_url(hall, later) in first
    assert vote_url(hall, election) in second
    assert "Round 2" in second


def test_an_annulled_vote_says_why(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, election, reason="题目有误")

    page = read(client, vote_url(hall, election))

    assert "题目有误" in page
    assert "已作废" in page
    assert "题目有误" not in read(client, "/")


def test_a_rehearsal_is_marked_on_every_page_of_its_vote(hall: Hall, client: FlaskClient) -> None:
    with transaction() as tx:
        tx.get_one(Sitting, hall.sitting_id).is_rehearsal = True
    election = hall.open_election()

    for address in ("/", vote_url(hall, election)):
        assert 'class="rehearsal"' in read(client, address)


def test_projects_voted_on_apart_have_three_numbers(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election(one_by_one(2, 1))
    for number in (1, 2, 3):
        hall.cast(election, number, [("p1", "for"), ("p2", "against")])
    hall.count(election)

    page = read(client, vote_url(hall, election), "en")

    for head in ("For", "Against", "Abstained"):
        assert f'class="is-number">{head}</th>' in page


def test_a_rating_has_both_rates_and_a_grade(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election(rating(1))
    for number in (1, 2):
        hall.cast(election, number, [("p1", "satisfied")])
    hall.cast(election, 3, [("p1", "basic")])
    hall.count(election)

    page = read(client, vote_url(hall, election))

    assert client.get(f"{vote_url(hall, election)}/result.csv").status_code == 200
    assert client.get(f"{vote_url(hall, election)}/result.pb").status_code == 404
    assert vote_url(hall, election) in read(client, "/")
    assert "66.67%" in page
    assert "100.00%" in page
    assert "总体满意率" in page


def test_a_receipt_page_carries_the_proof_for_the_readers_browser(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election()
    place = hall.cast(election, 1, ["p01"])
    code = code_of(place)

    page = read(client, f"/R/{code.replace('-', '')}")

    data = re.search(r'id="receipt-data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    brought = json.loads(data[1])
    assert brought["code"] == code
    assert check_receipt(parse_receipt(brought["text"]), hall.key()) == place.object_id
    assert str(hall.key()) in page
    assert vote_url(hall, election) in page


def test_a_receipt_is_had_as_a_file_with_the_command_to_check_it(
    hall: Hall, client: FlaskClient
) -> None:
    place = hall.cast(hall.open_election(), 1, ["p01"])
    code = code_of(place)

    answer = client.get(f"/R/{code}/proof")

    assert answer.text == hall.receipt(place).text
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{code}.tlog-proof"'
    assert f"ballots receipt {code}.tlog-proof --vkey" in read(client, f"/R/{code}")


def test_a_typed_code_leads_to_its_receipt(hall: Hall, client: FlaskClient) -> None:
    code = code_of(hall.cast(hall.open_election(), 1, ["p01"]))

    answer = client.get("/R/", query_string={"code": code.lower().replace("-", " ")})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/R/{code.replace('-', '')}"


@pytest.mark.parametrize("code", ["0000111122223333", "0", "not-a-code", "%00", "你好"])
def test_codes_that_are_unknown_or_none_are_told_the_same(
    hall: Hall, client: FlaskClient, code: str
) -> None:
    answer, proof = client.get(f"/R/{code}"), client.get(f"/R/{code}/proof")

    assert answer.status_code == 404
    assert "没有使用此追踪码的表决票" in answer.text
    assert proof.status_code == 404


def test_a_challenged_ballot_has_no_receipt(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.challenge(election, 1, ["p01"])
    ballot = hall.ballot(election, 1, ["p01"])

    assert client.get(f"/R/{short_tracker(ballot.id)}").status_code == 404


def test_nobody_on_the_way_keeps_or_learns_whose_receipt_was_looked_at(
    hall: Hall, client: FlaskClient
) -> None:
    code = code_of(hall.cast(hall.open_election(), 1, ["p01"]))

    for address in ("/R/", f"/R/{code}", f"/R/{code}/proof", "/R/0000111122223333"):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex"


def test_a_device_that_tries_codes_is_slowed_down(hall: Hall, client: FlaskClient) -> None:
    answers = [client.get(f"/R/{number:016}").status_code for number in range(61)]

    assert set(answers[:60]) == {404}
    assert answers[60] == 429


def test_the_log_is_read_in_words_and_each_entry_leads_to_its_object(
    hall: Hall, client: FlaskClient
) -> None:
    election = hall.open_election()
    place = hall.cast(election, 1, ["p01"])

    page = read(client, "/c/binjiang/log")
    entry = read(client, f"/c/binjiang/log/{place.position}")

    assert code_of(place) in page
    assert str(hall.key()) in page
    assert "一张密封的表决票" in entry
    assert f"/log/binjiang/object/{place.object_id}" in entry
    assert vote_url(hall, election) in entry


def test_the_log_tells_which_witnesses_have_signed_its_newest_checkpoint(
    hall: Hall, client: FlaskClient
) -> None:
    here, silent = (make_verifier_key(n, secret(n), is_witness=True) for n in ("here", "silent"))
    with transaction() as tx:
        for key in (here, silent):
            ledger.add_witness(tx, hall.congress_id, str(key))
        note = parse_checkpoint(ledger.find_log(tx, hall.slug).checkpoint)
        line = cosign(note, "here", secret("here"), time=1_770_000_000)
        ledger.cosign(tx, hall.congress_id, str(line))

    page = read(client, "/c/binjiang/log", "en")

    assert page.count("Has signed the newest checkpoint") == 1
    assert page.count("Has not signed the newest checkpoint yet") == 1
    assert str(line).strip() in page


def test_every_entry_of_a_whole_vote_has_a_page(hall: Hall, client: FlaskClient) -> None:
    election = hall.open_election()
    hall.cast(election, 1, ["p01"])
    hall.challenge(election, 2, ["p02"])
    hall.count(election)

    size = len([name for name in hall.record() if name.startswith("object/")])

    for position in range(size):
        assert "<dt>" in read(client, f"/c/binjiang/log/{position}", "en")
    assert client.get(f"/c/binjiang/log/{size}").status_code == 404
    assert client.get("/c/binjiang/log?page=0").status_code == 404


def test_the_record_is_offered_with_key_command_and_words(hall: Hall, client: FlaskClient) -> None:
    page = read(client, "/c/binjiang/verify")

    data = re.search(r'id="verify-data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    brought = json.loads(data[1])
    assert brought["vkey"] == str(hall.key())
    assert brought["words"]["rules"]["log.root"] == "日志内容与签名的根不符"
    assert brought["words"]["report"]["checked.ballot"] == "表决票"
    assert 'href="/log/binjiang/record.zip"' in page
    assert f"--vkey &#34;{hall.key()}&#34;" in page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ["/how", "/accessibility", "/R/", "/c/binjiang/verify"])
def test_plain_pages_are_there_in_both_languages(
    hall: Hall, client: FlaskClient, address: str, lang: str
) -> None:
    page = read(client, address, lang)

    assert f'lang="{"zh-Hans" if lang == "zh" else "en"}"' in page
    assert ("{" in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)) is False


def hostile() -> Manifest:
    """Put projects to the vote that are called what an attacker would call them."""
    asked = choice(3, title=HOSTILE)
    options = [replace(option, title=HOSTILE) for option in asked.questions[0].options]
    return replace(asked, questions=[replace(asked.questions[0], options=options)])


def test_names_can_not_bring_markup_into_any_page(
    app: Flask, client: FlaskClient, clock: clocks.StoppedClock
) -> None:
    """A36: names of projects, sittings and congresses are text wherever they stand."""
    hall = Hall.build(app)
    with transaction() as tx:
        tx.get_one(Congress, hall.congress_id).name = HOSTILE
        tx.get_one(Sitting, hall.sitting_id).name = HOSTILE
    election = hall.open_election(hostile())
    place = hall.cast(election, 1, ["p1"])
    hall.count(election)
    log = [f"/c/binjiang/log/{position}" for position in range(place.position)]

    shown = ["/", vote_url(hall, election), f"/R/{code_of(place)}", "/how", "/c/binjiang/verify"]
    pages = [read(client, address) for address in [*shown, "/c/binjiang/log", *log]]
    for page in [*pages, read(client, "/R/", code=HOSTILE)]:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "alert(2)&gt;49" not in page
        assert page.count("<script") == page.count("</script>")
    assert sum("&lt;script&gt;alert" in page for page in pages) > 5
