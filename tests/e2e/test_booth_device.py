"""The tablet as a device: how much it loads, how fast it seals, its camera, its life offline."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import qrcode
from flask import Flask, Response, request, request_finished
from playwright.sync_api import Browser, Page, expect

from ballots.cards import card_qr
from ballots.encoding import parse_json
from tests.conftest import CHROMIUM_FLAGS
from tests.e2e.tablets import Tablet, Tablets
from tests.hall import Hall, sheet
from tools.machine import find_chromium

LARGEST_LOAD = 120_000
LONGEST_SEAL = 1500
SLOWED = 4
SEAL_IN_THE_PAGE = """async ([worker, files, code, selections]) => {
  const replies = [];
  window.postMessage = (reply) => replies.push(reply);
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = worker;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  const ask = (call, ...parameters) => {
    dispatchEvent(new MessageEvent("message", { data: { number: 1, call, parameters } }));
    const reply = replies.pop();
    if ("rule" in reply) throw new Error(`${call}: ${reply.rule}`);
    return reply.value;
  };
  const bytes = (list) => Uint8Array.from(list);
  const log = { ...files.log, bundles: files.log.bundles.map(bytes) };
  const named = ([id, raw]) => [id, bytes(raw)];
  const { election, keys, roll, session } = files.election;
  ask("open", log, {
    election: named(election), keys: named(keys), roll: named(roll), session: bytes(session),
  });
  ask("card", code);
  const measure = () => {
    const start = performance.now();
    ask("seal", selections);
    return performance.now() - start;
  };
  const cold = measure();
  await new Promise((resume) => setTimeout(resume, 8000));
  return [cold, measure()];
}"""


def say(capsys: pytest.CaptureFixture[str], figure: str) -> None:
    """Print a figure, also where the test passes."""
    with capsys.disabled():
        sys.stdout.write(f"\n{figure}\n")


def test_little_is_loaded_before_the_first_paper(
    tablets: Tablets, hall: Hall, app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    hall.open_election(sheet(30, seats=10))
    paths: set[str] = set()

    def note(_app: Flask, response: Response, **_: Any) -> None:
        if request.path.startswith(("/static/", "/vote/")) and response.status_code == 200:
            paths.add(request.full_path.rstrip("?"))

    with request_finished.connected_to(note, app):
        tablet = tablets.switch_on()
        tablet.show_card(1)
        tablet.reaches("paper")

    client = app.test_client(use_cookies=False)
    sizes = {path: len(gzip.compress(client.get(path).data)) for path in paths}
    whole = sum(sizes.values())
    say(capsys, f"loaded before the first paper: {whole} bytes gzipped in {len(sizes)} files")
    assert any(path.endswith(".js") for path in paths)
    assert whole <= LARGEST_LOAD


def record_files(hall: Hall, election: int) -> dict[str, Any]:
    """Give what a tablet fetches of an election, as lists of bytes."""
    record, row = hall.record(), hall.row(election)

    def stored(name: str) -> tuple[str, list[int]]:
        return name, list(record[f"object/{name}"])

    bundles = [list(record[path]) for path in sorted(record) if path.startswith("tile/entries/")]
    session = str(parse_json(record[f"object/{row.object_id}"])["session"])
    return {
        "log": {
            "vkey": record["log.vkey"].decode().strip(),
            "checkpoint": record["checkpoint"].decode(),
            "bundles": bundles,
        },
        "election": {
            "election": stored(row.object_id),
            "keys": stored(row.keys_object),
            "roll": stored(row.roll_object),
            "session": stored(session)[1],
        },
    }


def slow_down(page: Page, rate: float) -> None:
    """Let the page's processor run at a fraction of its speed."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": rate})


