"""Every rule of the page's table is broken once, and is then the rule that is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ballots.errors import BallotError, Malformed
from tests.attacks.broken_rules import CASES
from tests.votes import Vote

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
ROW = re.compile(r"^\| `([a-z0-9.]+)` \| (malformed|invalid) \|", re.MULTILINE)
TABLE: dict[str, str] = dict(ROW.findall(PAGE.read_text(encoding="utf-8")))


def test_table_and_cases_have_the_same_rules() -> None:
    assert len(TABLE) > 70
    assert CASES.keys() == TABLE.keys()


@pytest.mark.parametrize("rule", CASES)
def test_broken_rule_is_named(vote: Vote, rule: str) -> None:
    with pytest.raises(BallotError) as refused:
        CASES[rule](vote)

    assert refused.value.rule == rule
    assert isinstance(refused.value, Malformed) == (TABLE[rule] == "malformed")
