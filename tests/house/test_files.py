"""What is tracked names no registry and no machine, and what is written about is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from flask import Flask
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.trees import ROOT, files, files_of, text

# Written in parts, so that this file names none of them either.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("debian", "org"),
        ("taobao", "org"),
        ("npmmirror", "com"),
    )
]
MACHINE_PATHS = re.compile(r"(?<![\w.}-])/(?:w[o]rk|r[o]ot|h[o]me/\w+)/")
LATER = re.compile(r"\b(?:TO[D]O|FIX[M]E|HA[C]K)\b")
BINARY = {".zip", ".xlsx", ".png", ".webp", ".ico", ".woff2", ".ttf", ".docx", ".pdf"}
TEXTS = [name for name in files() if Path(name).suffix not in BINARY]
SHARED_VECTORS = ROOT.parent / "shared" / "vectors"
A_TEST = re.compile(r"^(?:async )?def test_", re.MULTILINE)
COLLECTED = re.compile(r"tests/(?:.+/)?test_\w+\.py")
PIN = re.compile(r"^([a-zA-Z0-9_.-]+)==(\S+)", re.MULTILINE)
TARGET = re.compile(r"^([a-z0-9-]+):", re.MULTILINE)


def test_no_file_names_a_registry() -> None:
    found = {name: [host for host in REGISTRIES if host in text(name)] for name in TEXTS}

    assert {name: hosts for name, hosts in found.items() if hosts} == {}


def test_no_file_names_a_path_of_one_machine() -> None:
    found = {name: MACHINE_PATHS.findall(text(name)) for name in TEXTS}

    assert {name: paths for name, paths in found.items() if paths} == {}


def test_nothing_is_left_for_later() -> None:
    ours = [name for name in TEXTS if Path(name).suffix not in {".md", ".json", ".txt"}]

    assert [name for name in ours if LATER.search(text(name))] == []


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_commands_that_a_page_names_are_there(page: str) -> None:
    blocks = re.findall(r"```.*?```|`[^`\n]+`", text(page), re.DOTALL)
    named = {target for block in blocks for target in re.findall(r"\bmake ([a-z0-9]+)", block)}

    assert named
    assert named <= set(TARGET.findall(text("Makefile")))


def test_plain_make_prints_every_target_for_people() -> None:
    named = {"setup", "check", "test", "web", "e2e", "load", "bench", "demo", "serve", "docs"}
    named |= {"release", "ci", "messages"}

    assert named <= set(re.findall(r"^([a-z0-9]+):.*## ", text("Makefile"), re.MULTILINE))


def test_every_test_file_is_collected() -> None:
    with_tests = [name for name in files_of("*.py") if A_TEST.search(text(name))]

    assert [name for name in with_tests if not COLLECTED.match(name)] == []


def test_every_template_compiles(app: Flask) -> None:
    environment = app.jinja_env

    for name in environment.list_templates():
        environment.get_template(name)

    assert set(environment.list_templates()) == {
        name.removeprefix("templates/") for name in files_of("templates/*")
    }


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.txt", ()), ("requirements-test.txt", ("test",))]
)
def test_the_lock_holds_what_the_project_asks_for(lock: str, groups: tuple[str, ...]) -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = [entry for group in groups for entry in project["optional-dependencies"][group]]
    asked = [Requirement(entry) for entry in [*project["dependencies"], *extras]]
    pins = {canonicalize_name(name): version for name, version in PIN.findall(text(lock))}

    unmet = [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(pins.get(canonicalize_name(requirement.name), "0"))
    ]

    assert unmet == [], "make lock"


def test_both_locks_pin_the_same_versions() -> None:
    running, testing = (set(PIN.findall(text(f"requirements{part}.txt"))) for part in ("", "-test"))

    assert running - testing == set()


@pytest.mark.skipif(not SHARED_VECTORS.is_dir(), reason="the shared vectors are not beside us")
def test_vectors_are_the_shared_ones() -> None:
    shared = {path.name: path.read_bytes() for path in SHARED_VECTORS.iterdir()}
    ours = {path.name: path.read_bytes() for path in (ROOT / "tests" / "vectors").iterdir()}

    assert {name for name in shared if ours.get(name) != shared[name]} == set()
