"""The fonts of printed sheets, from packages, and which characters they can print."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

SERIF: Final = pylopdf_fonts_zh_cn.serif_path()
SANS: Final = Path(manimgx_fonts_cjk.__file__).with_name("NotoSansCJK-VF.otf.ttc")
# Of the collection's five fonts, all with the same characters, the one for simplified Chinese.
_SIMPLIFIED: Final = 2

FOLDERS: Final = (SERIF.parent, SANS.parent)
"""Where the fonts lie, for the printer."""


@cache
def _printable() -> frozenset[int]:
    with (
        TTFont(SERIF, lazy=True) as serif,
        TTFont(SANS, fontNumber=_SIMPLIFIED, lazy=True) as sans,
    ):
        return frozenset(serif.getBestCmap()) | frozenset(sans.getBestCmap())


def unprintable(text: str) -> str:
    """Give the characters of a text that no font has, each once, in order."""
    return "".join(dict.fromkeys(c for c in text if ord(c) not in _printable()))
