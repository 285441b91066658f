"""The categories of form 1 of the trade: what a proposal, and later a project, is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from voting.errors import Message, msg


class Category(StrEnum):
    """A field of people's livelihood."""

    EDUCATION = "education"
    HEALTH = "health"
    ELDERLY = "elderly"
    TRANSPORT = "transport"
    ENVIRONMENT = "environment"
    HOUSING = "housing"
    SAFETY = "safety"
    WORK = "work"
    CULTURE = "culture"
    COUNTRYSIDE = "countryside"
    OTHER = "other"


CATEGORY_NAMES: Final[dict[Category, Message]] = {
    Category.EDUCATION: msg("Education"),
    Category.HEALTH: msg("Health care"),
    Category.ELDERLY: msg("Care for the elderly"),
    Category.TRANSPORT: msg("Roads and transport"),
    Category.ENVIRONMENT: msg("Environment"),
    Category.HOUSING: msg("Housing"),
    Category.SAFETY: msg("Safety"),
    Category.WORK: msg("Work"),
    Category.CULTURE: msg("Culture and sport"),
    Category.COUNTRYSIDE: msg("Villages"),
    Category.OTHER: msg("Something else"),
}

# How lists of offices call them; the first name is the one that is written.
CATEGORY_ALIASES: Final[dict[Category, tuple[str, ...]]] = {
    Category.EDUCATION: ("教育", "教育助学", "托育", "Education"),
    Category.HEALTH: ("医疗", "卫生", "医疗卫生", "健康", "Health", "Health care"),
    Category.ELDERLY: ("养老", "为老服务", "养老服务", "Elderly", "Care for the elderly"),
    Category.TRANSPORT: ("交通", "道路", "交通出行", "停车", "Transport", "Roads and transport"),
    Category.ENVIRONMENT: ("环境", "环保", "生态环境", "绿化", "Environment"),
    Category.HOUSING: ("住房", "居住", "旧改", "老旧小区", "Housing"),
    Category.SAFETY: ("安全", "公共安全", "消防", "Safety"),
    Category.WORK: ("就业", "就业创业", "Work", "Employment"),
    Category.CULTURE: ("文化", "文体", "体育", "文化体育", "Culture", "Culture and sport"),
    Category.COUNTRYSIDE: ("乡村", "农村", "乡村振兴", "Villages", "Countryside"),
    Category.OTHER: ("其他", "其它", "Other", "Something else"),
}


def category_of(text: str) -> Category | None:
    """Tell which category a list means."""
    wanted = text.strip().casefold()
    for category, names in CATEGORY_ALIASES.items():
        if wanted == category or wanted in {name.casefold() for name in names}:
            return category
    return None
