"""Names stand in the order of official lists."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from voting.rules.strokes import stroke_order, surname


def test_surnames_go_by_strokes_and_then_by_their_kinds() -> None:
    names = ["魏一", "王一", "李一", "丁一", "马一", "刘一", "张一", "卜一", "方一", "欧阳一"]

    ordered = sorted(names, key=stroke_order)

    assert ordered == [
        "丁一",
        "卜一",
        "马一",
        "王一",
        "方一",
        "刘一",
        "李一",
        "张一",
        "欧阳一",
        "魏一",
    ]


def test_of_one_surname_short_names_go_first_as_in_official_lists() -> None:
    names = ["王小洪", "王毅", "王东明", "王晨", "王勇", "王玉普", "王军"]

    ordered = sorted(names, key=stroke_order)

    assert ordered == ["王军", "王勇", "王晨", "王毅", "王小洪", "王玉普", "王东明"]


def test_one_surname_stays_together_although_another_is_written_with_the_same_strokes() -> None:
    ordered = sorted(["于丙", "干乙", "于甲", "干丁"], key=stroke_order)

    assert [surname(name) for name in ordered] in [
        ["于", "于", "干", "干"],
        ["干", "干", "于", "于"],
    ]


def test_compound_surnames_are_known() -> None:
    assert [surname(name) for name in ("欧阳修", "上官婉儿", "欧阳", "王一")] == [
        "欧阳",
        "上官",
        "欧",
        "王",
    ]


def test_rare_surnames_have_their_place_and_unknown_ones_stand_behind() -> None:
    ordered = sorted(["Smith", "𬭚一", "𠮷一", "䶮一", "王一", "魏一"], key=stroke_order)

    assert ordered == ["王一", "𠮷一", "䶮一", "𬭚一", "魏一", "Smith"]


@given(st.lists(st.text(max_size=6), max_size=20))
def test_any_names_can_be_ordered_whatever_order_they_came_in(names: list[str]) -> None:
    backwards = names[::-1]

    assert sorted(names, key=stroke_order) == sorted(backwards, key=stroke_order)
