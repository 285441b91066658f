"""Turns a sent form into a frozen dataclass, or refuses it with every wrong field named.

The dataclass is the form's contract: `title: Annotated[str, Meta(min_length=1, max_length=200)]`,
`places: int`, `day: date | None`, `at: datetime` (typed as clocks show it in China, given in UTC),
`kind: Kind` (an enum), `is_open: bool` (a tick box), `chosen: tuple[int, ...]` (several boxes of
one name). Texts are stripped, except `Secret` ones.
"""

from __future__ import annotations

import enum
import re
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from flask import request
from msgspec import Meta
from werkzeug.datastructures import MultiDict

from voting.errors import FieldProblem, Message, NotValid, msg
from voting.i18n import SHANGHAI

Form = TypeVar("Form")

Name = Annotated[str, Meta(min_length=1, max_length=64)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Secret = Annotated[str, Meta(min_length=1, max_length=200, title="secret")]

_YEAR: Final = re.compile(r"20\d\d", re.ASCII)
_LARGEST: Final = 2**31 - 1
_EMPTY: Final = msg("Please fill this in.")
_KINDS: Final[dict[type, Message]] = {
    int: msg("A whole number."),
    Decimal: msg("A number."),
    date: msg("A date, such as 2026-02-01."),
    datetime: msg("A date and time, such as 2026-02-01 09:00."),
}


def read_form(kind: type[Form]) -> Form:
    """Read the form of this request."""
    return parse_form(kind, request.form)


def asked_year() -> int | None:
    """Give the year that the address asks for, if it is one that anything can be kept under."""
    year = request.args.get("year", "")
    return int(year) if _YEAR.fullmatch(year) else None


def read_files(name: str, largest: int) -> list[bytes]:
    """Read the files of one field; of one that is too large, just enough to tell that it is."""
    sent = request.files.getlist(name)
    return [file.stream.read(largest + 1) for file in sent if file.filename]


def parse_form(kind: type[Form], sent: MultiDict[str, str]) -> Form:
    """Make the dataclass from what was sent."""
    hints = get_type_hints(kind, include_extras=True)
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for place in fields(kind):  # type: ignore[arg-type]  # forms are dataclasses
        hint = hints[place.name]
        try:
            values[place.name] = _value(hint, sent.getlist(place.name))
        except (msgspec.ValidationError, ValueError):
            problems.append(FieldProblem(place.name, _problem(hint, sent.get(place.name, ""))))
    if problems:
        raise NotValid("Some fields are not filled in as they should be.").at(*problems)
    return kind(**values)


def _value(hint: Any, sent: list[str]) -> Any:
    bare, _ = _parted(hint)
    if bare is bool:
        return bool(sent)
    if get_origin(bare) is tuple:
        inner = get_args(bare)[0]
        return tuple(_single(inner, text) for text in sent if text.strip())
    return _single(hint, sent[0] if sent else "")


def _single(hint: Any, text: str) -> Any:
    bare, meta = _parted(hint)
    if meta is None or meta.title != "secret":
        text = text.strip()
    if _is_optional(bare):
        if not text:
            return None
        return _single(next(arg for arg in get_args(bare) if arg is not NoneType), text)
    if bare is datetime:
        # Forms know the clock on the wall; everything behind them knows UTC.
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)
    # A text of several lines comes with the line ends of the wire.
    text = text.replace("\r\n", "\n")
    value = msgspec.convert(text, hint, strict=False)
    if bare is int and abs(value) > _LARGEST:
        message = "no column holds such a number"
        raise ValueError(message)
    return value


def _problem(hint: Any, text: str) -> Message:
    bare, meta = _parted(hint)
    if _is_optional(bare):
        return _problem(next(arg for arg in get_args(bare) if arg is not NoneType), text)
    if not text.strip():
        return _EMPTY
    if bare is str and meta is not None and meta.max_length is not None:
        return msg("Between {least} and {n} characters.", least=_least(meta), n=meta.max_length)
    if bare is int and meta is not None and meta.ge is not None and meta.le is not None:
        least, most = int(meta.ge), int(meta.le)
        return msg("A whole number from {least} to {most}.", least=least, most=most)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return msg("Choose one of the list.")
    return _KINDS.get(bare, msg("This can't be read."))


def _least(meta: Meta) -> int:
    return meta.min_length or 0


def _parted(hint: Any) -> tuple[Any, Meta | None]:
    if get_origin(hint) is Annotated:
        bare, *extras = get_args(hint)
        return bare, next((extra for extra in extras if isinstance(extra, Meta)), None)
    return hint, None


def _is_optional(bare: Any) -> bool:
    return get_origin(bare) in {Union, UnionType} and NoneType in get_args(bare)
