"""Tells which part of a district a place lies in, so that proposals can be counted by area."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 12
# A subdistrict or township is the part that offices count by; below it a community or village.
_PARTS: Final = (
    re.compile(r"[^\W\d_a-zA-Z]{1,8}?(?:街道|镇|乡)"),
    re.compile(r"[^\W\d_a-zA-Z]{1,10}?(?:社区|村)"),
)
# Province, city and district stand before it; a community 社区 or an estate 小区 is none.
_ABOVE: Final = re.compile(
    r"^(?:[^\W\d_a-zA-Z]{1,8}?(?:省|市|(?<![社小园])区|县))+"
    r"(?=[^\W\d_a-zA-Z]{1,8}?(?:街道|镇|乡|社区|村))"
)


def area_of(place: str) -> str:
    """Give the subdistrict, township, community or village of a place, else the place itself."""
    below = _ABOVE.sub("", re.sub(r"\s+", "", place))
    for part in _PARTS:
        found = part.match(below) or part.search(below)
        if found:
            return found[0][:_LONGEST]
    return below[:_LONGEST]
