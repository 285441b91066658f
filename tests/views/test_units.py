"""The desk's pages of units: one is entered, somebody invited, a refused form keeps its text."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import as_member, send
from tests.office import HOSTILE, SLUG, opened
from voting.clock import StoppedClock

UNITS = f"/desk/{SLUG}/units"


@pytest.fixture
def desk(app: Flask, client: FlaskClient, clock: StoppedClock) -> FlaskClient:
    """A secretary's browser in a congress of its own."""
    return as_member(client, opened().committee)


def test_units_are_listed(desk: FlaskClient) -> None:
    page = desk.get(UNITS, query_string={"lang": "zh"}).text

    assert "共2个单位" in page


def test_a_unit_is_entered_and_somebody_invited(desk: FlaskClient) -> None:
    answer = send(desk, UNITS, name="区住建局", contact="陈 0571-1")
    slip = send(
        desk, f"{answer.location}/invitations", answer.location, _form="invite",
        name="陈经办", login="zhujian",
    )  # fmt: skip

    assert answer.status_code == 302
    assert "区住建局" in desk.get(UNITS).text
    assert slip.status_code == 200
    assert "zhujian" in slip.text
    assert "陈经办" in desk.get(answer.location).text


def test_a_refused_name_is_kept_in_the_form(desk: FlaskClient) -> None:
    send(desk, UNITS, name="区住建局")

    again = send(desk, UNITS, name="区住建局", contact="陈经办")

    assert again.status_code == 422
    assert 'value="区住建局"' in again.text
    assert 'value="陈经办"' in again.text


def test_strangers_stay_outside(app: Flask, client: FlaskClient, clock: StoppedClock) -> None:
    office = opened()

    assert client.get(UNITS).status_code == 302
    assert as_member(client, office.unit).get(UNITS).status_code == 403


def test_markup_in_a_name_is_text(desk: FlaskClient) -> None:
    send(desk, UNITS, name=HOSTILE)

    assert "<script>alert" not in desk.get(UNITS).text


def test_a_units_home_tells_for_whom_one_acts(app: Flask, clock: StoppedClock) -> None:
    office = opened()
    home = f"/unit/{SLUG}"

    page = as_member(app.test_client(), office.unit).get(home, query_string={"lang": "zh"}).text

    assert "区教育局" in page
    assert "没有待办事项" in page
    assert as_member(app.test_client(), office.committee).get(home).status_code == 403
