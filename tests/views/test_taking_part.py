"""Taking part as residents do: writing, photos, support, following; and what abuse comes to."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.application import Member, as_member, enrol, send, token_of
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.proposals import Audience, ProposalState
from voting.models.stations import Station
from voting.rules.access import Action, Actor
from voting.rules.roles import Role
from voting.services import proposals
from voting.services.people import congresses
from voting.services.proposals import WindowPlan
from voting.views.gate import door, limited

SCRIPT = "<script>alert(1)</script>{{ 7*7 }}"
FIELDS = {
    "title": "老旧小区加装电梯",
    "category": "housing",
    "place": "西兴街道星民社区",
    "content": "为六层楼栋加装电梯",
    "reason": "老人多",
    "point": "",
    "beneficiaries": "",
    "implementer": "",
    "estimate": "120",
    "name": "李小梅",
    "phone": "13800000000",
    "station": "",
}
CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}")


def photo(size: tuple[int, int] = (40, 30), form: str = "JPEG") -> bytes:
    """Make a photo."""
    memory = io.BytesIO()
    Image.new("RGB", size, "green").save(memory, form)
    return memory.getvalue()


def bomb() -> bytes:
    """Write a PNG of a hundred bytes that claims nine hundred million pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(9))), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@dataclass
class Place:
    """A congress that collects, and browsers of residents."""

    app: Flask
    office: Member
    congress_id: int
    window_id: int
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """The address where somebody writes."""
        return f"/c/binjiang/take-part/{self.window_id}/write"

    def phone(self, name: str = "") -> FlaskClient:
        """A resident's browser, which keeps its cookies."""
        return self.clients.setdefault(name, self.app.test_client())

    def write(self, name: str = "", photos: tuple[bytes, ...] = (), **fields: str) -> TestResponse:
        """Fill the form in and send it."""
        client = self.phone(name)
        page = client.get(self.page, query_string={"title": "t"}).text
        ticket = re.search(r'name="ticket" value="([^"]+)"', page)
        assert ticket
        sent: dict[str, Any] = {
            "csrf_token": token_of(client, self.page),
            "ticket": ticket[1],
            **FIELDS,
            **fields,
            "photos": [FileStorage(io.BytesIO(raw), "p.jpg") for raw in photos],
        }
        # Encoded here, since the client would leave a large body open in a file.
        boundary, body = encode_multipart(sent)
        return client.post(
            self.page,
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            headers={"Referer": f"http://localhost{self.page}"},
        )

    def accept(self, number: int = 1) -> None:
        """Make a proposal public."""
        with transaction() as tx:
            numbers, state = [number], ProposalState.ACCEPTED
            proposals.set_states(tx, self.office.actor, self.congress_id, numbers, state=state)

    def read(self, path: str, name: str = "") -> str:
        """Open a page of the congress as a resident."""
        answer = self.phone(name).get(f"/c/binjiang{path}")
        assert answer.status_code == 200, path
        return answer.text

    def desk(self) -> FlaskClient:
        """The office's browser."""
        return as_member(self.app.test_client(), self.office)


