"""What is delivered to be copied names settings, commands, files and ports that are there."""

from __future__ import annotations

import json
import re
import shlex
from importlib.util import find_spec

import pytest
from flask import Flask

from tests.house.trees import ROOT, text
from voting import cli
from voting.config import Settings

CONTAINER = text("deploy/Containerfile").replace("\\\n", "")
UNITS = sorted(path.name for path in (ROOT / "deploy").glob("*.service"))
SETTINGS = set(re.findall(r"VOTING_[A-Z_]+", text("voting/config.py")))


def steps(name: str) -> list[str]:
    """Give what follows on an instruction of the container's file, wherever it stands."""
    return re.findall(rf"^{name} (.+)$", CONTAINER, re.MULTILINE)


def settings_in(told: str) -> set[str]:
    """Name the settings that a file gives, also those that are only proposed."""
    return set(re.findall(r"\b(VOTING_[A-Z_]+)=", told))


def test_the_image_is_made_of_files_and_programs_that_are_there() -> None:
    copied = [step.split()[0] for step in steps("COPY") if not step.startswith("--from")]
    modules = re.findall(r"python -m ([\w.]+)", " ".join(steps("RUN")))

    assert copied
    assert all((ROOT / path).exists() for path in copied)
    assert modules == ["tools.setup", "tools.release"]
    assert all(find_spec(module) for module in modules)


def test_the_image_serves_and_asks_itself_whether_it_is_well(
    app: Flask, settings: Settings
) -> None:
    (command,) = [json.loads(step) for step in steps("CMD")]
    (check,) = steps("HEALTHCHECK")
    found = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check)
    assert found is not None

    assert command[0] == "voting"
    assert cli.parser().parse_args(command[1:])
    assert steps("EXPOSE") == [found[1]] == [str(settings.port)]
    assert found[2] in {rule.rule for rule in app.url_map.iter_rules()}
    assert settings_in(" ".join(steps("ENV"))) <= SETTINGS


def test_an_image_is_built_without_what_lies_about() -> None:
    kept_out = text(".dockerignore").splitlines()

    assert {"**/.*", "**/node_modules", "**/instance", "**/*.key", "**/*.backup"} <= set(kept_out)
    # The build asks this one what a release leaves out.
    assert "!.gitignore" in kept_out


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_runs_commands_that_are_there(unit: str) -> None:
    lines = re.findall(r"^ExecStart=(.+)$", text(f"deploy/{unit}"), re.MULTILINE)
    calls = [re.search(r"/opt/voting/bin/voting (.+?)'?$", line) for line in lines]

    assert lines
    for call in calls:
        assert call is not None
        words = shlex.split(re.sub(r"\$\(.+?\)", "now", call[1]))
        assert cli.parser().parse_args(words)


def test_proposed_settings_are_settings() -> None:
    proposed = settings_in(text("deploy/voting.conf"))

    assert proposed
    assert proposed | settings_in("".join(text(f"deploy/{unit}") for unit in UNITS)) <= SETTINGS
