"""Pages of ratings: set up, held, taken over, published; who may, and what a refusal keeps."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.application import Member, as_member, enrol, send
from tests.hall import Hall
from tests.rated import cast, decide, declare, marks_of, open_rating
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.models.ratings import Rating
from voting.models.sittings import Body
from voting.rules.roles import Role
from voting.services.ratings import residents, reading as ratings

DESK = "/desk/binjiang/ratings"


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A sitting of four deputies, and two decided projects."""
    made = Hall.build(app)
    decide(made, ["老旧小区改造", "停车泊位增建"])
    return made


@pytest.fixture
def office(hall: Hall, client: FlaskClient) -> FlaskClient:
    """The committee's office, signed in."""
    with transaction() as tx:
        member = enrol(tx, "office", (hall.congress_id, Role.COMMITTEE))
    return as_member(client, member)


def set_up(office: FlaskClient, hall: Hall, **changes: str) -> str:
    """Set a rating up through its form, and give the address of its page."""
    fields = {"year": "2025", "sitting_id": str(hall.sitting_id), "what": "projects"}
    fields |= {"base": "all", "adopted_on": "2026-02-01", "resolution": "", **changes}
    answer = send(office, DESK, DESK + "?year=2025", **fields)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def hold(hall: Hall, counts: list[tuple[int, int, int]]) -> None:
    """Hold the rating, and declare it."""
    election = open_rating(hall)
    codes = [f"2025-{place:02}" for place in range(1, len(counts) + 1)]
    cast(hall, election, codes, marks_of(counts, 4))
    declare(hall, election)


def test_a_rating_goes_from_projects_to_the_published_table(
    office: FlaskClient, hall: Hall
) -> None:
    page = office.get(DESK).text
    assert "老旧小区改造" in page

    place = set_up(office, hall)
    assert "下一步：通过测评办法" in office.get(place).text
    hold(hall, [(3, 1, 0), (0, 1, 3)])
    assert "下一步" in office.get(place).text
    fields = {"office": "区人大常委会", "dated": "2026-02-02", "due_on": "2026-02-01"}
    refused = send(office, f"{place}/settle", place, demand="限期整改", **fields)
    assert refused.status_code == 422
    assert "限期整改" in refused.text

    done = send(office, f"{place}/settle", place, demand="限期整改", **fields | {"due_on": "2026-06-30"})

    assert done.status_code == 302
    table = office.get(place).text
    assert "75.00%" in table
    assert "2026年6月30日" in table
    public = office.get("/c/binjiang/ratings/1").text
    assert "区人大常委会" in public
    assert "25.00%" in public
    for suffix in ("pdf", "xlsx", "csv", "json"):
        assert office.get(f"/c/binjiang/ratings/1/table.{suffix}").status_code == 200
    assert office.get(f"{place}/table.docx").status_code == 200
    assert office.get(f"{place}/table.exe").status_code == 404
