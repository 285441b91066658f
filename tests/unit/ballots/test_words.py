"""Rules and reports speak the language that is asked for."""

from __future__ import annotations

from ballots.words import RULES, say, words_of


def test_rule_is_told_in_either_language() -> None:
    chinese, english = RULES["ballot.second"]

    assert words_of("ballot.second", "zh") == chinese
    assert words_of("ballot.second", "en") == english


def test_line_of_a_report_is_told_in_either_language() -> None:
    assert say("more", "zh", 7) != say("more", "en", 7)
    assert "7" in say("more", "zh", 7)
    assert "7" in say("more", "en", 7)
    assert say("more", "en", 7).isascii()
    assert not say("more", "zh", 7).isascii()
