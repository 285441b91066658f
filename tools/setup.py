"""Make .venv hold what a command needs: packages by hash, the bundle, and the tests' programs."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from tools import machine

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCKS = {"run": "requirements.txt", "test": "requirements-test.txt"}


def main() -> int:
    """Set up for running or for testing; a second call finds its stamps and ends at once."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("profile", choices=[*LOCKS, "machine"], help="what it is set up for")
    profile = parser.parse_args().profile
    if sys.version_info < (3, 11):  # noqa: UP036 it is run by whatever Python the machine has
        sys.exit("Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")
    os.chdir(ROOT)
    try:
        with _one_at_a_time():
            if profile == "machine":
                return machine.install_missing(PYTHON)
            _environment()
            _packages(profile)
            _project()
    except subprocess.CalledProcessError as failure:
        command = " ".join(str(part) for part in failure.cmd)
        sys.exit(f"set-up stopped: {command} ended with status {failure.returncode}")
    return 0


def _environment() -> None:
    """Create the virtual environment, with pip in it."""
    if not PYTHON.exists():
        _say("creating the virtual environment .venv")
        if machine.lacks_venv():
            machine.apt_install(f"python3.{sys.version_info.minor}-venv")
        _run(sys.executable, "-m", "venv", VENV)
    if not _quiet(PYTHON, "-m", "pip", "--version"):
        _run(PYTHON, "-m", "ensurepip", "--upgrade")


def _packages(profile: str) -> None:
    """Install the locked packages; the tests' lock holds all that the running one holds."""
    done = VENV / ".locks"
    noted = done.read_text().split() if done.is_file() else []
    test_mark = _mark(LOCKS["test"])
    if test_mark not in noted:
        mark = _mark(LOCKS[profile])
        if mark not in noted:
            _install("packages", LOCKS[profile])
            done.write_text(f"{mark}\n")
    if not _quiet(PYTHON, "-c", "import hatch_build, sys; sys.exit(not hatch_build.system_npm())"):
        _install_node()


def _install_node() -> None:
    """Node comes from a wheel where the machine has no npm, or only an old one."""
    done = VENV / ".node"
    mark = _mark("requirements-node.txt")
    if not done.is_file() or done.read_text() != mark:
        _install("Node, which this machine lacks", "requirements-node.txt")
        done.write_text(mark)


def _project() -> None:
    """Install the project itself in place, then bring catalogues and bundle up to date."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    facts = repr((settings["project"], settings["build-system"], settings["tool"]["hatch"]))
    mark = hashlib.sha256(facts.encode()).hexdigest()
    done = VENV / ".project"
    if not done.is_file() or done.read_text() != mark:
        _say("installing minsheng-vote in place")
        _pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")
        done.write_text(mark)
    _run(PYTHON, "hatch_build.py")


def _install(what: str, lock: str) -> None:
    _say(f"installing {what} ({lock})")
    _pip("install", "--require-hashes", "--requirement", lock)


def _pip(*arguments: str) -> None:
    _run(PYTHON, "-m", "pip", "-qq", "--disable-pip-version-check", *arguments)


def _mark(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL)


def _quiet(*command: str | Path) -> bool:
    parts = [str(part) for part in command]
    return subprocess.run(parts, check=False, capture_output=True).returncode == 0


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two commands that start together not install over each other."""
    if os.name == "nt":
        yield
        return
    import fcntl  # noqa: PLC0415 not there on Windows

    with (ROOT / ".setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        started = time.monotonic()
        yield
        spent = time.monotonic() - started
        if spent > 5:  # noqa: PLR2004 a set-up that did nothing need not say so
            _say(f"ready after {spent:.0f} s")


if __name__ == "__main__":
    sys.exit(main())
