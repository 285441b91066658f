"""Search finds Chinese words of any length on both databases, and titles that are alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from voting.app import create_app
from voting.config import Settings
from voting.db import db, reading, transaction
from voting.services import search
from voting.services.search import Entry

KIND = "proposal"
TITLES = {
    1: "老旧小区加装电梯",
    2: "社区食堂与助餐点建设",
    3: "小区电梯更新改造",
    4: "Charging points (E-bikes)",
    5: "一百%“放心”菜场_改造",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """An app with all tables, over SQLite and over PostgreSQL."""
    if request.param == "postgresql":
        settings = replace(settings, database=request.getfixturevalue("postgres_database"))
    made = create_app(settings)
    with made.app_context():
        db.create_all()
        yield made
        db.engine.dispose()


@pytest.fixture
def entries(congress_id: int) -> int:
    """Five things to be found; gives the number of their congress."""
    rows = [Entry(key, f"地点{key} 建议尽快实施", title) for key, title in TITLES.items()]
    with transaction() as tx:
        search.index_all(tx, congress_id, KIND, rows)
    return congress_id


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("电梯", (3, 1)),
        ("梯", (3, 1)),
        ("加装电梯", (1,)),
        ("小区 更新改造", (3,)),
        ("小区　更新改造", (3,)),
        ("CHARGING", (4,)),
        ("ｅ-bikes", (4,)),
        ("100%", ()),
        ("%", (5,)),
        ("_", (5,)),
        ("百%“放心”", (5,)),
        ('"电梯', (3, 1)),
        ("电梯 OR 食堂", ()),
        ("NEAR(电梯 加装)", ()),
        ("'; DROP TABLE search_entries; --", ()),
        ("", ()),
        ("   ", ()),
    ],
)
def test_words_of_any_length_are_found(entries: int, query: str, expected: tuple[int, ...]) -> None:
    with reading() as tx:
        assert search.find(tx, entries, KIND, query) == expected


def test_a_changed_text_is_found_by_its_new_words_alone(entries: int) -> None:
    with transaction() as tx:
        search.index(tx, entries, KIND, 1, text="", title="口袋公园")

    with reading() as tx:
        assert search.find(tx, entries, KIND, "加装电梯") == ()
        assert search.find(tx, entries, KIND, "口袋公园") == (1,)


def test_what_is_forgotten_is_found_no_more(entries: int) -> None:
    with transaction() as tx:
        search.forget(tx, entries, KIND, 1)

    with reading() as tx:
        assert search.find(tx, entries, KIND, "加装电梯") == ()
        assert search.find(tx, entries, KIND, "电梯") == (3,)


def test_kinds_and_congresses_are_apart(entries: int) -> None:
    with reading() as tx:
        assert search.find(tx, entries, "project", "电梯") == ()
        assert search.find(tx, entries + 1, KIND, "电梯") == ()


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("小区加装电梯", (1, 3)),
        ("我们小区的电梯太旧了，希望更新", (3,)),
        ("建设社区食堂", (2,)),
        ("食堂", (2,)),
        ("羽毛球场", ()),
        ("堂", ()),
        ("", ()),
    ],
)
def test_titles_that_share_words_are_alike(
    entries: int, title: str, expected: tuple[int, ...]
) -> None:
    with reading() as tx:
        assert search.similar(tx, entries, KIND, title) == expected
