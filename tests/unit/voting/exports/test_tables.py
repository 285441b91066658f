"""Results leave as tables that other programs open without harm and without loss."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.voting.exports.figures_made import HEADING, TURNOUT, decided, rated
from voting.exports.sheets import harmless
from voting.exports.tables import (
    Result,
    result_csv,
    result_json,
    result_pabulib,
    result_xlsx,
)
from voting.i18n import speaking

RESULT = Result(
    congress=HEADING.congress,
    sitting=HEADING.sitting,
    title="2026年度民生实事项目票决",
    round=1,
    voted_on=date(2026, 2, 1),
    turnout=TURNOUT,
    figures=decided(),
    election_object="a" * 64,
    outcome_object="b" * 64,
    threshold="all",
    investments={"p01": 4_800_000_000},
)
HOSTILE = "=HYPERLINK(1)"


def table(data: bytes) -> list[list[str]]:
    """Read CSV back."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_csv_has_a_row_for_each_project() -> None:
    header, *rows = table(result_csv(RESULT))

    assert header == ["序号", "项目编号", "项目名称", "得票", "得票率", "名次", "是否入选"]
    assert rows[0] == ["1", "p01", "住房保障", "300", "95.8", "1", "入选"]
    assert len(rows) == 3


def test_csv_speaks_english_too() -> None:
    with speaking("en"):
        header, *rows = table(result_csv(replace(RESULT, figures=decided(is_each=True))))

    assert header[3:6] == ["For", "Against", "Abstain"]
    assert rows[0][3:6] == ["300", "13", "0"]


@pytest.mark.parametrize("abstain", [0, None])
def test_a_rating_has_columns_of_its_own(abstain: int | None) -> None:
    header, *rows = table(result_csv(replace(RESULT, figures=rated(abstain=abstain))))

    assert ("弃权" in header) == (abstain is not None)
    assert rows[0][3:6] == ["175", "43", "4"]
    assert rows[0][-1] == "满意"


def test_a_void_rating_has_no_grades() -> None:
    rows = table(result_csv(replace(RESULT, figures=rated(is_valid=False))))

    assert [row[-1] for row in rows[1:]] == ["", "", ""]


def test_no_cell_of_a_csv_is_a_formula() -> None:
    titles = (HOSTILE, "+1", " -2")

    _, *rows = table(result_csv(replace(RESULT, figures=decided(titles=titles))))

    assert [row[2] for row in rows] == ["'=HYPERLINK(1)", "'+1", "' -2"]


@given(st.text(max_size=5))
def test_a_harmless_cell_never_begins_like_a_formula(text: str) -> None:
    cell = harmless(text)

    assert isinstance(cell, str)
    assert cell.lstrip()[:1] not in {"=", "+", "-", "@"}
    assert cell.endswith(text)


def test_a_workbook_has_projects_and_turnout_and_no_formula() -> None:
    titles = (HOSTILE, "http://example.invalid", "养老服务")
    data = result_xlsx(replace(RESULT, figures=decided(titles=titles)))

    book = openpyxl.load_workbook(io.BytesIO(data))

    first, about = book.worksheets
    assert [cell.value for cell in first[2]][:4] == [1, "p01", HOSTILE, 300]
    assert all(cell.data_type != "f" and cell.hyperlink is None for row in first for cell in row)
    assert ("实到", 314) in {(row[0].value, row[1].value) for row in about}


def test_a_workbook_of_a_rating_says_nothing_of_seats() -> None:
    book = openpyxl.load_workbook(io.BytesIO(result_xlsx(replace(RESULT, figures=rated()))))

    assert "应选" not in {row[0].value for row in book.worksheets[1]}


def test_json_keeps_every_figure() -> None:
    content = json.loads(result_json(RESULT))
    rating = json.loads(result_json(replace(RESULT, figures=rated())))

    assert content["turnout"] == {"deputies": 327, "present": 314, "issued": 314, "ballots": 313}
    assert content["projects"][0] == {
        "code": "p01",
        "title": "住房保障",
        "votes": 300,
        "against": None,
        "abstain": None,
        "rank": 1,
        "share_percent": 95.8,
        "standing": "elected",
    }
    assert rating["projects"][2]["grade"] == "dissatisfied"


def test_pabulib_has_projects_and_no_single_votes() -> None:
    titles = ("住房;保障\n二", "教育惠民", "养老服务")

    lines = result_pabulib(replace(RESULT, figures=decided(titles=titles))).decode().splitlines()

    projects = list(
        csv.reader(lines[lines.index("PROJECTS") + 1 : lines.index("VOTES")], delimiter=";")
    )
    assert projects[1] == ["p01", "1", "300", "住房;保障 二", "1", "4800000000"]
    assert projects[3] == ["p03", "1", "90", "养老服务", "0", ""]
    assert "budget;2" in lines
    assert "num_votes;313" in lines
    assert lines[lines.index("VOTES") :] == ["VOTES", "voter_id;vote"]


def test_pabulib_does_not_know_ratings() -> None:
    with pytest.raises(ValueError, match="ratings"):
        result_pabulib(replace(RESULT, figures=rated()))
