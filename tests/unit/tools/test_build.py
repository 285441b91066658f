"""The build does what is needed and nothing twice: catalogues, web packages, bundle."""

from __future__ import annotations

import gettext
import json
from pathlib import Path

import pytest

import hatch_build

PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


class Npm:
    """Stands in for npm: notes how it was called, and leaves what npm would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[tuple[str, ...]] = []
        self.status = 0

    def __call__(self, *arguments: str) -> int:
        self.calls.append(arguments)
        if arguments[0] == "ci":
            note = self.root / "web/node_modules/.package-lock.json"
            note.parent.mkdir(exist_ok=True)
            note.write_bytes((self.root / "web/package-lock.json").read_bytes())
        else:
            manifest = self.root / "voting/static/dist/manifest.json"
            manifest.parent.mkdir(parents=True, exist_ok=True)
            manifest.write_text("{}")
        return self.status


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two sentences, one of them said in the browser."""
    for folder in ("web/tests", "web/booth", "voting/translations/zh_Hans"):
        (tmp_path / folder).mkdir(parents=True)
    lock = {"packages": {"": {}, "node_modules/a": {"integrity": "one"}}}
    (tmp_path / "web/package-lock.json").write_text(json.dumps(lock))
    (tmp_path / "web/build.mjs").write_text("// builds\n")
    (tmp_path / "web/booth/page.ts").write_text('say(t("Cast \\"it\\" now"));\n')
    catalogues = tmp_path / "voting/translations/zh_Hans"
    (catalogues / "booth.po").write_text(PO + 'msgid "Cast \\"it\\" now"\nmsgstr "现在投票"\n')
    (catalogues / "core.po").write_text(PO + 'msgid "Sign in"\nmsgstr "登录"\n')
    monkeypatch.setattr(hatch_build, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def npm(root: Path, monkeypatch: pytest.MonkeyPatch) -> Npm:
    """An npm that only notes."""
    standing_in = Npm(root)
    monkeypatch.setattr(hatch_build, "npm", standing_in)
    return standing_in


def test_first_build_installs_and_builds_and_the_second_does_nothing(npm: Npm) -> None:
    hatch_build.build()
    first = [call[0] for call in npm.calls]
    npm.calls.clear()

    hatch_build.build()

    assert first == ["ci", "run"]
    assert npm.calls == []


@pytest.mark.parametrize(
    ("changed", "calls"),
    [
        ("web/booth/page.ts", ["run"]),
        ("web/tests/booth.test.ts", []),
        ("voting/translations/zh_Hans/booth.po", ["run"]),
        ("voting/translations/zh_Hans/core.po", []),
    ],
)
def test_only_what_the_bundle_is_made_of_has_it_built_again(
    root: Path, npm: Npm, changed: str, calls: list[str]
) -> None:
    hatch_build.build()
    npm.calls.clear()
    path = root / changed
    before = path.read_text() if path.exists() else ""
    path.write_text(before.replace("现在投票", "投票") + "\n")

    hatch_build.build()

    assert [call[0] for call in npm.calls] == calls


def test_another_lock_has_the_web_packages_installed_again(root: Path, npm: Npm) -> None:
    hatch_build.build()
    npm.calls.clear()
    lock = {"packages": {"": {}, "node_modules/a": {"integrity": "two"}}}
    (root / "web/package-lock.json").write_text(json.dumps(lock))

    hatch_build.build()

    assert [call[0] for call in npm.calls] == ["ci", "run"]


def test_a_package_for_another_platform_may_be_missing(root: Path, npm: Npm) -> None:
    hatch_build.build()
    npm.calls.clear()
    lock = json.loads((root / "web/package-lock.json").read_text())
    lock["packages"]["node_modules/b"] = {"integrity": "three", "optional": True}
    (root / "web/package-lock.json").write_text(json.dumps(lock))

    hatch_build.install_web_packages()

    assert npm.calls == []


def test_a_failed_build_fails_and_is_tried_again(npm: Npm) -> None:
    npm.status = 1

    with pytest.raises(RuntimeError, match="npm ci"):
        hatch_build.build()

    npm.status = 0
    hatch_build.build()
    assert [call[0] for call in npm.calls][-1] == "run"


def test_areas_are_merged_and_the_browser_gets_its_share(root: Path) -> None:
    hatch_build.compile_catalogues()

    compiled = root / "voting/translations/zh_Hans/LC_MESSAGES/messages.mo"
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    browser = json.loads((root / "web/generated/messages.json").read_text())
    assert catalogue.gettext("Sign in") == "登录"
    assert catalogue.gettext('Cast "it" now') == "现在投票"
    assert browser == {"zh-Hans": {'Cast "it" now': "现在投票"}}


@pytest.mark.parametrize(
    ("version", "is_good"), [("v18.20.4", False), ("v20.18.9", False), ("v20.19.0", True)]
)
def test_an_old_node_is_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_good: bool
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert hatch_build.system_npm() is is_good


def test_no_node_is_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not hatch_build.system_npm()