def test_thirty_projects_are_sealed_in_time_on_a_slow_tablet(
    tablets: Tablets, hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    """Throttling reaches a page but no worker, so the worker's code is run in a page here."""
    election = hall.open_election(sheet(30, seats=10))
    tablet = tablets.switch_on()
    expect(tablet.page.locator(".state.open")).to_be_visible()
    [worker] = [worker.url for worker in tablet.page.workers]
    bare = tablets.profile().new_page()
    bare.goto(tablets.url)
    slow_down(bare, SLOWED)

    cold, warm = bare.evaluate(
        SEAL_IN_THE_PAGE,
        [
            worker,
            record_files(hall, election),
            card_qr(hall.cards[0]),
            [["projects", f"p{number:02}"] for number in range(1, 11)],
        ],
    )

    times = f"{cold:.0f} ms at once, {warm:.0f} ms after reading"
    say(capsys, f"sealing 30 projects at {SLOWED}x: {times}")
    assert cold <= LONGEST_SEAL
    assert warm <= LONGEST_SEAL


def wait_until_kept(tablet: Tablet) -> None:
    """Wait until the tablet has put its page by, down to the part that reads codes."""
    for _ in range(60):
        kept = tablet.page.evaluate(
            """async () => {
              const names = await caches.keys();
              const caught = names.map(async (name) => (await caches.open(name)).keys());
              return (await Promise.all(caught)).flat().map(({ url }) => url);
            }"""
        )
        if any("decode" in address for address in kept):
            return
        tablet.page.wait_for_timeout(500)
    pytest.fail("the page was not kept")


def test_the_page_opens_without_network_once_it_was_there(tablets: Tablets, hall: Hall) -> None:
    hall.open_election()
    tablet = tablets.switch_on()
    expect(tablet.page.locator(".state.open")).to_be_visible()
    wait_until_kept(tablet)
    tablet.page.context.set_offline(True)

    tablet.reload()

    expect(tablet.reaches("idle")).to_contain_text("目前没有表决事项")
    tablet.page.context.set_offline(False)
    tablet.vote(1, "p01")


def test_a_sealed_ballot_is_sent_after_a_restart_without_network(
    tablets: Tablets, hall: Hall
) -> None:
    """A41: the battery and the network fail together, and come back one after the other."""
    hall.open_election()
    tablet = tablets.switch_on()
    tablet.show_card(1)
    tracker = tablet.seal("p01")
    wait_until_kept(tablet)
    context = tablet.page.context
    context.set_offline(True)
    tablet.cast()
    tablet.reaches("waiting")
    tablet.page.close()

    again = tablets.switch_on(context)
    again.reaches("waiting")
    assert again.tracker() == tracker
    context.set_offline(False)

    again.reaches("receipt")


def test_the_tablet_can_be_installed(tablets: Tablets, hall: Hall, app: Flask) -> None:
    client = app.test_client(use_cookies=False)
    tablet = tablets.switch_on()
    link = tablet.page.locator('link[rel="manifest"]').get_attribute("href")

    manifest = client.get(str(link)).get_json()

    assert manifest["start_url"] == manifest["scope"] == f"/vote/{hall.slug}"
    assert manifest["display"] == "fullscreen"
    assert client.get(manifest["icons"][0]["src"]).status_code == 200
    worker = client.get(f"/vote/{hall.slug}/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == f"/vote/{hall.slug}"


@pytest.fixture
def picture(hall: Hall, tmp_path: Path) -> Path:
    """A film of one picture: a card's code before a camera."""
    code = qrcode.QRCode(box_size=8, border=8)
    code.add_data(card_qr(hall.cards[0]))
    image = code.make_image().get_image().convert("L")
    width, height = 640, 480
    frame = image.resize((420, 420)).rotate(7, fillcolor=255, expand=False)
    film = tmp_path / "card.y4m"
    luma = bytearray(b"\xeb" * (width * height))
    for y in range(420):
        start = (y + 30) * width + 110
        luma[start : start + 420] = frame.crop((0, y, 420, y + 1)).tobytes()
    chroma = b"\x80" * (width * height // 2)
    head = f"YUV4MPEG2 W{width} H{height} F10:1 Ip C420jpeg\n".encode()
    film.write_bytes(head + (b"FRAME\n" + bytes(luma) + chroma) * 5)
    return film


@pytest.fixture
def with_camera(browser: Browser, fonts_conf: Path, picture: Path) -> Iterator[Browser]:
    """A browser whose camera shows that film and asks nobody."""
    launched = browser.browser_type.launch(
        executable_path=find_chromium(),
        args=[
            *CHROMIUM_FLAGS,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={picture}",
        ],
        env={**os.environ, "FONTCONFIG_FILE": str(fonts_conf)},
    )
    yield launched
    launched.close()


def test_a_card_is_scanned_by_the_camera(with_camera: Browser, address: str, hall: Hall) -> None:
    hall.open_election()
    tablets = Tablets(with_camera, address, hall)
    tablet = tablets.switch_on(tablets.profile(permissions=["camera"]))
    expect(tablet.page.locator(".state.open")).to_be_visible()

    tablet.button("扫描表决卡").click()

    tablet.reaches("paper")
    expect(tablet.page.locator("video")).to_have_count(0)
    tablet.seal("p01")
    tablet.cast()
    tablet.reaches("receipt")
    tablet.button("完成并清除").click()
    # The card is still before the camera, which the tablet has switched on again by itself.
    tablet.reaches("receipt")
    expect(tablet.page.locator("h1")).to_have_text("这张表决卡在本次票决中已经投票")
    tablets.close()
    assert tablets.complaints == []
