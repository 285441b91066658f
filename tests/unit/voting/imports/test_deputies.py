"""A roster is read whole: every bad row is named, nothing is guessed."""

from __future__ import annotations

import pytest

from tests.unit.voting.imports.sheets_made import SHEET, a_workbook, changed, sheet_xml
from voting.errors import NotValid
from voting.imports.deputies import DeputySheet, read_deputies
from voting.imports.problems import Problem
from voting.imports.sheets import read_table

HEADER = "编号,姓名,代表团,单位,座位,电话\n"


def read(body: str, header: str = HEADER) -> DeputySheet:
    """Read a roster from CSV."""
    return read_deputies(read_table((header + body).encode()))


def said(problems: tuple[Problem, ...]) -> list[tuple[int, str, str]]:
    """Give problems as line, field and reason."""
    return [(p.line, p.field.id, str(p.what)) for p in problems]


def test_a_good_row_is_taken_with_all_fields() -> None:
    sheet = read("001,王 一,第一代表团,区教育局局长,1-01,１３８００００００01\n")

    (row,) = sheet.rows
    assert (row.number, row.name, row.delegation) == ("001", "王一", "第一代表团")
    assert (row.unit, row.seat, row.phone) == ("区教育局局长", "1-01", "13800000001")
    assert sheet.problems == ()


def test_english_headings_and_titles_above_them_are_understood() -> None:
    sheet = read(
        "7,Wang,One\n", header="Roster of 2026,,\n\nDeputy number,Full name,Delegation *\n"
    )

    assert [(row.line, row.number) for row in sheet.rows] == [(4, "7")]


def test_a_deputy_number_goes_before_a_row_number() -> None:
    sheet = read("1,A07,王一,甲团\n", header="序号,代表证号,姓名,代表团\n")
    other = read("1,A07,王一,甲团\n", header="序号,编号,姓名,代表团\n")

    assert sheet.rows[0].number == "A07"
    assert other.rows[0].number == "A07"


def test_a_list_without_numbers_is_numbered_as_it_stands() -> None:
    sheet = read("王一,甲团\n李二,甲团\n", header="姓名,代表团\n")

    assert [row.number for row in sheet.rows] == ["001", "002"]


def test_headings_that_nothing_is_taken_from_are_named() -> None:
    sheet = read("1,王一,甲团,汉\n", header="编号,姓名,代表团,民族\n")

    assert sheet.unused == ("民族",)


def test_every_bad_row_is_reported_and_good_ones_are_kept() -> None:
    sheet = read("1,王一,甲团,,,\n2,,甲团,,,\n3,李二,,,,12\n第4,张三,甲团,,,\n1,赵四,甲团,,,\n")

    assert [row.name for row in sheet.rows] == ["王一"]
    assert sheet.bad_lines == (3, 4, 5, 6)
    assert said(sheet.problems) == [
        (3, "Name", "The name is missing."),
        (4, "Delegation", "The delegation is missing."),
        (4, "Telephone", "“12” is not a telephone number."),
        (5, "Deputy number", "“第4” is not a number."),
        (6, "Deputy number", "Number 1 stands in line 2 already."),
    ]


def test_every_problem_says_what_to_do_now() -> None:
    sheet = read("1,王?,,,,x\n1,李,甲,,,\n")

    assert sheet.problems
    assert all(str(problem.now) for problem in sheet.problems)


def test_two_people_of_one_name_are_a_warning_and_no_problem() -> None:
    sheet = read("1,王一,甲团,,1-1,\n2,王一,乙团,,1-1,\n")

    assert len(sheet.rows) == 2
    assert said(sheet.warnings) == [
        (3, "Name", "王一 stands in line 2 too."),
        (3, "Seat", "Seat 1-1 is given in line 2 too."),
    ]


def test_rare_characters_are_let_in_and_only_those_that_cannot_be_printed_are_warned_of() -> None:
    sheet = read("1,王𠮷,甲团,,,\n2,李㐂,甲团,,,\n3,张𬭚𫖮䶮,甲团,,,\n4,赵\ue000,甲团,,,\n")

    assert len(sheet.rows) == 4
    assert said(sheet.warnings) == [(5, "Name", "The print font has no “\ue000”.")]


def test_cells_that_hold_no_plain_text_are_told_apart() -> None:
    long = "x" * 5000
    rows = [["编号", "姓名", "代表团"], ["", "王一", "甲团"], ["2", long, "甲团"]]
    sheet = read_deputies(read_table(a_workbook(rows, formula_at=(1, 0))))

    assert said(sheet.problems) == [
        (2, "Deputy number", "The cell holds a formula, and formulas are not computed here."),
        (3, "Name", "The cell has more than 4000 characters."),
    ]


def test_an_error_of_the_spreadsheet_program_is_told() -> None:
    cells = "".join(
        f'<c r="{column}{line}" t="{kind}"><v>{value}</v></c>'
        for column, line, kind, value in (
            *(("A", 1, "str", "姓名"), ("B", 1, "str", "代表团")),
            *(("A", 2, "e", "#REF!"), ("B", 2, "str", "甲团")),
        )
    )
    first, second = cells.split('<c r="A2"')
    rows = f'<row r="1">{first}</row><row r="2"><c r="A2"{second}</row>'

    sheet = read_deputies(read_table(changed(a_workbook([]), {SHEET: sheet_xml(rows)})))

    assert said(sheet.problems) == [
        (2, "Name", "The cell holds an error of the spreadsheet program.")
    ]


@pytest.mark.parametrize("header", ["编号,代表团\n", "编号,姓名\n", "甲,乙\n"])
def test_a_table_without_names_or_delegations_is_refused(header: str) -> None:
    with pytest.raises(NotValid) as caught:
        read("1,2\n", header=header)

    assert caught.value.advice
