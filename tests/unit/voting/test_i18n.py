"""Sentences, dates and numbers in the language of the reader."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from voting import i18n
from voting.errors import msg
from voting.i18n import han, number, say_date, say_time, speaking, t, tn


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "零"),
        (7, "七"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (314, "三百一十四"),
        (1005, "一千零五"),
        (1015, "一千零一十五"),
        (10000, "一万"),
        (10500, "一万零五百"),
        (20010, "二万零一十"),
        (314159, "三十一万四千一百五十九"),
    ],
)
def test_numbers_in_words_are_written_as_offices_write_them(value: int, words: str) -> None:
    assert han(value) == words


def test_dates_are_those_of_shanghai() -> None:
    moment = datetime(2026, 1, 31, 16, 5, tzinfo=UTC)

    with speaking("zh"):
        assert say_date(moment) == "2026年2月1日"
        assert say_time(moment) == "2026年2月1日 00:05"
        assert say_date(date(2026, 12, 31)) == "2026年12月31日"
    with speaking("en"):
        assert say_time(moment) == "1 February 2026, 00:05"


def test_a_sentence_is_said_with_its_places_filled() -> None:
    with speaking("zh"):
        assert t("Welcome, {name}", name="王伟") == "王伟，您好"
    with speaking("en"):
        assert t("Welcome, {name}", name="王伟") == "Welcome, 王伟"


def test_a_message_within_a_message_is_said_too() -> None:
    inner = msg("Chair")

    with speaking("zh"):
        assert t(msg("Welcome, {name}", name=inner)) == "执行主席，您好"


def test_what_fills_a_place_is_never_taken_for_a_place() -> None:
    with speaking("en"):
        assert t("Welcome, {name}", name="{name.__class__}") == "Welcome, {name.__class__}"


def test_english_has_a_plural_and_chinese_has_none() -> None:
    with speaking("en"):
        assert tn("{n} seal", "{n} seals", 1) == "1 seal"
        assert tn("{n} seal", "{n} seals", 2) == "2 seals"


def test_thousands_are_parted() -> None:
    with speaking("zh"):
        assert number(1234567) == "1,234,567"


def test_areas_that_are_newer_than_the_build_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "zh_Hans"
    folder.mkdir()
    for area, text in (("one", "一"), ("two", "二")):
        head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        folder.joinpath(f"{area}.po").write_text(f'{head}msgid "{area}"\nmsgstr "{text}"\n')
    monkeypatch.setattr(i18n, "_FOLDER", tmp_path)
    i18n._catalogue.cache_clear()

    try:
        with speaking("zh"):
            assert (t("one"), t("two"), t("three")) == ("一", "二", "three")
    finally:
        i18n._catalogue.cache_clear()
