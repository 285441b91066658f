"""A list of candidate projects is read whole, with money in yuan and dates as dates."""

from __future__ import annotations

from datetime import date

import pytest

from voting.imports.projects import ProjectSheet, read_projects
from voting.imports.sheets import read_table

HEADER = "项目编号,项目名称,总投资(万元),年度计划投资(万元),配合单位,完成时限,民意指数\n"


def read(body: str, header: str = HEADER) -> ProjectSheet:
    """Read a list from CSV."""
    return read_projects(read_table((header + body).encode()))


def test_a_good_row_is_taken_with_money_date_units_and_stars() -> None:
    sheet = read("p01,住房保障,480000,210000.5,甲局;乙局,2021-12-31,★★★\n")

    (row,) = sheet.rows
    assert (row.code, row.title) == ("p01", "住房保障")
    assert (row.total_yuan, row.yearly_yuan) == (4_800_000_000, 2_100_005_000)
    assert row.co_units == ("甲局", "乙局")
    assert (row.due_on, row.goal, row.demand) == (date(2021, 12, 31), "", 3)


def test_headings_may_name_another_unit_of_money() -> None:
    sheet = read("甲,1.5\n", header="名称,总投资（亿元）\n")

    assert sheet.rows[0].total_yuan == 150_000_000


def test_a_goal_that_is_no_date_is_kept_in_words() -> None:
    sheet = read("1,甲,,,,建成投用,\n")

    assert (sheet.rows[0].due_on, sheet.rows[0].goal) == (None, "建成投用")


def test_codes_are_given_where_the_list_has_none() -> None:
    sheet = read("甲\n乙\n", header="项目\n")

    assert [row.code for row in sheet.rows] == ["p01", "p02"]


def test_plain_numbers_become_codes() -> None:
    assert read("３,甲,,,,,\n").rows[0].code == "p03"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("p 一,甲,,,,,", "Project code"),
        ("abstain,甲,,,,,", "Project code"),
        ("p1,,,,,,", "Project title"),
        ("p1,甲,很多,,,,", "Total investment"),
        ("p1,甲,1,2,,,", "Investment planned for the year"),
        ("p1,甲,,,,2026-02-31,", "Deadline or goal of the year"),
        ("p1,甲,,,,,9", "Demand index"),
    ],
)
def test_every_bad_field_is_reported_once_with_reason_and_advice(row: str, field: str) -> None:
    sheet = read(row + "\n")

    assert sheet.rows == ()
    assert [(p.line, p.field.id) for p in sheet.problems] == [(2, field)]
    assert str(sheet.problems[0].now)


def test_projects_that_stand_twice_are_reported() -> None:
    sheet = read("p1,甲,,,,,\np1,乙,,,,,\np3,甲,,,,,\n")

    found = [(p.line, p.field.id) for p in sheet.problems]
    assert found == [(3, "Project code"), (4, "Project title")]


def test_titles_that_cannot_be_printed_are_warned_of() -> None:
    sheet = read("p1,甲\ue001,,,,,\n")

    assert [p.line for p in sheet.warnings] == [2]
