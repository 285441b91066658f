"""Find the programs that are not Python packages (Chromium, PostgreSQL, nginx), or install them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRESQL_FOLDERS = ("/usr/lib/postgresql", "/usr/pgsql", "/opt/homebrew/opt")
# Servers' programs lie off the path of people.
SERVERS_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")


def find_chromium() -> Path | None:
    """Look for a Chromium: the variable CHROME, then the path, then Playwright's own."""
    named = os.environ.get("CHROME")
    if named:
        return Path(named)
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    cache = Path.home() / ".cache" / "ms-playwright"
    downloads = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", cache))
    places = sorted(downloads.glob("chromium*/chrome-linux*/chrome"))
    return places[-1] if places else None


def find_postgresql() -> Path | None:
    """Look for the folder that holds initdb: pg_config's, Debian's newest, then the path."""
    folders: list[Path] = []
    pg_config = shutil.which("pg_config")
    if pg_config:
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        folders.append(Path(answer.stdout.strip()))
    for base in POSTGRESQL_FOLDERS:
        folders.extend(sorted(Path(base).glob("*/bin"), reverse=True))
    folders.extend(Path(entry) for entry in os.get_exec_path())
    return next((folder for folder in folders if (folder / "initdb").is_file()), None)


def find_nginx() -> Path | None:
    """Look for nginx: on the path, then where machines keep programs of servers."""
    found = shutil.which("nginx", path=os.pathsep.join([*os.get_exec_path(), *SERVERS_FOLDERS]))
    return Path(found) if found else None


NEEDED: dict[str, tuple[str, Callable[[], Path | None]]] = {
    "chromium": ("Chromium", find_chromium),
    "postgresql": ("PostgreSQL", find_postgresql),
    "nginx": ("nginx", find_nginx),
}


def install_missing(python: Path) -> int:
    """Install what tests need of browser, database and proxy; a status other than 0 only in CI."""
    packages = [package for package, (_, find) in NEEDED.items() if find() is None]
    if packages and _can_apt():
        apt_install(*packages)
    if find_chromium() is None:
        _say("no Chromium found: trying Playwright's own")
        subprocess.run([str(python), "-m", "playwright", "install", "chromium"], check=False)
    missing = [name for name, find in NEEDED.values() if find() is None]
    for name in missing:
        _say(f"{name} IS MISSING: the tests that need it cannot run. Install it and try again.")
    return 1 if missing and os.environ.get("CI") == "true" else 0


def apt_install(*packages: str) -> None:
    """Install Debian packages, as root; say what would help where that is not possible."""
    if not _can_apt():
        sys.exit(f"set-up stopped: install {' '.join(packages)} first (Debian: apt-get install)")
    _say(f"installing {', '.join(packages)} with apt-get")
    wait = "--option=DPkg::Lock::Timeout=300"
    install = ["install", "--yes", "--no-install-recommends", "-qq", wait, *packages]
    for command in (["update", "-qq"], install):
        subprocess.run(
            ["apt-get", *command],
            check=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def lacks_venv() -> bool:
    """Tell whether this Python came without the means to make a virtual environment."""
    return any(importlib.util.find_spec(name) is None for name in ("venv", "ensurepip"))


def _can_apt() -> bool:
    return shutil.which("apt-get") is not None and hasattr(os, "geteuid") and os.geteuid() == 0


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)
