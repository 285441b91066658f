"""Takes single fields as people type them: names, numbers, money, dates, of any width."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from voting.errors import FieldProblem, NotValid, msg
from voting.imports.problems import BadField

_DOTS: Final = str.maketrans(dict.fromkeys("‧•・･●⋅∙．", "·"))
_HAN_GAP: Final = re.compile(r"(?<=[^\W\da-zA-Z])\s+(?=[^\W\da-zA-Z])")
_SPACES: Final = re.compile(r"\s+")
_LONGEST_PADDED: Final = 4
# Controls, marks that turn text around, surrogates. What is too new for this Python is let in.
_NEVER: Final = frozenset({"Cc", "Cf", "Cs"})
_NOTHING: Final = frozenset({"", "-", "—", "——", "/", "无", "none", "n/a"})
_UNITS: Final = {"亿元": 10**8, "亿": 10**8, "万元": 10**4, "万": 10**4, "元": 1}
_MONEY: Final = re.compile(r"约?(\d[\d,]*(?:\.\d+)?)(亿元|亿|万元|万|元)?")
_LARGEST_MONEY: Final = 10**14
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:前|之前)?")
_MONTH: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})月?(?:底|末)?(?:前|之前)?")
_YEAR: Final = re.compile(r"(\d{4})年?(?:年底|底|末)(?:前|之前)?")
_LIST: Final = re.compile(r"[;；、,，/\n]+")
_STARS: Final = "★"


def take_line(text: str, longest: int) -> str:
    """Take a text of one line. Raises BadField where it is too long or hides characters."""
    line = _SPACES.sub(" ", text)
    return take_text(line, longest)


def take_text(text: str, longest: int) -> str:
    """Take a text that may have several lines. Raises as `take_line`."""
    whole = unicodedata.normalize("NFC", text)
    hidden = next((c for c in whole if unicodedata.category(c) in _NEVER and c != "\n"), None)
    if hidden is not None:
        raise BadField(
            msg("The text hides the invisible character {code}.", code=f"U+{ord(hidden):04X}"),
            msg("Type the text anew instead of copying it."),
        )
    if len(whole) > longest:
        raise BadField(
            msg(
                "The text has {length} characters, more than {limit}.",
                length=len(whole),
                limit=longest,
            ),
            msg("Shorten the text."),
        )
    return whole


def take_name(text: str, longest: int) -> str:
    """Take a person's name: gaps that fill up short names go, the dot of names becomes one."""
    name = take_line(text, longest).translate(_DOTS)
    padded = _HAN_GAP.sub("", name)
    name = padded if len(padded) <= _LONGEST_PADDED else name
    if not name:
        raise BadField(msg("The name is missing."), msg("Enter the name."))
    if any(c.isdigit() or c in "<>@#*?？" for c in name):
        raise BadField(
            msg("“{text}” does not look like a name.", text=name),
            msg("Check whether the columns are in the right order, and enter the name."),
        )
    return name


def take_code(text: str, longest: int) -> str:
    """Take a number or code of letters, digits and hyphens, whatever width it was typed in."""
    code = narrow(text).replace(" ", "")
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]*", code) or len(code) > longest:
        raise BadField(
            msg("“{text}” is not a number.", text=text),
            msg("Use digits, letters and hyphens only, at most {limit}.", limit=longest),
        )
    return code


def take_phone(text: str) -> str:
    """Take a telephone number, or nothing."""
    phone = re.sub(r"[\s()-]", "", narrow(text))
    if phone in _NOTHING:
        return ""
    if re.fullmatch(r"\d(\.\d+)?E\+\d+", phone, re.IGNORECASE):
        raise BadField(
            msg("The spreadsheet program has rounded the telephone number."),
            msg("Format the column as text and enter the number again."),
        )
    if not re.fullmatch(r"\+?\d{5,15}", phone):
        raise BadField(
            msg("“{text}” is not a telephone number.", text=text),
            msg("Enter 5 to 15 digits, or leave the cell empty."),
        )
    return phone


def take_money(text: str, unit: int) -> int | None:
    """Take an amount as whole yuan; `unit` is what a number without one is in."""
    amount = re.sub(r"\s", "", narrow(text))
    if amount.lower() in _NOTHING:
        return None
    found = _MONEY.fullmatch(amount)
    if not found:
        raise _no_amount(text)
    yuan = Decimal(found[1].replace(",", "")) * (_UNITS[found[2]] if found[2] else unit)
    if yuan != yuan.to_integral_value() or yuan > _LARGEST_MONEY:
        raise BadField(
            msg("“{text}” is finer than a yuan, or far too much.", text=text),
            msg("Enter the amount with as many digits as are known, in the unit of the column."),
        )
    return int(yuan)


def read_amount(text: str, field: str) -> int:
    """Read an amount typed into a form, in 万元 where it names no unit, as whole yuan.

    Raises NotValid, naming the field.
    """
    try:
        yuan = take_money(text, 10**4)
    except BadField as bad:
        raise NotValid("The entry is not right.").at(FieldProblem(field, bad.what)) from None
    if yuan is None:
        problem = FieldProblem(field, msg("Please fill this in."))
        raise NotValid("The entry is not right.").at(problem)
    return yuan


def take_day(text: str) -> date | None:
    """Take a date where the text is one; the end of a month or year where only that is given."""
    when = re.sub(r"\s", "", narrow(text))
    day, month, year = _DAY.fullmatch(when), _MONTH.fullmatch(when), _YEAR.fullmatch(when)
    try:
        if day:
            return date(int(day[1]), int(day[2]), int(day[3]))
        if year:
            return date(int(year[1]), 12, 31)
        if month:
            last = calendar.monthrange(int(month[1]), int(month[2]))[1]
            return date(int(month[1]), int(month[2]), last)
    except ValueError:
        raise BadField(
            msg("There is no such day as “{text}”.", text=text),
            msg("Enter the date like 2026-11-30."),
        ) from None
    return None


def take_stars(text: str) -> int:
    """Take a demand index of 0 to 5, as a number or as stars."""
    stars = narrow(text).replace(" ", "")
    if stars in _NOTHING:
        return 0
    if set(stars) <= {_STARS, "☆"}:
        stars = str(stars.count(_STARS))
    if stars not in {"0", "1", "2", "3", "4", "5"}:
        raise BadField(
            msg("“{text}” is not a demand index.", text=text),
            msg("Enter a whole number from 1 to 5, or leave the cell empty."),
        )
    return int(stars)


def take_list(text: str, longest: int) -> tuple[str, ...]:
    """Take names that are parted by semicolons, commas or ideographic commas."""
    parts = (take_line(part.strip(), longest) for part in _LIST.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def narrow(text: str) -> str:
    """Make full-width digits, letters and marks narrow."""
    return unicodedata.normalize("NFKC", text)


def money_unit(header: str) -> int:
    """Tell the unit that a column's header names; lists of projects are in 万元 otherwise."""
    named = narrow(header)
    return next((worth for name, worth in _UNITS.items() if name in named), 10**4)


def repeated(values: Sequence[tuple[int, str]]) -> dict[int, int]:
    """Give, for each line whose value came before, the line where it came first."""
    first: dict[str, int] = {}
    again: dict[int, int] = {}
    for line, value in values:
        if value in first:
            again[line] = first[value]
        elif value:
            first[value] = line
    return again


def _no_amount(text: str) -> BadField:
    return BadField(
        msg("“{text}” is not an amount of money.", text=text),
        msg("Enter a number such as 480000 or 1,200.5, or leave the cell empty."),
    )
