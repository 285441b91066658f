"""Anyone's browser on the public pages: receipts and records are checked, nothing is a barrier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_STORED

import pytest
from jinja2.utils import htmlsafe_json_dumps
from msgspec.structs import replace
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from ballots.ballot import short_tracker
from ballots.log import make_checkpoint, make_verifier_key
from ballots.manifest import Manifest
from ballots.merkle import leaf_hash
from ballots.objects import ObjectId
from ballots.receipt import Receipt, parse_receipt
from tests.axe import violations
from tests.congress import secret
from tests.forge import packed
from tests.hall import Hall, sheet
from tests.manifests import choice, rating
from voting.db import transaction
from voting.ledger import Place
from voting.services import elections, tallying

WIDTHS = (360, 810, 1920)
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class Site:
    """A served congress with a vote in which ballots were cast."""

    address: str
    hall: Hall
    election: int
    places: list[Place]

    def code(self, ballot: int = 0) -> str:
        """Give a ballot's tracking code."""
        return short_tracker(ObjectId(self.places[ballot].object_id))

    def receipt(self, ballot: int = 0) -> str:
        """Give a ballot's receipt as text."""
        return self.hall.receipt(self.places[ballot]).text

    def vote(self, election: int | None = None) -> str:
        """Give the address of a vote's page."""
        number = self.election if election is None else election
        return f"/c/{self.hall.slug}/votes/{self.hall.row(number).object_id}"


@pytest.fixture
def site(hall: Hall, address: str) -> Site:
    """Three ballots in an open vote of three projects."""
    return make_site(hall, address, sheet(3, title="年度票决"))


def make_site(hall: Hall, address: str, manifest: Manifest) -> Site:
    """Open a vote and cast three ballots for its first project."""
    election = hall.open_election(manifest)
    first = manifest.questions[0].options[0].id
    places = [hall.cast(election, number, [first]) for number in (1, 2, 3)]
    return Site(address, hall, election, places)


def lines(page: Page) -> dict[str, str]:
    """Read how each check of a receipt has ended."""
    expect(page.locator("[data-verdict]:visible")).to_have_count(1, timeout=60_000)
    found: dict[str, str] = page.locator("[data-check]").evaluate_all(
        "(items) => Object.fromEntries(items.map(({dataset}) => [dataset.check, dataset.state]))"
    )
    return found


def verdict(page: Page) -> str:
    """Read what all checks of a receipt came to."""
    shown = page.locator("[data-verdict]:visible")
    expect(shown).to_have_count(1, timeout=60_000)
    return shown.get_attribute("data-verdict") or ""


def bring(page: Page, text: str) -> None:
    """Choose a receipt's file."""
    file = FilePayload(name="x.tlog-proof", mimeType="text/plain", buffer=text.encode())
    page.locator("#file").set_input_files(file)


ALL_HOLD = {
    "form": "holds",
    "signature": "holds",
    "inclusion": "holds",
    "witnesses": "open",
    "object": "holds",
    "consistency": "holds",
}


