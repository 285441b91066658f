"""A congress's home page: what to take part in, projects with lights, votes and news."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from tests.plenary import make_official, make_sitting
from voting.clock import StoppedClock
from voting.db import transaction
from voting.models.news import NewsItem
from voting.models.projects import Project, ProjectState
from voting.models.proposals import Audience, CollectionWindow
from voting.models.supervision import LightEntry, Supervision
from voting.rules.lights import Light, Reason
from voting.rules.roles import Role


def home(client: FlaskClient) -> str:
    """Read the home page."""
    answer = client.get("/c/binjiang-7/", query_string={"lang": "zh"})
    assert answer.status_code == 200
    return str(answer.text)


def add_project(congress_id: int, clock: StoppedClock, *, year: int, state: ProjectState) -> None:
    """Put a project of a year into the tables."""
    with transaction() as tx:
        tx.add(
            Project(
                congress_id=congress_id,
                year=year,
                code=f"{year}-{state.value}",
                title=f"{year}年{state.value}",
                state=state,
                created_at=clock.at,
            )
        )


def test_an_empty_home_page_says_what_comes(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    with transaction() as tx:
        make_sitting(tx, "binjiang-7", deputies=3)

    page = home(client)
    assert "尚无票决" in page
    assert "正在征集" not in page


def test_only_windows_that_are_open_to_everyone_stand_there(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    hour = timedelta(hours=1)
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang-7", deputies=3)
        for title, audience, shift in (
            ("公开征集", Audience.EVERYONE, 0),
            ("内部征集", Audience.MEMBERS, 0),
            ("明天开始", Audience.EVERYONE, 24),
        ):
            tx.add(
                CollectionWindow(
                    congress_id=congress_id,
                    year=2027,
                    title=title,
                    notice="",
                    audience=audience,
                    opens_at=clock.at + (shift - 1) * hour,
                    closes_at=clock.at + (shift + 1) * hour,
                    created_at=clock.at,
                )
            )

    page = home(client)
    assert "公开征集" in page
    assert "内部征集" not in page
    assert "明天开始" not in page


def test_the_latest_decided_projects_stand_there_with_their_lights(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang-7", deputies=3)
    add_project(congress_id, clock, year=2025, state=ProjectState.ACCEPTED)
    add_project(congress_id, clock, year=2026, state=ProjectState.DECIDED)
    add_project(congress_id, clock, year=2026, state=ProjectState.NOT_CHOSEN)
    add_project(congress_id, clock, year=2027, state=ProjectState.SCREENING)
    with transaction() as tx:
        project = tx.query(Project).filter_by(code="2026-decided").one()
        tx.add(Supervision(project_id=project.id, starts_on=clock.at.date()))
        tx.add(
            LightEntry(
                project_id=project.id,
                at=clock.at,
                month=1,
                light=Light.RED,
                reason=Reason.FAR_BEHIND,
                planned=50,
                actual=10,
            )
        )

    page = home(client)
    assert "2026年decided" in page
    assert "#octagon-alert" in page
    assert all(title not in page for title in ("2025年", "2026年not_chosen", "2027年"))


def test_what_was_published_last_stands_there(
    app: Flask, client: FlaskClient, clock: StoppedClock
) -> None:
    with transaction() as tx:
        congress_id, _ = make_sitting(tx, "binjiang-7", deputies=3)
        writer = make_official(tx, congress_id, Role.COMMITTEE)
        for title, public_from in (("已发布", clock.at), ("草稿", None)):
            tx.add(
                NewsItem(
                    congress_id=congress_id,
                    title=title,
                    body="正文",
                    public_from=public_from,
                    written_by_id=writer.user_id,
                    written_at=clock.at,
                )
            )

    page = home(client)
    assert "已发布" in page
    assert "草稿" not in page
