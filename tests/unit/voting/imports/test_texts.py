"""Single fields are taken as people type them, and refused with words that help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.imports.problems import BadField
from voting.imports.texts import (
    money_unit,
    take_code,
    take_day,
    take_line,
    take_list,
    take_money,
    take_name,
    take_phone,
    take_stars,
    take_text,
)

WAN = 10_000


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王一", "王一"),
        ("王 一", "王一"),
        ("欧阳 修", "欧阳修"),
        ("𠮷 㐂", "𠮷㐂"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽 买买提", "阿依古丽 买买提"),
        ("John  Smith", "John Smith"),
    ],
)
def test_names_lose_padding_and_keep_everything_else(typed: str, name: str) -> None:
    assert take_name(typed, 40) == name


@pytest.mark.parametrize(
    "typed", ["", "王?", "123", "a@b", "<b>", "王\u202e一", "王\u200b一", "x" * 41]
)
def test_what_is_no_name_is_refused(typed: str) -> None:
    with pytest.raises(BadField):
        take_name(typed, 40)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("480000", 480_000 * WAN),
        ("４８００００", 480_000 * WAN),
        ("480,000", 480_000 * WAN),
        ("480，000", 480_000 * WAN),
        ("0.01", 100),
        ("12.5万元", 125_000),
        ("4.8亿元", 480_000_000),
        ("约300万", 3_000_000),
        ("99元", 99),
        ("", None),
        ("—", None),
        ("无", None),
    ],
)
def test_money_becomes_whole_yuan(typed: str, yuan: int | None) -> None:
    assert take_money(typed, WAN) == yuan


@pytest.mark.parametrize("typed", ["多", "1.2.3", "0.00001", "-5", "1e9", "9" * 20, "$5"])
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(BadField):
        take_money(typed, WAN)


@given(st.integers(0, 10**9))
def test_money_in_hundredths_is_never_rounded(hundredths: int) -> None:
    typed = f"{hundredths // 100}.{hundredths % 100:02}"

    assert take_money(typed, WAN) == hundredths * 100


@pytest.mark.parametrize(
    ("header", "unit"),
    [("总投资(万元)", WAN), ("总投资（元）", 1), ("总投资 (亿元)", 10**8), ("总投资", WAN)],
)
def test_a_heading_tells_the_unit_of_money(header: str, unit: int) -> None:
    assert money_unit(header) == unit


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026/1/5", date(2026, 1, 5)),
        ("２０２６．１１．３０", date(2026, 11, 30)),
        ("2026年11月30日前", date(2026, 11, 30)),
        ("2026年2月", date(2026, 2, 28)),
        ("2028年2月底", date(2028, 2, 29)),
        ("2026年底", date(2026, 12, 31)),
        ("2026年年底前", date(2026, 12, 31)),
        ("建成投用", None),
        ("", None),
    ],
)
def test_dates_are_taken_where_they_are_dates(typed: str, day: date | None) -> None:
    assert take_day(typed) == day


@pytest.mark.parametrize("typed", ["2026-02-30", "2026年13月", "2026/0/1"])
def test_days_that_do_not_exist_are_refused(typed: str) -> None:
    with pytest.raises(BadField):
        take_day(typed)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 0000 0001", "13800000001"),
        ("(0571)8888-0000", "057188880000"),
        ("＋８６13800000001", "+8613800000001"),
        ("无", ""),
        ("", ""),
    ],
)
def test_telephone_numbers_lose_their_marks(typed: str, phone: str) -> None:
    assert take_phone(typed) == phone


@pytest.mark.parametrize("typed", ["1.38E+10", "12", "电话", "1" * 16])
def test_what_is_no_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(BadField):
        take_phone(typed)


def test_codes_are_narrowed() -> None:
    assert take_code("Ａ－０１", 20) == "A-01"


@pytest.mark.parametrize(
    ("take", "typed"),
    [
        (lambda text: take_code(text, 20), "第1号"),
        (lambda text: take_code(text, 2), "123"),
        (lambda text: take_code(text, 20), ""),
        (lambda text: take_line(text, 3), "四个字符"),
        (lambda text: take_text(text, 9), "a\x07b"),
        (take_stars, "6"),
        (take_stars, "很高"),
    ],
)
def test_other_fields_are_refused_with_reason_and_advice(
    take: Callable[[str], Any], typed: str
) -> None:
    with pytest.raises(BadField) as caught:
        take(typed)

    assert str(caught.value.what)
    assert str(caught.value.now)


@pytest.mark.parametrize(("typed", "stars"), [("", 0), ("3", 3), ("５", 5), ("★★★★☆", 4), ("—", 0)])
def test_the_demand_index_is_a_number_or_stars(typed: str, stars: int) -> None:
    assert take_stars(typed) == stars


def test_lists_are_parted_by_any_usual_mark() -> None:
    assert take_list("甲局；乙局;丙局、丁局, 甲局\n戊局", 40) == (
        "甲局",
        "乙局",
        "丙局",
        "丁局",
        "戊局",
    )
