"""The page of attacks is complete: each number has tests, and each test that it names is there."""

from __future__ import annotations

import re

from tests.house.trees import ROOT, files_of, text

PAGE = text("docs/attacks.md")
UNUSED = {16, 25, 31, 38}
NUMBERS = set(range(1, 47)) - UNUSED
LINE = re.compile(r"^- \[([^\]]+)\]\(\.\./\1\): (.+)$", re.MULTILINE)
NUMBERED = re.compile(r"def test_a(\d\d)_")


def named() -> dict[int, list[tuple[str, str]]]:
    """Give the tests that the page names for each attack: file and name."""
    parts = re.split(r"^## A(\d+) ", PAGE, flags=re.MULTILINE)[1:]
    return {
        int(number): [
            (file, name)
            for file, names in LINE.findall(part)
            for name in re.findall(r"`([^`]+)`|“([^”]+)”", names)
            for name in name
            if name
        ]
        for number, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_attack_has_tests() -> None:
    found = named()

    assert found.keys() == NUMBERS
    assert [number for number, tests in found.items() if not tests] == []


def test_every_test_that_the_page_names_is_there() -> None:
    for tests in named().values():
        for file, name in tests:
            assert (ROOT / file).is_file(), file
            assert name in text(file), f"{file}: {name}"


def test_every_number_in_a_tests_name_is_an_attack() -> None:
    numbered = {
        int(number) for file in files_of("tests/*.py") for number in NUMBERED.findall(text(file))
    }

    assert numbered
    assert numbered - NUMBERS == set()
