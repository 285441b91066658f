"""Open data: every table has what public pages show, in both forms, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.hall import Hall
from voting import clock as clocks
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.projects import MoneyLine, Project, ProjectState
from voting.models.proposals import Proposal, ProposalState, Source
from voting.services import tallying
from voting.services.reports.datasets import DATASETS


@pytest.fixture
def hall(app: Flask, clock: StoppedClock) -> Hall:
    """A hall whose one vote is counted."""
    made = Hall.build(app)
    election = made.open_election()
    for number in range(1, 5):
        made.cast(election, number, ["p01"])
    made.count(election)
    return made


def declare(hall: Hall) -> None:
    """Declare the vote, by chair and chief scrutineer."""
    for actor in (hall.chair, hall.chief):
        with transaction() as tx:
            tallying.declare(tx, actor, 1)


def add_project(hall: Hall, code: str, title: str, state: ProjectState) -> None:
    """Put a project into the tables."""
    with transaction() as tx:
        tx.add(
            Project(
                congress_id=hall.congress_id,
                year=2026,
                code=code,
                title=title,
                state=state,
                created_at=clocks.now(),
                money=[MoneyLine(year=2026, source="区财政", planned_yuan=5_000_000)],
            )
        )


def rows_of(client: FlaskClient, hall: Hall, key: str) -> list[dict[str, object]]:
    """Fetch a table's rows as JSON."""
    answer = client.get(f"/c/{hall.slug}/data/{key}.json")
    assert answer.status_code == 200
    content = json.loads(answer.data)
    assert content["licence"].startswith("https://creativecommons.org/")
    rows: list[dict[str, object]] = content["rows"]
    return rows


@pytest.mark.parametrize("key", [dataset.key for dataset in DATASETS])
def test_every_table_is_written_in_both_forms(client: FlaskClient, hall: Hall, key: str) -> None:
    assert rows_of(client, hall, key) == [] or key == "votes"

    answer = client.get(f"/c/{hall.slug}/data/{key}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    head = next(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(head) == len(next(d for d in DATASETS if d.key == key).columns)


def test_a_vote_is_open_data_when_it_is_declared(client: FlaskClient, hall: Hall) -> None:
    assert rows_of(client, hall, "votes") == []
    declare(hall)

    first, *others = rows_of(client, hall, "votes")
    assert (first["project"], first["for"], first["result"]) == ("p01", 4, "elected")
    assert first["ballots"] == 4
    assert {row["for"] for row in others} == {0}


def test_a_project_is_open_data_when_its_list_is_adopted(client: FlaskClient, hall: Hall) -> None:
    add_project(hall, "2026-01", "老旧小区加装电梯", ProjectState.LISTED)
    add_project(hall, "2026-02", "还在筛选", ProjectState.SCREENING)
    add_project(hall, "2026-03", "不采纳", ProjectState.DECLINED)

    assert [row["title"] for row in rows_of(client, hall, "projects")] == ["老旧小区加装电梯"]
    assert [row["project"] for row in rows_of(client, hall, "money")] == ["2026-01"]


def test_a_proposal_was_received_on_the_day_that_clocks_in_china_showed(
    client: FlaskClient, hall: Hall
) -> None:
    with transaction() as tx:
        tx.add(
            Proposal(
                congress_id=hall.congress_id,
                number=1,
                state=ProposalState.ACCEPTED,
                title="加装电梯",
                category="housing",
                place="浦沿街道",
                source=Source.RESIDENT,
                created_at=datetime(2026, 2, 1, 17, 30, tzinfo=UTC),
            )
        )
    (row,) = rows_of(client, hall, "proposals")
    assert row["received_on"] == "2026-02-02"
    table = client.get(f"/c/{hall.slug}/data/proposals.csv").get_data(as_text=True)
    assert "地点" in table.splitlines()[0]


def test_no_cell_is_a_formula(client: FlaskClient, hall: Hall) -> None:
    add_project(hall, "2026-01", '=HYPERLINK("http://x")', ProjectState.DECIDED)

    text = client.get(f"/c/{hall.slug}/data/projects.csv").data.decode("utf-8-sig")
    assert "'=HYPERLINK" in text


def test_the_list_names_every_table_and_its_licence(client: FlaskClient, hall: Hall) -> None:
    page = client.get(f"/c/{hall.slug}/data").get_data(as_text=True)

    assert all(f"/data/{dataset.key}.csv" in page for dataset in DATASETS)
    assert "CC BY 4.0" in page
    assert client.get(f"/c/{hall.slug}/data/projects.exe").status_code == 404
    assert client.get(f"/c/{hall.slug}/data/people.csv").status_code == 404
