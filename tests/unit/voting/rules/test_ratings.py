"""Rates and averages: exact, half up, and said with the decimals that are stated."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from voting.errors import NotValid
from voting.rules.ratings import Counts, mean, note_of, rate, rounded
from voting.rules.sheets import GRADES, check_marks, judge, parse_sheet, read_sheet
from voting.services.ratings.templates import HEARING

SCORED = "# 程序\n开庭规范 | 5\n笔录完整 | 10\n# 效果\n说理充分 | 5\n"


def test_the_two_rates_are_told_apart() -> None:
    counts = Counts(satisfied=125, basic=1, dissatisfied=0, ballots=126)

    assert counts.satisfied_rate == Decimal("99.21")
    assert counts.content_rate == Decimal("100.00")


def test_a_rate_of_nothing_is_nothing() -> None:
    assert rate(0, 0) == Decimal("0.00")


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(-1, 8), 2, "-0.13"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(2675, 1000), 2, "2.68"),
    ],
)
def test_values_are_rounded_half_up(value: Fraction, decimals: int, said: str) -> None:
    assert str(rounded(value, decimals)) == said


def test_an_average_is_exact_and_of_nothing_there_is_none() -> None:
    assert mean([Fraction(1), Fraction(2)]) == Fraction(3, 2)
    assert mean([]) is None


def test_every_rule_has_its_note() -> None:
    notes = {
        note_of(base, strict=strict).id
        for base in ("all", "present", "valid")
        for strict in (False, True)
    }

    assert len(notes) == 6


def test_a_sheet_is_read_as_it_is_typed_and_kept() -> None:
    sheet = parse_sheet(SCORED, ())

    assert [aspect.title for aspect in sheet.aspects] == ["程序", "效果"]
    assert sheet.most == 20
    assert read_sheet(sheet.plain) == sheet
    assert parse_sheet(sheet.text, ()) == sheet


def test_a_sheet_with_grades_needs_no_points() -> None:
    sheet = parse_sheet("总体评价", GRADES)

    assert not sheet.is_scored
    assert parse_sheet(sheet.text.removeprefix("# \n"), GRADES).items == sheet.items


@pytest.mark.parametrize("text", ["", "# 空\n", "甲", "甲 | 0", "甲 | 101", "甲 | x", " | 5"])
def test_a_sheet_that_makes_no_sense_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(NotValid) as refused:
        parse_sheet(text, ())

    assert refused.value.problems[0].field == "text"


@pytest.mark.parametrize("marks", [["6", "1", "1"], ["", "1", "1"], ["-1", "1", "1"]])
def test_points_beyond_an_item_are_refused(marks: list[str]) -> None:
    with pytest.raises(NotValid):
        check_marks(parse_sheet(SCORED, ()), marks)


def test_a_grade_that_is_not_on_the_sheet_is_refused() -> None:
    with pytest.raises(NotValid):
        check_marks(parse_sheet("总体评价", GRADES), ["很好"])


def test_a_total_is_the_sum_of_exact_averages_rounded_once() -> None:
    sheet = parse_sheet("# 一\n甲 | 5\n乙 | 5\n# 二\n丙 | 5\n", ())

    judged = judge(sheet, [[1, 1, 1], [1, 1, 1], [2, 2, 2]], decimals=1)

    # Each item is 1.333..; rounded one by one they would make 3.9.
    assert judged.total is not None
    assert judged.total.average == Decimal("4.0")
    assert [score.average for score in judged.items] == [Decimal("1.3")] * 3
    assert [score.average for score in judged.aspects] == [Decimal("2.7"), Decimal("1.3")]


def test_grades_are_counted_with_both_rates() -> None:
    sheet = parse_sheet("总体评价", GRADES)
    filled = [["满意"], ["满意"], ["基本满意"], ["不了解"]]

    tally = judge(sheet, filled, decimals=2).tallies[0]

    assert tally.counts == (2, 1, 0, 1)
    assert (tally.satisfied_rate, tally.content_rate) == (Decimal("50.00"), Decimal("75.00"))


def test_the_sheet_of_a_hearing_has_four_aspects_and_eighteen_items() -> None:
    sheet = parse_sheet(HEARING, ())

    assert (len(sheet.aspects), len(sheet.items), sheet.most) == (4, 18, 100)


def test_lines_that_are_empty_count_for_nothing_and_marks_are_kept_as_numbers() -> None:
    sheet = parse_sheet("\n# 程序\n\n开庭规范 | 5\n", ())

    assert check_marks(sheet, [" 5 "]) == [5]
    assert check_marks(parse_sheet("总体评价", GRADES), ["满意"]) == ["满意"]
