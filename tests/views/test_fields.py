"""Forms become dataclasses, or every wrong field is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest
from msgspec import Meta
from werkzeug.datastructures import MultiDict

from voting.errors import NotValid
from voting.views.fields import Name, Secret, parse_form


class Colour(StrEnum):
    """Two colours."""

    RED = "red"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class Form:
    """A form with a field of each kind."""

    title: Name
    places: Annotated[int, Meta(ge=1, le=30)]
    money: Decimal
    day: date
    at: datetime
    colour: Colour
    is_open: bool
    chosen: tuple[int, ...]
    note: str | None
    end: date | None
    password: Secret


GOOD: dict[str, Any] = {
    "title": "  滨文小学扩建 ",
    "places": "10",
    "money": "12.50",
    "day": "2026-02-01",
    "at": "2026-02-01T09:00",
    "colour": "gold",
    "is_open": "1",
    "chosen": ["1", "2"],
    "note": "two\r\nlines",
    "end": "",
    "password": " with spaces ",
}


def test_every_kind_of_field_is_read() -> None:
    form = parse_form(Form, MultiDict(GOOD))

    assert form == Form(
        title="滨文小学扩建",
        places=10,
        money=Decimal("12.50"),
        day=date(2026, 2, 1),
        at=datetime(2026, 2, 1, 1, 0, tzinfo=UTC),
        colour=Colour.GOLD,
        is_open=True,
        chosen=(1, 2),
        note="two\nlines",
        end=None,
        password=" with spaces ",
    )


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("title", "   ", "Please fill this in."),
        ("title", "x" * 65, "Between 1 and 64 characters."),
        ("places", "31", "A whole number from 1 to 30."),
        ("places", "ten", "A whole number from 1 to 30."),
        ("money", "much", "A number."),
        ("day", "1.2.2026", "A date, such as 2026-02-01."),
        ("at", "soon", "A date and time, such as 2026-02-01 09:00."),
        ("colour", "blue", "Choose one of the list."),
        ("chosen", ["1", "x"], "This can't be read."),
        ("end", "never", "A date, such as 2026-02-01."),
        ("password", "", "Please fill this in."),
    ],
)
def test_a_wrong_field_is_named_with_what_it_should_be(field: str, typed: Any, said: str) -> None:
    with pytest.raises(NotValid) as refusal:
        parse_form(Form, MultiDict({**GOOD, field: typed}))

    (problem,) = refusal.value.problems
    assert (problem.field, str(problem.message)) == (field, said)


def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(NotValid) as refusal:
        parse_form(Form, MultiDict())

    named = {problem.field for problem in refusal.value.problems}
    assert named == {"title", "places", "money", "day", "at", "colour", "password"}
