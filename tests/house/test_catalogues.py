"""The Chinese catalogue says every sentence of the product, once, with the same places in it."""

from __future__ import annotations

from collections import Counter

from tools.messages import (
    Entry,
    catalogue,
    said_in_python,
    said_in_template,
    used,
    wrong_places,
)

SHOWN = 12
ENTRIES = catalogue("zh_Hans")


def test_every_sentence_has_a_chinese_one() -> None:
    translated = {entry.ids for entry in ENTRIES if all(entry.texts) and not entry.is_fuzzy}

    missing = [f"{place}: {ids[0]}" for ids, place in used().items() if ids not in translated]

    assert missing[:SHOWN] == [], f"{len(missing)} are missing: make messages"


def test_every_chinese_sentence_is_said_somewhere() -> None:
    said = used()

    unsaid = [f"{entry.area}: {entry.ids[0]}" for entry in ENTRIES if entry.ids not in said]

    assert unsaid[:SHOWN] == [], f"{len(unsaid)} are said nowhere: make messages"


def test_no_two_areas_translate_one_sentence_differently() -> None:
    pairs = {(entry.ids, entry.texts) for entry in ENTRIES}

    doubled = [ids for ids, count in Counter(ids for ids, _ in pairs).items() if count > 1]

    assert doubled == []


def test_translations_have_the_places_of_their_sentences() -> None:
    assert [entry.ids[0] for entry in ENTRIES if wrong_places(entry)] == []


def test_sentences_are_found_where_they_are_said() -> None:
    code = 't("One")\nraise NotNow("Two {a}", a=1).now("Three" " and more")\ntn("1 x", "{n} x", n)'
    page = '{% if t("Four") %}{{ tn("one", "many", page.n) }}{% endif %}{{ t(page.text) }}'
    saying = {"t": 1, "tn": 2, "NotNow": 1, "now": 1}

    in_code = {ids for ids, _ in said_in_python(code, saying)}
    in_page = {ids for ids, _ in said_in_template(page)}

    assert in_code == {("One",), ("Two {a}",), ("Three and more",), ("1 x", "{n} x")}
    assert in_page == {("Four",), ("one", "many")}
    assert wrong_places(Entry("core", ("{a} of {b}",), ("{a}",), is_fuzzy=False))