def test_a_typed_code_shows_that_the_ballot_is_in_the_box(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")
    page.get_by_label("追踪码").fill(site.code().lower())
    page.get_by_role("button", name="核验", exact=True).click()

    assert lines(page) == ALL_HOLD
    assert verdict(page) == "holds"
    assert page.url.endswith(f"/R/{site.code().replace('-', '')}")
    expect(page.locator("#fact-tracker")).to_have_text(site.code())
    expect(page.locator("#fact-vote")).to_have_text("年度票决")
    assert page.locator("#fact-vote").get_attribute("href") == site.vote()


def test_what_is_typed_wrong_is_told_and_stays(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")
    field = page.get_by_label("追踪码")
    field.fill("7K3M-9QWX")
    page.get_by_role("button", name="核验", exact=True).click()

    expect(page.locator("#typed-problem")).to_be_visible()
    expect(field).to_have_value("7K3M-9QWX")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_a_file_kept_from_long_before_holds_in_the_log_of_today(site: Site, page: Page) -> None:
    early = site.receipt()
    site.hall.count(site.election)
    page.goto(f"{site.address}/R/?lang=en")

    bring(page, early)

    assert lines(page) == ALL_HOLD
    size = len(site.hall.record()) - len([n for n in site.hall.record() if "object" not in n])
    expect(page.locator("[data-check=consistency] .check-detail")).to_contain_text(
        f"{size} entries today"
    )


def test_a_tampered_receipt_does_not_hold_and_says_what_to_do(site: Site, page: Page) -> None:
    receipt = site.receipt()
    index = parse_receipt(receipt).index
    page.goto(f"{site.address}/R/")

    bring(page, receipt.replace(f"index {index}\n", f"index {index - 1}\n"))

    assert verdict(page) == "fails"
    assert lines(page)["inclusion"] == "fails"
    assert lines(page)["consistency"] == "open"
    expect(page.locator("[data-check=inclusion] .check-detail")).to_contain_text("log.inclusion")
    expect(page.locator("[data-verdict=fails]")).to_contain_text("总监票人")


@pytest.mark.parametrize("text", ["", "nonsense", "x" * 100_000])
def test_a_file_that_is_no_receipt_is_told_as_none(site: Site, page: Page, text: str) -> None:
    page.goto(f"{site.address}/R/")

    bring(page, text)

    assert verdict(page) == "fails"
    assert lines(page)["form"] == "fails"


def test_a_receipt_of_another_log_is_foreign(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")

    bring(page, signed_elsewhere(site, "elsewhere.example/x"))

    assert verdict(page) == "foreign"
    assert lines(page)["signature"] == "fails"


def test_a_receipt_forged_in_the_logs_name_does_not_hold(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")

    bring(page, signed_elsewhere(site, site.hall.key().name))

    assert verdict(page) == "fails"
    assert lines(page)["signature"] == "fails"


def signed_elsewhere(site: Site, origin: str) -> str:
    """Make a receipt of a real ballot in a log of one's own under some name."""
    entry = parse_receipt(site.receipt()).entry
    note = make_checkpoint(origin, 1, leaf_hash(entry), seed=secret("forger"))
    return str(Receipt(0, entry, (), note))


def test_a_key_from_elsewhere_is_used_instead_of_the_served_one(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/{site.code()}")
    assert verdict(page) == "holds"
    page.get_by_text("使用我从别处取得的公钥核验").click()
    field = page.get_by_label("日志公钥")

    field.fill("no key")
    page.get_by_role("button", name="用此公钥核验").click()
    expect(page.locator("#own-key-problem")).to_be_visible()
    field.fill(str(make_verifier_key(site.hall.key().name, secret("forger"))))
    page.get_by_role("button", name="用此公钥核验").click()

    assert verdict(page) == "fails"
    assert lines(page)["signature"] == "fails"


def test_a_server_that_gives_other_bytes_for_the_ballot_is_found_out(
    site: Site, page: Page
) -> None:
    other = site.hall.record()[f"object/{site.places[1].object_id}"]
    asked = re.compile(rf"/object/{site.places[0].object_id}$")
    page.route(asked, lambda route: route.fulfill(body=other))

    page.goto(f"{site.address}/R/{site.code()}")

    assert verdict(page) == "fails"
    expect(page.locator("[data-check=object] .check-detail")).to_contain_text("object.id")


def test_a_server_that_swaps_the_receipt_is_found_out(site: Site, page: Page) -> None:
    mine, other = json_text(site.receipt(0)), json_text(site.receipt(1))

    def swap(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(mine, other))

    page.route(re.compile(r"/R/[0-9A-Z-]+$"), swap)

    page.goto(f"{site.address}/R/{site.code(0)}")

    assert verdict(page) == "fails"
    assert lines(page)["inclusion"] == "fails"


def json_text(text: str) -> str:
    """Write a text as it stands inside a page's data."""
    return str(htmlsafe_json_dumps(text))[1:-1]


def be_kept(page: Page) -> None:
    """Wait until the browser has the page and all its parts for the time without a network."""
    page.evaluate(
        """async () => {
          for (;;) {
            const kept = await (await caches.open("receipt-page")).keys();
            if (navigator.serviceWorker.controller !== null && kept.length > 5) {
              return;
            }
            await new Promise((resume) => setTimeout(resume, 50));
          }
        }"""
    )


def test_the_whole_receipt_in_a_link_is_checked_without_a_network(site: Site, page: Page) -> None:
    compact = site.hall.receipt(site.places[0]).compact
    page.goto(f"{site.address}/R/")
    be_kept(page)

    page.context.set_offline(True)
    page.goto(f"{site.address}/R/{site.code().replace('-', '')}#{compact}")

    assert verdict(page) == "offline"
    expected = ALL_HOLD | {"object": "open", "consistency": "open"}
    assert lines(page) == expected
    expect(page.locator("#fact-tracker")).to_have_text(site.code())


def test_a_code_alone_without_a_network_is_told_to_come_back(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")
    be_kept(page)

    page.context.set_offline(True)
    page.goto(f"{site.address}/R/{site.code()}")

    assert verdict(page) == "unreachable"


def test_the_phone_keeps_no_receipt_that_was_looked_at(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/R/")
    be_kept(page)
    page.goto(f"{site.address}/R/{site.code()}")
    assert verdict(page) == "holds"

    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)"
        ".then((store) => store.keys())))).then((all) => all.flat().map(({url}) => url))"
    )

    assert kept
    assert not any(site.code().replace("-", "") in url.replace("-", "") for url in kept)
    assert all("/static/" in url or url.endswith("/R/") for url in kept)


def test_a_browser_remembers_the_log_and_sees_that_it_only_grew(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/c/{site.hall.slug}/log")
    expect(page.locator("#watch")).to_contain_text("首次查看此日志")

    site.hall.cast(site.election, 4, ["p02"])
    page.reload()

    expect(page.locator("#watch")).to_contain_text("没有删除或者改动")


def test_a_browser_tells_when_the_log_goes_back_on_what_it_showed(site: Site, page: Page) -> None:
    url = f"{site.address}/c/{site.hall.slug}/log"
    before = site.hall.record()["checkpoint"]
    site.hall.cast(site.election, 4, ["p02"])
    page.goto(url)
    expect(page.locator("#watch")).to_contain_text("首次查看此日志")
    seen = site.hall.record()["checkpoint"].decode()

    page.route("**/checkpoint", lambda route: route.fulfill(body=before))
    page.reload()

    expect(page.locator("#watch")).to_contain_text("不衔接")
    assert page.locator("#watch-kept").text_content() == seen
    page.reload()
    expect(page.locator("#watch")).to_contain_text("不衔接")


def test_a_kept_checkpoint_is_compared_with_the_log_of_today(site: Site, page: Page) -> None:
    kept = site.hall.record()["checkpoint"].decode()
    site.hall.cast(site.election, 4, ["p02"])
    page.goto(f"{site.address}/c/{site.hall.slug}/log")
    page.get_by_text("与我保存的检查点对照").click()

    page.get_by_label("以前的检查点").fill(kept)
    page.get_by_role("button", name="与今天的日志对照").click()
    expect(page.locator("#compared")).to_contain_text("没有删除或者改动")
    page.get_by_label("以前的检查点").fill("nonsense")
    page.get_by_role("button", name="与今天的日志对照").click()

    expect(page.locator("#compared")).to_contain_text("这不是此日志签名的检查点")


def test_the_whole_record_is_counted_again_in_the_browser(site: Site, page: Page) -> None:
    site.hall.count(site.election)
    page.goto(f"{site.address}/c/{site.hall.slug}/verify")

    page.get_by_role("button", name="开始核验").click()

    report = page.locator("#report")
    expect(report).to_contain_text("检查通过：记录完整、一致，计票结果正确。", timeout=60_000)
    rows = report.locator("tbody tr").all_inner_texts()
    assert [row.split() for row in rows] == [
        ["项目1", "3", "未当选"],
        ["项目2", "0", "未当选"],
        ["项目3", "0", "未当选"],
        ["全部弃权", "0"],
    ]
    expect(page.locator("#report-heading")).to_be_focused()


def test_a_record_that_was_changed_is_reported_with_place_and_rule(site: Site, page: Page) -> None:
    files = site.hall.record()
    gone = f"object/{site.places[2].object_id}"
    page.goto(f"{site.address}/c/{site.hall.slug}/verify?lang=en")

    page.locator("#record-file").set_input_files(
        record({path: data for path, data in files.items() if path != gone})
    )

    finding = page.locator(".findings li")
    expect(finding).to_have_count(1, timeout=60_000)
    expect(finding).to_contain_text("log.object")
    expect(finding.get_by_role("link")).to_have_text(f"entry {site.places[2].position}")


def record(files: dict[str, bytes]) -> FilePayload:
    """Pack the files of a record."""
    content = packed(files, ZIP_STORED)
    return FilePayload(name="record.zip", mimeType="application/zip", buffer=content)


def test_a_file_that_is_no_record_is_told_and_another_can_be_tried(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/c/{site.hall.slug}/verify")

    page.locator("#record-file").set_input_files(
        FilePayload(name="x.zip", mimeType="application/zip", buffer=b"nothing")
    )
    expect(page.locator("#failure")).to_contain_text("log.size")
    page.get_by_role("button", name="再次核验").click()

    expect(page.get_by_role("button", name="开始核验")).to_be_visible()


def test_a_report_can_be_kept(site: Site, page: Page, tmp_path: Path) -> None:
    page.goto(f"{site.address}/c/{site.hall.slug}/verify")
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("#report")).to_contain_text("检查通过", timeout=60_000)

    with page.expect_download() as download:
        page.get_by_role("button", name="保存报告").click()

    download.value.save_as(tmp_path / "report.json")
    assert '"isSound": true' in (tmp_path / "report.json").read_text()


def test_without_scripts_receipt_and_record_say_what_to_do(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    plain = context.new_page()

    plain.goto(f"{site.address}/R/{site.code()}")
    expect(plain.locator("dd.big-code:visible")).to_have_text(site.code())
    expect(plain.get_by_role("link", name="回执文件")).to_be_visible()
    expect(plain.locator(".command")).to_contain_text("ballots receipt")
    expect(plain.locator("#file")).to_be_hidden()
    plain.goto(f"{site.address}/c/{site.hall.slug}/verify")
    expect(plain.get_by_text("此浏览器未启用")).to_be_visible()
    expect(plain.locator("#start")).to_be_hidden()

    context.close()


def test_names_stay_text_where_scripts_write_them(hall: Hall, address: str, page: Page) -> None:
    asked = choice(2, title=HOSTILE)
    options = [replace(option, title=HOSTILE) for option in asked.questions[0].options]
    manifest = replace(asked, questions=[replace(asked.questions[0], options=options)])
    site = make_site(hall, address, manifest)
    opened: list[str] = []
    page.on("dialog", lambda dialog: opened.append(dialog.message))

    page.goto(f"{address}/R/{site.code()}")
    assert verdict(page) == "holds"
    expect(page.locator("#fact-vote")).to_have_text(HOSTILE)
    page.goto(f"{address}/c/{hall.slug}/verify")
    page.get_by_role("button", name="开始核验").click()
    expect(page.locator("#report h3 a")).to_have_text(HOSTILE, timeout=60_000)

    assert page.locator("main img").count() == 0
    assert opened == []


@pytest.fixture
def pages(site: Site) -> list[str]:
    """Every public page in every state."""
    hall = site.hall
    hall.count(site.election)
    rated = hall.open_election(rating(2))
    hall.cast(rated, 1, [("p1", "satisfied"), ("p2", "basic")])
    hall.count(rated)
    tied = hall.open_election(sheet(3, threshold="none", title="票数相同"))
    for number in (1, 2, 3, 4):
        hall.cast(tied, number, [f"p0{1 + number % 2}"])
    hall.count(tied)
    with transaction() as tx:
        again = elections.run_off(tx, hall.secretary, tied).id
    annulled = hall.open_election(sheet(2, title="作废"))
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.annul(tx, actor, annulled, reason="题目有误")
    opened = hall.open_election(sheet(2, title="正在投票"))
    votes = [site.vote(number) for number in (site.election, rated, tied, again, annulled, opened)]
    plain = ["/", f"/c/{hall.slug}/verify", "/how", "/accessibility", f"/c/{hall.slug}/log"]
    receipts = ["/R/", f"/R/{site.code()}", "/R/0000111122223333"]
    return [*plain, *receipts, *votes, f"/c/{hall.slug}/log/{site.places[0].position}", "/nowhere"]


@pytest.mark.parametrize("choices", ["lang=zh", "lang=en", "lang=zh&elder=2", "lang=zh&contrast=1"])
def test_no_public_page_has_a_barrier(
    site: Site, pages: list[str], page: Page, choices: str
) -> None:
    found = {}
    for path in pages:
        page.goto(f"{site.address}{path}?{choices}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if width != WIDTHS[1] and (faults := violations(page)):
                found[path, width] = faults
            overhang = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if overhang > 0:
                found[path, width] = [f"{overhang} px too wide"]

    assert found == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_report_has_no_barrier(site: Site, page: Page, lang: str) -> None:
    site.hall.count(site.election)
    page.goto(f"{site.address}/c/{site.hall.slug}/verify?lang={lang}")

    page.locator("#start").click()
    expect(page.locator("#report .verdict")).to_be_visible(timeout=60_000)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
