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
_ENDS: Final = re.compile(r"街道|镇|乡|社区|村")
_ABOVE: Final = ("省", "市", "区", "县")
_LONGEST_ABOVE: Final = 8


def area_of(place: str) -> str:
    """Give the subdistrict, township, community or village of a place, else the place itself."""
    below = _without_above(re.sub(r"\s+", "", place))
    for part in _PARTS:
        found = part.match(below) or part.search(below)
        if found:
            return found[0][:_LONGEST]
    return below[:_LONGEST]


def _without_above(place: str) -> str:
    """Leave out province, city and district where a smaller part comes after them."""
    for end in _ABOVE:
        above, _, below = place.partition(end)
        is_name = 0 < len(above) <= _LONGEST_ABOVE and not _ENDS.search(above)
        # A community 社区 and an estate 小区 are no districts.
        if is_name and not above.endswith(("社", "小", "园")) and _ENDS.search(below):
            place = below
    return place
