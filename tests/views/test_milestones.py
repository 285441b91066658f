"""Milestones on the log's pages: what they say, where it may be read, and that it is the same."""

from __future__ import annotations

from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.hall import Hall
from voting.db import transaction
from voting.services import milestones
from voting.services.milestones import Stage

SAID = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def hall(app: Flask) -> Hall:
    """A sitting of four deputies, whose log has begun with its roll."""
    made = Hall.gather(app)
    made.publish_roll()
    return made


def read(client: FlaskClient, address: str) -> str:
    """Open a page that must be there, and give its text."""
    answer = client.get(address, query_string={"lang": "zh"})
    assert answer.status_code == 200
    return answer.text


def test_a_milestone_tells_its_step_and_leads_to_what_it_says(
    hall: Hall, client: FlaskClient
) -> None:
    with transaction() as tx:
        shown, withheld = (
            milestones.record(
                tx, hall.congress_id, "p01", stage, content={"title": SAID}, public=public
            ).position
            for stage, public in ((Stage.ADOPTED, True), (Stage.DECIDED, False))
        )

    page = read(client, "/c/binjiang/log")
    entry, other = (read(client, f"/c/binjiang/log/{place}") for place in (shown, withheld))
    said = client.get(f"/c/binjiang/log/{shown}/content.json")

    assert "项目里程碑" in page
    assert "p01 · 代表票决通过" in page
    assert "/c/binjiang/projects/p01" in entry
    assert "上一个里程碑" not in entry
    assert "上一个里程碑" in other
    assert "列入候选项目" in entry
    assert f"/c/binjiang/log/{shown}/content.json" in entry
    assert sha256(said.data).hexdigest() in entry
    assert said.content_type == "application/json"
    assert said.json is not None
    assert said.json["title"] == SAID
    assert "内容未公开" in other
    assert f"/c/binjiang/log/{shown}" in other  # the milestone before
    for place in (withheld, 0, 9999):
        assert client.get(f"/c/binjiang/log/{place}/content.json").status_code == 404