@pytest.fixture
def place(app: Flask, clock: StoppedClock) -> Place:
    """A congress with an open collection and a station."""
    admin = Actor(None, "test", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        made = congresses.make_congress(tx, admin, slug="binjiang", name="滨江区人大")
        office = enrol(tx, "office", (made.id, Role.COMMITTEE), name="周敏")
        begin, end = clock.at, clock.at + timedelta(days=30)
        plan = WindowPlan(2026, "2026年征集", SCRIPT, Audience.EVERYONE, begin, end)
        window = proposals.save_window(tx, office.actor, made.id, plan)
        station = {"code": "xixing", "name": "西兴街道联络站", "created_at": clock.at}
        tx.add(Station(congress_id=made.id, **station))
    return Place(app, office, made.id, window.id)


def test_a_resident_writes_is_looked_at_and_follows(place: Place) -> None:
    assert "2026年征集" in place.read("/take-part")
    sent = place.write(photos=(photo(),))
    code = CODE.search(sent.text)
    assert sent.status_code == 200
    assert code

    assert place.read("/proposals").count(FIELDS["title"]) == 0
    assert place.phone().get("/c/binjiang/proposals/1").status_code == 404
    assert "待审核" in place.read("/follow/1")
    place.accept()
    shown = place.read("/proposals/1")
    assert FIELDS["content"] in shown
    assert "13800000000" not in shown
    assert "李小梅" not in shown
    assert FIELDS["title"] in place.read("/proposals?q=电梯")

    other = place.phone("other")
    assert other.get("/c/binjiang/follow/1").headers["Location"].endswith("/c/binjiang/follow")
    wrong = send(other, "/c/binjiang/follow", code="AAAA-AAAA-AAAA")
    assert wrong.status_code == 422
    assert "AAAA-AAAA-AAAA" in wrong.text
    opened = send(other, "/c/binjiang/follow", code=code[0].lower())
    assert opened.headers["Location"].endswith("/follow/1")
    assert "已公开" in place.read("/follow/1", "other")


def test_the_code_is_on_no_other_page(place: Place) -> None:
    code = CODE.search(place.write().text)
    assert code

    place.accept()
    pages = ["/follow/1", "/follow", "/proposals/1", "/proposals"]

    assert not any(code[0] in place.read(page) for page in pages)
    assert code[0] not in place.desk().get("/desk/binjiang/proposals/1").text


def test_a_refused_form_comes_back_with_what_was_typed(place: Place) -> None:
    sent = place.write(place="", phone="abc", content="写了很多字")

    assert sent.status_code == 422
    assert "写了很多字" in sent.text
    assert '<a href="#field-place">地点：请填写此项。</a>' in sent.text
    assert 'href="#field-phone"' in sent.text
    assert "重新选择" in sent.text


def test_like_proposals_are_shown_before_and_while_writing(place: Place) -> None:
    place.write()
    hidden = place.read("/take-part/similar?title=小区加装电梯")
    place.accept()

    assert FIELDS["title"] not in hidden
    assert FIELDS["title"] in place.read("/take-part/similar?title=小区加装电梯")
    assert FIELDS["title"] in place.read(f"/take-part/{place.window_id}/write?title=小区加装电梯")


def test_support_counts_once_for_each_browser(place: Place) -> None:
    place.write()
    place.accept()
    address = "/c/binjiang/proposals/1/support"

    for name in ("a", "a", "b"):
        sent = send(place.phone(name), address, page="/c/binjiang/follow")
        assert sent.status_code == 302

    assert "2 人也需要" in place.read("/proposals/1")
    assert "您已表示需要" in place.read("/proposals/1", "a")


def test_a_page_says_when_support_has_ended(place: Place, clock: StoppedClock) -> None:
    place.write()
    place.accept()
    before = place.read("/proposals/1")
    clock.advance(40 * 86400)

    after = place.read("/proposals/1")
    late = send(place.phone("late"), "/c/binjiang/proposals/1/support", page="/c/binjiang/follow")

    assert "我也需要" in before
    assert "我也需要" not in after
    assert "本次征集已结束" in after
    assert late.status_code == 409


def test_what_comes_by_a_station_s_poster_is_counted_for_it(place: Place) -> None:
    assert "xixing" in place.read(f"/take-part/{place.window_id}?s=xixing")
    place.write(station="xixing")
    place.write(station="no such station")

    with transaction() as tx:
        found = [proposals.find_proposal(tx, place.congress_id, number) for number in (1, 2)]
        assert [row.station.code if row.station else None for row in found] == ["xixing", None]


def test_photos_are_added_until_somebody_has_looked(place: Place) -> None:
    place.write()
    client, page = place.phone(), "/c/binjiang/follow/1"
    fields = {"csrf_token": token_of(client, page), "photos": [(io.BytesIO(photo()), "a.jpg")]}
    stranger = place.phone("other")
    token_of(stranger, "/c/binjiang/follow")

    assert client.post(f"{page}/photos", data=fields).status_code == 302
    assert "已有 1 张照片" in place.read("/follow/1")
    assert send(stranger, f"{page}/photos", page="/c/binjiang/follow").status_code == 404
    place.accept()
    fields = {"csrf_token": token_of(client, f"{page[:-2]}"), "photos": []}
    assert client.post(f"{page}/photos", data=fields).status_code == 409


def test_photos_are_for_the_office_until_their_proposal_is_public(place: Place) -> None:
    place.write(photos=(photo(),))
    address = "/c/binjiang/pictures/1"

    assert place.phone().get(address).status_code == 404
    seen = place.desk().get(address)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")
    place.accept()
    shown = place.phone().get(f"{address}?size=small")
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    again = place.phone().get(
        f"{address}?size=small", headers={"If-None-Match": shown.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_closed_collection_says_so(place: Place, clock: StoppedClock) -> None:
    clock.advance(31 * 86400)

    assert "目前没有进行中的征集" in place.read("/take-part")
    assert place.phone().get(place.page).status_code == 409
    closed = place.read(f"/take-part/{place.window_id}")
    assert "不接收建议" in closed
    main = closed.partition("<main")[2]
    assert 'href="/c/binjiang/proposals"' in main
    assert 'href="/c/binjiang/follow"' in main


TEXTS = ("title", "place", "content", "reason", "beneficiaries", "implementer")


def test_script_in_every_text_is_text_on_every_page(place: Place) -> None:
    hostile: dict[str, Any] = dict.fromkeys(TEXTS, SCRIPT)
    place.write(**hostile)
    place.accept()
    desk = place.desk()
    pages = [
        place.read(path)
        for path in (
            "/take-part",
            f"/take-part/{place.window_id}",
            f"/take-part/{place.window_id}/write?title={SCRIPT}",
            f"/take-part/similar?title={SCRIPT}",
            f"/proposals?q={SCRIPT}",
            "/proposals/1",
            "/follow",
            "/follow/1",
        )
    ]
    pages += [
        desk.get(f"/desk/binjiang/{path}").text
        for path in (
            "proposals",
            "proposals/1",
            "proposals/charts",
            f"collections/{place.window_id}",
            "propose",
        )
    ]

    assert not [page for page in pages if "<script>alert" in page or ">49<" in page]
    assert sum("&lt;script&gt;" in page for page in pages) >= 10


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (photo((10_000, 10_000)), "像素过多"),
        (bomb(), "像素过多"),
        (b"GIF89a" + b"<script>alert(1)</script>", "无法作为照片读取"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "无法作为照片读取"),
        (photo() + bytes(9_000_000), "最大可接收"),
    ],
    ids=["10000 px", "bomb", "no photo", "svg", "large"],
)
def test_a_photo_that_could_harm_is_refused_and_the_text_stays(
    place: Place, raw: bytes, says: str
) -> None:
    sent = place.write(photos=(raw,), content="写了很多字")

    assert sent.status_code == 422
    assert says in sent.text
    assert "写了很多字" in sent.text
    with transaction() as tx:
        assert proposals.count_waiting(tx, place.congress_id) == 0


def test_a_polyglot_is_taken_and_loses_its_second_nature(place: Place) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("evil.html", SCRIPT)
    assert place.write(photos=(photo(form="PNG") + memory.getvalue(),)).status_code == 200
    place.accept()

    for size in ("small", "large"):
        served = place.phone().get(f"/c/binjiang/pictures/1?size={size}").data
        assert b"script" not in served
        assert not zipfile.is_zipfile(io.BytesIO(served))


def test_a_flood_from_one_device_ends_and_tells_what_to_do(place: Place) -> None:
    answers = [place.write(title=f"第{number}条").status_code for number in range(6)]
    last = place.write(content="写了很多字")

    assert answers == [200] * 5 + [409]
    assert "一天内已提交 5 条建议" in last.text
    assert "写了很多字" in last.text
    assert place.write("another phone").status_code == 200


def test_a_flood_of_devices_from_one_address_ends_too(app: Flask) -> None:
    # Whoever throws the cookie away with each request looks like ever new devices.
    def answer() -> str:
        return "taken"

    bounded = door(Action.TAKE_PART)(limited(2, "hour", crowd=2)(answer))
    app.add_url_rule("/bounded", "bounded", bounded)

    answers = [app.test_client().get("/bounded").status_code for _ in range(5)]
    one = app.test_client()

    assert answers == [200] * 4 + [429]
    assert one.get("/bounded", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def test_a_form_sent_twice_is_taken_once(place: Place) -> None:
    client = place.phone()
    sent = {"csrf_token": token_of(client, place.page), "ticket": "same", **FIELDS}

    first, second = (client.post(place.page, data=sent) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 409)
    assert "已经收到，编号为第1号" in second.text


def test_unknown_wishes_in_an_address_are_left_out(place: Place) -> None:
    asked = "?page=0&category=spaceships&order=random&q=%00%22&state=received&page=99999999"

    assert "还没有公开的建议" in place.read(f"/proposals{asked}".replace("q=%00%22&", ""))
    assert "没有找到" in place.read("/proposals?q=%00%22x")
