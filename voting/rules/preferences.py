"""The settings that each congress makes for itself: one table of name, kind, default and words.

A stage that needs a setting adds a row to `TABLE`; the page of settings, the checks and the
documentation follow from it. Services read `congress.preferences["lights.yellow"]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from voting.errors import FieldProblem, Message, NotValid, msg

Value: TypeAlias = "str | int"


@dataclass(frozen=True, slots=True)
class Preference:
    """One row; numbers have bounds, texts a length, choices their words."""

    key: str
    label: Message
    default: Value
    hint: Message | None = None
    least: int = 0
    most: int = 100_000
    choices: tuple[tuple[str, Message], ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether the value is a whole number."""
        return isinstance(self.default, int)


TABLE: Final[tuple[Preference, ...]] = (
    Preference(
        "office.contact",
        msg("Whom to ask"),
        "",
        msg("Shown at the foot of its public pages, such as an office and its telephone."),
        most=200,
    ),
    Preference(
        "proposals.look_days",
        msg("Proposals: days until each has been looked at"),
        10,
        least=1,
        most=90,
    ),
    Preference(
        "proposals.contact_days",
        msg("Proposals: days until who sent them is erased"),
        365,
        msg("Name and telephone are kept sealed until then, for the office to ask back."),
        least=30,
        most=1825,
    ),
    Preference(
        "lights.yellow",
        msg("Lights: yellow above a lag of"),
        5,
        msg("In percentage points behind the month's target."),
        most=100,
    ),
    Preference(
        "lights.red",
        msg("Lights: red above a lag of"),
        15,
        msg("In percentage points behind the month's target."),
        most=100,
    ),
    Preference(
        "lights.made_up",
        msg("Lights: a red that has been made up for"),
        "yellow",
        choices=(("yellow", msg("shows yellow once")), ("green", msg("shows green at once"))),
    ),
    Preference(
        "problems.days",
        msg("Problems: days to answer one"),
        15,
        msg("Suggested when a problem is entered."),
        least=1,
        most=366,
    ),
    Preference(
        "problems.leader_days",
        msg("Problems: days overdue until a leader takes one up"),
        7,
        most=366,
    ),
    Preference(
        "problems.committee_days",
        msg("Problems: days overdue until the standing committee is told"),
        30,
        most=366,
    ),
    Preference(
        "stations.contact_days",
        msg("Stations: days until a resident's telephone is erased"),
        180,
        msg("Counted from the answer; it is kept sealed until then, for calling back."),
        least=1,
        most=3650,
    ),
    Preference(
        "suggestions.assign_months",
        msg("Suggestions: months until they are assigned"),
        1,
        least=1,
        most=12,
    ),
    Preference(
        "suggestions.return_days",
        msg("Suggestions: days in which a unit may return one"),
        10,
        least=1,
        most=90,
    ),
    Preference(
        "suggestions.opinion_months",
        msg("Suggestions: months for a cooperating unit's opinion"),
        2,
        least=1,
        most=12,
    ),
    Preference(
        "suggestions.reply_months",
        msg("Suggestions: months for a reply"),
        3,
        msg("Counted from the day on which it was assigned."),
        least=1,
        most=12,
    ),
    Preference(
        "suggestions.broad_months",
        msg("Suggestions: months for a reply where much is to be clarified"),
        6,
        least=1,
        most=24,
    ),
    Preference(
        "suggestions.again_months",
        msg("Suggestions: months for a new reply to who was not satisfied"),
        1,
        least=1,
        most=12,
    ),
    Preference(
        "suggestions.classes",
        msg("Suggestions: classes of results"),
        "ABC",
        choices=(("ABC", msg("A, B and C")), ("ABCD", msg("A, B, C and D"))),
    ),
    Preference(
        "suggestions.solved",
        msg("Suggestions: what counts as solved"),
        "A",
        msg("The rate of solved ones is this part of all that were answered."),
        choices=(("A", msg("Class A")), ("AB", msg("Classes A and B"))),
    ),
)

_ROWS: Final = {row.key: row for row in TABLE}


class Preferences:
    """The values of one congress, defaults included."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        """Take what is stored; rows that are gone are left out."""
        self._stored = {key: value for key, value in stored.items() if key in _ROWS}

    def __repr__(self) -> str:
        """Show the values: screens compare pages that hold them by what they say."""
        return f"Preferences({self._stored})"

    def __getitem__(self, key: str) -> Value:
        """Give the value of a row; an unknown key is a fault of the program."""
        value: Value = self._stored.get(key, _ROWS[key].default)
        return value

    def number(self, key: str) -> int:
        """Give the value of a row that holds a number."""
        return int(self[key])


def parse(values: Mapping[str, str]) -> dict[str, Value]:
    """Check typed values; every wrong one is named."""
    problems: list[FieldProblem] = []
    parsed: dict[str, Value] = {}
    for key, text in values.items():
        row = _ROWS.get(key)
        if row is None:
            continue
        problem = _problem(row, text)
        if problem is None:
            parsed[key] = int(text) if row.is_number else text
        else:
            problems.append(FieldProblem(key, problem))
    if problems:
        raise NotValid("Some settings can't be as entered.").at(*problems)
    return parsed


def _problem(row: Preference, text: str) -> Message | None:
    if row.is_number:
        fits = text.isascii() and text.isdigit() and row.least <= int(text) <= row.most
        between = msg("A whole number from {least} to {most}.", least=row.least, most=row.most)
        return None if fits else between
    if row.choices:
        known = any(text == value for value, _ in row.choices)
        return None if known else msg("Choose one of the list.")
    return None if len(text) <= row.most else msg("At most {n} characters.", n=row.most)
