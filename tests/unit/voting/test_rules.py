"""Rights and settings as tables."""

from __future__ import annotations

import pytest

from voting.errors import NotAllowed, NotValid, msg
from voting.rules import access, preferences
from voting.rules.access import NOBODY, Action, Actor
from voting.rules.preferences import Preference, Preferences
from voting.rules.roles import ROLE_NAMES, Role

CHAIR = Actor(1, "主席", frozenset({(7, Role.CHAIR)}))
SYSTEM = Actor(2, "系统", frozenset({(None, Role.SYSTEM_ADMIN)}))


def test_a_role_counts_in_its_congress_only() -> None:
    access.check(CHAIR, Action.OPEN_ELECTION, 7)
    with pytest.raises(NotAllowed):
        access.check(CHAIR, Action.OPEN_ELECTION, 8)


def test_an_administrators_role_counts_everywhere() -> None:
    access.check(SYSTEM, Action.SET_PREFERENCES, 8)


def test_everyone_may_read_and_nobody_may_act() -> None:
    access.check(NOBODY, Action.READ_PUBLIC)
    with pytest.raises(NotAllowed):
        access.check(NOBODY, Action.OWN_ACCOUNT)
    with pytest.raises(NotAllowed):
        access.check(NOBODY, Action.OPEN_ELECTION, 7)


def test_no_role_casts_for_others_or_reads_ballots() -> None:
    assert access.ACCESS[Action.VOTE_WITH_CARD].everyone
    assert not access.ACCESS[Action.VOTE_WITH_CARD].roles


def test_every_role_has_a_name() -> None:
    assert set(ROLE_NAMES) == set(Role)


def test_settings_have_defaults_and_forget_rows_that_are_gone() -> None:
    kept = Preferences({"office.contact": "办公室", "gone": 1})

    assert kept["office.contact"] == "办公室"
    assert Preferences({})["office.contact"] == ""
    with pytest.raises(KeyError):
        kept["gone"]


@pytest.mark.parametrize("typed", ["", "9", "31", "1e1", "-20", "二十"])
def test_a_number_out_of_bounds_is_refused(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    days = Preference("days", msg("Days"), 20, least=10, most=30)
    monkeypatch.setattr(preferences, "_ROWS", {"days": days})

    with pytest.raises(NotValid) as refusal:
        preferences.parse({"days": typed})

    assert [problem.field for problem in refusal.value.problems] == ["days"]
    assert preferences.parse({"days": "15"}) == {"days": 15}
    assert Preferences({"days": 15}).number("days") == 15


def test_choices_and_texts_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {
        "kind": Preference("kind", msg("Kind"), "a", choices=(("a", msg("A")), ("b", msg("B")))),
        "text": Preference("text", msg("Text"), "", most=5),
    }
    monkeypatch.setattr(preferences, "_ROWS", rows)

    assert preferences.parse({"kind": "b", "text": "short", "other": "x"}) == {
        "kind": "b",
        "text": "short",
    }
    for wrong in ({"kind": "c"}, {"text": "too long"}):
        with pytest.raises(NotValid):
            preferences.parse(wrong)
