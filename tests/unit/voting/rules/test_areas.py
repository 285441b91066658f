"""Places are counted by the part of the district they lie in, and categories by any usual name."""

from __future__ import annotations

import pytest

from voting.rules.areas import area_of
from voting.rules.categories import CATEGORY_ALIASES, CATEGORY_NAMES, Category, category_of


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("西兴街道星民社区3幢", "西兴街道"),
        ("滨江区西兴街道星民社区", "西兴街道"),
        ("浙江省杭州市滨江区长河街道", "长河街道"),
        ("杭州市 桐庐县 富春江镇 俞赵村", "富春江镇"),
        ("滨文社区西门", "滨文社区"),
        ("长河街道江三社区桥头村", "长河街道"),
        ("西兴街道春波小区桥头村", "西兴街道"),
        ("桥头村文化礼堂", "桥头村"),
        ("江南大道100号", "江南大道100号"),
        ("a very long place in English", "averylongpla"),
        ("市" * 100, "市" * 12),
        ("", ""),
    ],
)
def test_an_area_is_the_subdistrict_or_what_comes_next(place: str, area: str) -> None:
    assert area_of(place) == area


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("教育", Category.EDUCATION),
        (" 养老服务 ", Category.ELDERLY),
        ("housing", Category.HOUSING),
        ("Health care", Category.HEALTH),
        ("飞船", None),
        ("", None),
    ],
)
def test_a_category_has_many_names(text: str, category: Category | None) -> None:
    assert category_of(text) is category


def test_every_category_is_named_in_words_and_in_lists() -> None:
    assert set(CATEGORY_NAMES) == set(CATEGORY_ALIASES) == set(Category)


def test_no_name_means_two_categories() -> None:
    names = [name.casefold() for aliases in CATEGORY_ALIASES.values() for name in aliases]

    assert len(names) == len(set(names))
