"""The comparison of both languages' verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from hatch_build import npm
from tests.two_languages import Case, Verdict, verdict

Agreed: TypeAlias = Callable[[Sequence[Case]], list[Verdict]]


@pytest.fixture
def agreed(tmp_path: Path) -> Agreed:
    """Judge cases on both sides and compare; give the verdicts."""

    def compare(cases: Sequence[Case]) -> list[Verdict]:
        given, answer = tmp_path / "cases.json", tmp_path / "verdicts.json"
        given.write_text(json.dumps(cases))
        assert npm("run", "--silent", "verdicts", "--", str(given), str(answer)) == 0
        theirs = json.loads(answer.read_bytes())
        ours = [verdict(case) for case in cases]
        differing = [
            (case, one, other)
            for case, one, other in zip(cases, ours, theirs, strict=True)
            if one != other
        ]
        assert differing == []
        return ours

    return compare
