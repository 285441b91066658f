"""Stations at the desk and in public: residents speak, are answered, follow and rate it."""

from __future__ import annotations

import io
import re
from datetime import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.application import as_member, send, token_of
from tests.office import HOSTILE, SLUG, Office, opened
from voting.clock import StoppedClock
from voting.db import transaction
from voting.rules.duty import Duty
from voting.services import stations
from voting.services.stations import DutyEntry, StationEntry

DESK = f"/desk/{SLUG}/stations"
VOICES = f"/desk/{SLUG}/voices"
PUBLIC = f"/c/{SLUG}/stations"
FOLLOW = f"/c/{SLUG}/voices"


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress without stations."""
    return opened()


@pytest.fixture
def desk(app: Flask, office: Office) -> FlaskClient:
    """The committee office's browser."""
    return as_member(app.test_client(), office.committee)


@pytest.fixture
def station(office: Office) -> str:
    """The code of a station with one deputy, who receives on Wednesdays."""
    with transaction() as tx:
        entry = StationEntry("长河街道联络站", "长河路1号")
        made = stations.save_station(tx, office.desk, office.congress_id, entry)
        stations.set_deputies(tx, office.desk, made.id, office.deputy_ids[:1])
        duty = Duty(2, None, time(9), time(11))
        stations.add_duty(tx, office.desk, made.id, DutyEntry(duty, office.deputy_ids[0]))
        return made.code


def speak(client: FlaskClient, path: str, text: str = "路灯坏了三盏。", **fields: object) -> int:
    """Say something as a resident, and give the answer's status."""
    form = {"csrf_token": token_of(client, path), "content": text, "contact": "", **fields}
    headers = {"Referer": f"http://localhost{path}"}
    return client.post(path, data=form, headers=headers).status_code


def a_photo() -> tuple[io.BytesIO, str]:
    """Take a photo."""
    memory = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(memory, "JPEG")
    memory.seek(0)
    return memory, "a.jpg"


def test_a_station_is_entered_with_its_times(desk: FlaskClient, office: Office) -> None:
    answer = send(desk, DESK, name="浦沿联络站", address="浦沿路2号", phone="", about="")
    page = answer.location
    send(desk, f"{page}/deputies", page, _form="deputies", deputies=str(office.deputy_ids[0]))
    duty = send(
        desk, f"{page}/duties", page, _form="duty",
        weekday="2", week="1", starts_at="09:00", ends_at="11:00", deputy_id="",
    )  # fmt: skip

    shown = desk.get(page, query_string={"lang": "zh"}).text
    assert duty.status_code == 302
    assert "每月第1个星期三" in shown
    assert "2026年2月4日" in shown


