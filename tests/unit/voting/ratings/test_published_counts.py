"""A rating that was held and published comes out as it was, from real ballots to the table."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl
import pytest
from flask import Flask

from tests.hall import Hall
from tests.rated import (
    NINGHAI,
    TITLES,
    cast,
    committee_of,
    decide,
    declare,
    marks_of,
    open_rating,
    set_up,
)
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.exports.forms.parts import print_document
from voting.exports.forms.ratings import rating_table
from voting.exports.forms.word import write_word
from voting.exports.grids import grid_csv, grid_xlsx, grids_of
from voting.i18n import speaking
from voting.models.milestones import Stage
from voting.models.projects import Project
from voting.rules.vote import RatingSettings
from voting.services import milestones
from voting.services.ratings import preparing, settling
from voting.services.ratings import reading as ratings
from voting.services.ratings.settling import Settlement

SETTLEMENT = Settlement("滨江区人大常委会办公室", date(2026, 2, 2), date(2026, 6, 30))
PUBLISHED = [
    ["1", "城乡供水提质工程", "175", "43", "4", "78.83%", "98.20%", "满意"],
    ["2", "农村生活污水治理", "161", "58", "3", "72.52%", "98.65%", "满意"],
    ["3", "中小学校新改建", "187", "34", "1", "84.23%", "99.55%", "满意"],
    ["4", "公共卫生服务提升", "177", "44", "1", "79.73%", "99.55%", "满意"],
    ["5", "老旧小区改造", "161", "57", "4", "72.52%", "98.20%", "满意"],
    ["6", "四好农村路建设", "165", "57", "0", "74.32%", "100.00%", "满意"],
    ["7", "停车泊位增建", "145", "74", "3", "65.32%", "98.65%", "满意"],
    ["8", "居家养老服务中心建设", "159", "62", "1", "71.62%", "99.55%", "满意"],
    ["9", "文化惠民工程", "168", "53", "1", "75.68%", "99.55%", "满意"],
]
BALLOTS = 222


def test_the_rating_of_ninghai_prints_as_it_was_published(app: Flask, clock: StoppedClock) -> None:
    hall = Hall.build(app, deputies=BALLOTS)
    office = committee_of(hall)
    decide(hall, TITLES)
    rating_id = set_up(hall, office)
    election = open_rating(hall)
    codes = [f"2025-{place:02}" for place in range(1, 10)]
    cast(hall, election, codes, marks_of(NINGHAI, BALLOTS))
    declare(hall, election)

    with transaction() as tx:
        settling.settle(tx, office, rating_id, SETTLEMENT)

    with reading() as tx, speaking("zh"):
        document = rating_table(preparing.find_rating(tx, rating_id), "滨江区人民代表大会")
        grid = grids_of(document)[0]
        assert [list(row) for row in grid.rows] == PUBLISHED
        assert [column.name for column in grid.columns][2:5] == ["满意", "基本满意", "不满意"]
        assert document.title == "2025年度民生实事项目满意度测评结果"
        tables = docx.Document(io.BytesIO(write_word(document))).tables
        assert [[cell.text for cell in row.cells] for row in tables[0].rows[1:]] == PUBLISHED
        book = openpyxl.load_workbook(io.BytesIO(grid_xlsx(document)))
        assert [cell.value for cell in book.worksheets[0][5]][:5] == [
            1,
            "城乡供水提质工程",
            175,
            43,
            4,
        ]
        assert grid_csv(document).decode("utf-8-sig").splitlines()[6].startswith("6,四好农村路")
        assert print_document(document).startswith(b"%PDF")
    report = hall.report()
    assert report.findings == []
    with reading() as tx:
        lines = milestones.of_project(tx, hall.congress_id, "2025-06")
        assert [line.stage for line in lines] == [Stage.ADOPTED, Stage.DECIDED, Stage.RATED]
        content = lines[-1].content
        assert content is not None
        assert content["items"][0]["satisfied"] == 165
        project = tx.query(Project).filter_by(code="2025-06").one()
        steps = ratings.steps_of(tx, project)
        assert [step.milestone for step in steps] == [lines[-1].index]


@pytest.mark.parametrize(("strict", "grade"), [(False, "satisfied"), (True, "basic")])
def test_exactly_half_is_enough_unless_the_rules_are_strict(
    app: Flask, clock: StoppedClock, strict: bool, grade: str
) -> None:
    hall = Hall.build(app, deputies=4)
    office = committee_of(hall)
    decide(hall, ["甲"])
    rating_id = set_up(hall, office, settings=RatingSettings(strict=strict))
    election = open_rating(hall)
    cast(hall, election, ["2025-01"], marks_of([(2, 1, 0, 1)], 4))
    declare(hall, election)

    with transaction() as tx:
        rating = settling.settle(tx, office, rating_id, SETTLEMENT)
        item = rating.items[0]

        assert item.grade == grade
        assert (item.satisfied, item.basic, item.dissatisfied, item.abstain) == (2, 1, 0, 1)
