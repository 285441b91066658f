"""Rates come out of imported lists as published reports have them: Hangzhou in 2024 and 2025."""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask

from tests.office import Office, opened
from tests.unit.voting.imports.sheets_made import a_workbook
from voting.clock import StoppedClock
from voting.db import reading, transaction
from voting.errors import NotValid
from voting.exports.books import rates_book
from voting.i18n import speaking
from voting.models.people import Congress
from voting.services.suggestions import importing
from voting.services.suggestions import reading as listing
from voting.services.suggestions.rates import RateTable, read_rates
from voting.services.suggestions.reading import Choice

HEADER = (
    *("编号", "标题", "年度", "领衔代表", "主办单位", "面商日期"),
    *("办理结果分类", "办理态度", "办理结果"),
)
HANGZHOU = {2024: {"A": 281, "B": 66, "C": 18}, 2025: {"A": 299, "B": 55, "C": 18}}


@pytest.fixture
def office(app: Flask, clock: StoppedClock) -> Office:
    """A congress without suggestions."""
    return opened()


def a_list(year: int, classes: Mapping[str, int]) -> bytes:
    """Write a year's suggestions as an office does: two units, all met about, nine of ten rated."""
    rows: list[tuple[object, ...]] = [HEADER]
    for letter, many in classes.items():
        for _ in range(many):
            number = len(rows)
            grade = "" if number % 10 == 0 else "基本满意" if number % 5 == 0 else "满意"
            unit = "区教育局" if number % 2 else "区城管局"
            met = f"{year}-06-01" if number % 4 else ""
            rows.append(
                (number, f"建议{number}", year, "代表一甲", unit, met, letter, grade, grade)
            )
    return a_workbook(rows)


def import_all(office: Office) -> None:
    """Import both years."""
    for year, classes in HANGZHOU.items():
        with transaction() as tx:
            data = a_list(year, classes)
            importing.import_suggestions(tx, office.desk, office.congress_id, data=data)


def rates_of(office: Office, year: int) -> RateTable:
    """Count a year."""
    with reading() as tx:
        return read_rates(tx, office.desk, office.congress_id, year)


def test_the_counts_of_two_years_are_reproduced(office: Office) -> None:
    import_all(office)

    for year, classes in HANGZHOU.items():
        whole = rates_of(office, year).whole
        assert whole.answered == sum(classes.values())
        assert dict(whole.classes) == classes
    earlier, later = (rates_of(office, year).whole for year in HANGZHOU)
    assert (earlier.answered, later.answered) == (365, 372)
    shares = [later.class_rate(letter) for letter in "ABC"]
    assert shares == [Decimal("80.4"), Decimal("14.8"), Decimal("4.8")]
    assert later.solved_rate == Decimal("80.4")
    assert later.answered_rate == Decimal("100.0")


def test_units_and_years_add_up(office: Office) -> None:
    import_all(office)

    table = rates_of(office, 2025)

    assert [row.name for row in table.units] == ["区城管局", "区教育局"]
    assert sum(row.rates.answered for row in table.units) == 372
    assert [(row.name, row.rates.answered) for row in table.by_year] == [
        ("2024", 365),
        ("2025", 372),
    ]
    assert table.whole.met == sum(1 for number in range(1, 373) if number % 4)
    assert table.whole.attitude.total() == 372 - 37


def test_class_b_may_count_as_solved(office: Office) -> None:
    import_all(office)
    with transaction() as tx:
        congress = tx.get(Congress, office.congress_id)
        assert congress is not None
        congress.preferences = {"suggestions.solved": "AB"}

    assert rates_of(office, 2025).whole.solved_rate == Decimal("95.2")


def test_the_same_file_twice_adds_nothing(office: Office) -> None:
    import_all(office)
    data = a_list(2025, HANGZHOU[2025])

    with transaction() as tx, pytest.raises(NotValid):
        importing.import_suggestions(tx, office.desk, office.congress_id, data=data)
    assert rates_of(office, 2025).whole.answered == 372


def test_bad_rows_are_told_and_skipped_by_choice(office: Office) -> None:
    rows = [
        HEADER,
        (1, "好的建议", 2025, "代表一甲", "区教育局", "", "A", "满意", "满意"),
        (2, "没有年份", "", "代表一甲", "", "", "", "", ""),
        (1, "同号", 2025, "代表一甲", "", "", "", "", ""),
        (4, "没有单位", 2025, "代表一甲", "", "", "B", "", ""),
        (5, "一个评价", 2025, "代表一甲", "区教育局", "", "A", "满意", ""),
        (6, "没有的类别", 2025, "代表一甲", "区教育局", "", "E", "", ""),
    ]
    data = a_workbook([*rows, (7, "公式", 2025, "x", "", "", "", "", "")], formula_at=(7, 3))

    with reading() as tx:
        preview = importing.preview_suggestions(tx, office.desk, office.congress_id, data)
    assert preview.sheet.bad_lines == (3, 4, 5, 6, 7, 8)
    with transaction() as tx, pytest.raises(NotValid):
        importing.import_suggestions(tx, office.desk, office.congress_id, data=data)
    with transaction() as tx:
        importing.import_suggestions(
            tx, office.desk, office.congress_id, data=data, skip_bad_rows=True
        )
        listed = listing.list_for_office(tx, office.desk, office.congress_id, Choice("all"))
    assert [line.title for line in listed] == ["好的建议"]


def test_rows_without_number_come_after_the_highest(office: Office) -> None:
    rows = [HEADER, (7, "甲", 2025, "乙", "", "", "", "", ""), ("", "丙", 2025, "丁", *[""] * 5)]

    with transaction() as tx:
        importing.import_suggestions(tx, office.desk, office.congress_id, data=a_workbook(rows))
        listed = listing.list_for_office(tx, office.desk, office.congress_id, Choice("all"))

    assert {line.title: line.number for line in listed} == {"甲": 7, "丙": 8}


def test_the_book_of_rates_has_a_column_for_each_heading(office: Office) -> None:
    import_all(office)
    with speaking("zh"):
        book = openpyxl.load_workbook(io.BytesIO(rates_book(rates_of(office, 2025))))

    header, *_, whole = book.worksheets[0].iter_rows(values_only=True)
    told = dict(zip(header, whole, strict=True))
    assert told["已答复"] == 372
    assert told["A类：已经解决或落实"] == 299
    assert told["解决率（%）"] == 80.4
    assert [row[0] for row in book.worksheets[1].iter_rows(values_only=True)][1:] == [
        "2024",
        "2025",
    ]