def test_a_refused_time_of_duty_keeps_its_fields(desk: FlaskClient, station: str) -> None:
    page = f"{DESK}/1"

    answer = send(
        desk, f"{page}/duties", page, _form="duty",
        weekday="4", week="", starts_at="11:00", ends_at="09:00", deputy_id="",
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'value="11:00"' in answer.text
    assert "problem-duty-ends_at" in answer.text


def test_residents_see_where_and_when(client: FlaskClient, station: str) -> None:
    page = client.get(f"{PUBLIC}/{station}", query_string={"lang": "zh"}).text

    assert "长河路1号" in page
    assert "2026年2月4日" in page
    assert "长河街道联络站" in client.get(PUBLIC).text


def test_a_resident_speaks_follows_and_rates(
    client: FlaskClient, app: Flask, office: Office, station: str
) -> None:
    photo, contact = a_photo(), "13800000000"
    sent = speak(
        client, f"{PUBLIC}/{station}", photos=photo, contact=contact,
        deputy_id=str(office.deputy_ids[0]),
    )  # fmt: skip
    code = re.findall(r"\w{4}-\w{4}-\w{4}", client.get(FOLLOW).text)[0]
    deputy = as_member(app.test_client(), office.deputies[0])
    page = f"{VOICES}/1"

    assert sent == 302
    assert contact in deputy.get(page).text
    send(
        deputy, f"{page}/answer", page, _form="answer", text="已派人修复。", forwarded_to="区城管局"
    )
    elsewhere = app.test_client()
    send(elsewhere, FOLLOW, _form="code", code=code.lower().replace("-", " "))
    shown = elsewhere.get(FOLLOW).text
    assert "已派人修复。" in shown
    assert contact not in shown
    send(elsewhere, f"{FOLLOW}/stars", FOLLOW, _form="stars", stars="4", note="不错")
    assert "不错" in deputy.get(page).text
    again = send(elsewhere, f"{FOLLOW}/stars", FOLLOW, _form="code", stars="1", note="")
    assert again.status_code == 409


def test_answers_are_public_by_choice_alone(
    client: FlaskClient, desk: FlaskClient, station: str
) -> None:
    speak(client, f"{PUBLIC}/{station}", photos=a_photo())
    photo = f"/c/{SLUG}/pictures/1"

    assert "路灯坏了三盏。" not in client.get(f"{PUBLIC}/{station}").text
    assert client.get(photo).status_code in {302, 403, 404}
    send(
        desk, f"{VOICES}/1/answer", f"{VOICES}/1", _form="answer",
        text="已修复。", forwarded_to="", is_public="1",
    )  # fmt: skip
    assert "路灯坏了三盏。" in client.get(f"{PUBLIC}/{station}").text
    assert client.get(photo).status_code == 200


def test_what_is_said_is_forwarded_to_a_unit_of_the_list_or_to_somebody_else(
    client: FlaskClient, desk: FlaskClient, office: Office, station: str
) -> None:
    speak(client, f"{PUBLIC}/{station}")
    page, fields = f"{VOICES}/1", {"_form": "answer", "text": "已转交。", "is_public": "1"}
    unit_id = str(office.unit_id)

    send(desk, f"{page}/answer", page, **fields, unit_id=unit_id, forwarded_to="")
    listed, again = client.get(f"{PUBLIC}/{station}").text, desk.get(page).text
    unknown = send(desk, f"{page}/answer", page, **fields, unit_id="99", forwarded_to="")
    send(desk, f"{page}/answer", page, **fields, unit_id="", forwarded_to="长河村委会")
    other = client.get(f"{PUBLIC}/{station}").text

    assert "转交区教育局" in listed
    assert f'<option value="{unit_id}" selected>' in again
    assert unknown.status_code == 404
    assert "转交长河村委会" in other


def test_what_is_said_to_one_deputy_is_not_for_another(
    client: FlaskClient, app: Flask, office: Office
) -> None:
    speak(client, f"/c/{SLUG}/deputies/{office.deputy_ids[0]}")

    assert as_member(app.test_client(), office.deputies[0]).get(f"{VOICES}/1").status_code == 200
    assert as_member(app.test_client(), office.deputies[1]).get(f"{VOICES}/1").status_code == 403


def test_markup_is_text_everywhere(client: FlaskClient, desk: FlaskClient, station: str) -> None:
    speak(client, f"{PUBLIC}/{station}", HOSTILE, contact="<script>alert(9)")
    send(
        desk, f"{VOICES}/1/answer", f"{VOICES}/1", _form="answer",
        text=HOSTILE, forwarded_to="<script>alert(8)", is_public="1",
    )  # fmt: skip

    for page in (client.get(FOLLOW), client.get(f"{PUBLIC}/{station}"), desk.get(f"{VOICES}/1")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_a_flood_from_one_device_is_stopped(client: FlaskClient, station: str) -> None:
    path = f"{PUBLIC}/{station}"
    form = {"csrf_token": token_of(client, path), "content": "x", "contact": ""}
    headers = {"Referer": f"http://localhost{path}"}

    answers = [client.post(path, data=form, headers=headers).status_code for _ in range(11)]

    assert answers == [302] * 10 + [429]


@pytest.mark.parametrize("raw", [b"GIF89a<script>", b"%PDF-1.4 <html>", b"\xff\xd8\xff broken"])
def test_what_is_no_photo_is_refused_and_the_words_stay(
    client: FlaskClient, station: str, raw: bytes
) -> None:
    path = f"{PUBLIC}/{station}"
    form = {
        "csrf_token": token_of(client, path),
        "content": "路灯坏了",
        "contact": "",
        "photos": (io.BytesIO(raw), "a.jpg"),
    }

    answer = client.post(path, data=form, headers={"Referer": f"http://localhost{path}"})

    assert answer.status_code == 422
    assert "路灯坏了" in answer.text


def test_a_wrong_code_opens_nothing(client: FlaskClient, station: str) -> None:
    assert send(client, FOLLOW, _form="code", code="AAAA-BBBB-CCCC").status_code == 404


def test_a_poster_leads_to_the_station(desk: FlaskClient, station: str) -> None:
    page = desk.get(f"{DESK}/1/poster").text

    assert f"{PUBLIC}/{station}" in page
    assert "<svg" in page


def test_keepers_see_their_station_alone(app: Flask, office: Office, station: str) -> None:
    stranger = as_member(app.test_client(), office.deputies[1])

    assert stranger.get(f"{DESK}/1").status_code == 403
    assert as_member(app.test_client(), office.deputies[0]).get(f"{DESK}/1").status_code == 200
    assert as_member(app.test_client(), office.unit).get(DESK).status_code == 403
