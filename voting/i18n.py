"""Languages: which one a reader gets, sentences in it, and how dates and numbers are written.

A sentence is its English text with `{name}` places, said by `t("…", name=…)` in code, templates and
TypeScript alike; `tn("{n} deputy", "{n} deputies", n)` where English has a plural; `msg("…")` of
`voting/errors.py` marks one that is said later. Chinese stands in `translations/zh_Hans/<area>.po`.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, has_request_context, request
from flask_babel import Babel

from voting import clock
from voting.errors import Message, Param

LANGUAGES: Final[Mapping[str, str]] = {"zh": "zh_Hans", "en": "en"}
"""What a reader can choose, and the catalogue of each; the first is the default."""

LANGUAGE_NAMES: Final[Mapping[str, str]] = {"zh": "中文", "en": "English"}
HTML_TAGS: Final[Mapping[str, str]] = {"zh": "zh-Hans", "en": "en"}
SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")

_FOLDER: Final = Path(__file__).with_name("translations")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DIGITS: Final = "零一二三四五六七八九"
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def init_languages(app: Flask) -> None:
    """Let Flask-Babel, and the libraries that follow it, speak the reader's language."""
    Babel(app, locale_selector=lambda: LANGUAGES[language()], default_timezone="Asia/Shanghai")


def language() -> str:
    """Give the language to speak: a forced one, the address's, the cookie's, the browser's."""
    forced = _spoken.get()
    if forced is not None:
        return forced
    if not has_request_context():
        return next(iter(LANGUAGES))
    for chosen in (request.args.get("lang"), request.cookies.get("lang")):
        if chosen is not None and chosen in LANGUAGES:
            return chosen
    return _preferred()


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak one language within a block, whatever the request asks for; for printed forms."""
    before = _spoken.set(chosen)
    try:
        yield
    finally:
        _spoken.reset(before)


def t(text: str | Message, /, **params: Param | float) -> str:
    """Say a sentence in the language spoken now."""
    if isinstance(text, Message):
        return t(text.id, **{**text.params, **params})
    said = _catalogue(LANGUAGES[language()]).gettext(text) if text else ""
    return said.format_map(_filled(params)) if params else said


def tn(one: str, many: str, n: int, /, **params: Param) -> str:
    """Say a sentence with a number, `{n}`, in the plural that it asks for."""
    said = _catalogue(LANGUAGES[language()]).ngettext(one, many, n)
    return said.format_map(_filled({"n": n, **params}))


def local(moment: datetime) -> datetime:
    """Give a moment as clocks in China show it."""
    return moment.astimezone(SHANGHAI)


def this_day() -> date:
    """Give the day on the wall in China."""
    return local(clock.now()).date()


def say_date(day: date | datetime) -> str:
    """Write a date: 2026年2月1日, or 1 February 2026."""
    day = local(day).date() if isinstance(day, datetime) else day
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def say_time(moment: datetime) -> str:
    """Write a date with the time of day."""
    shown = local(moment)
    gap = " " if language() == "zh" else ", "
    return f"{say_date(shown)}{gap}{shown:%H:%M}"


def iso(moment: date | datetime) -> str:
    """Write a moment for the `datetime` attribute of a page."""
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else str(moment)


def number(value: float | Decimal) -> str:
    """Write a number with its thousands parted."""
    return str(format_decimal(value, locale=LANGUAGES[language()]))


def han(value: int) -> str:
    """Write a whole number below a hundred million in Chinese words: 314 is 三百一十四."""
    if value >= _WAN:
        high, low = divmod(value, _WAN)
        gap = "零" if 0 < low < _WAN // 10 else ""
        return han(high) + "万" + (gap + _below_wan(low, leading=True) if low else "")
    return _below_wan(value, leading=False)


_WAN: Final = 10_000


def _below_wan(value: int, *, leading: bool) -> str:
    if value == 0:
        return _DIGITS[0]
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit == 0:
            gap = bool(words)
            continue
        # 十五, not 一十五, where nothing stands before it.
        bare = unit == 10 and digit == 1 and not words and not leading  # noqa: PLR2004
        words += ("零" if gap else "") + ("" if bare else _DIGITS[digit]) + name
        gap = False
    return words


def _preferred() -> str:
    # "zh-CN" is Chinese: matching whole tags would give such a browser English.
    for tag, quality in request.accept_languages:
        primary = tag.split("-")[0].lower()
        if quality > 0 and primary in LANGUAGES:
            return primary
    return next(iter(LANGUAGES))


def _filled(params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: t(v) if isinstance(v, Message) else v for k, v in params.items()}


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    """Load what the build compiled, or compile the areas here where they are newer."""
    areas = sorted((_FOLDER / locale).glob("*.po"))
    compiled = _FOLDER / locale / "LC_MESSAGES" / "messages.mo"
    newest = max((area.stat().st_mtime for area in areas), default=0.0)
    if compiled.is_file() and compiled.stat().st_mtime >= newest:
        return gettext.GNUTranslations(BytesIO(compiled.read_bytes()))
    if not areas:
        return gettext.NullTranslations()
    return _merged(locale, areas)


def _merged(locale: str, areas: list[Path]) -> gettext.GNUTranslations:
    whole = Catalog(locale=locale)
    for area in areas:
        for message in read_po(BytesIO(area.read_bytes()), locale=locale):
            if message.id:
                whole[message.id] = message
    content = BytesIO()
    write_mo(content, whole)
    return gettext.GNUTranslations(BytesIO(content.getvalue()))
