"""What every test may ask for: Chromium, a PostgreSQL of the tests' own, and no way to the net."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.routing import Rule

from tools.machine import find_chromium, find_postgresql

# Of several such lists the last counts: these are what Playwright turns off for tests, and popups
# of the address bar, for which every context had a process that no test ever saw.
UNUSED = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "OptimizationHints",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(UNUSED)}",
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{package}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>
  <alias><family>serif</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>
</fontconfig>
"""
_database_numbers = count(1)
# A page may take its time on a machine with other work; what it must show stays the same.
expect.set_options(timeout=30_000)


def _lacking(program: str) -> NoReturn:
    """Skip aloud on a laptop; in CI a missing program is a failure."""
    reason = f"{program} is missing: `make setup-machine` installs it or says what to do"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def no_way_to_the_net() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            assert host == "localhost" or ipaddress.ip_address(host).is_loopback, host
        real(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def routes_compiled_once() -> Iterator[None]:
    """Compile what builds a route's address once, and not again for the app of every test."""
    real = Rule._compile_builder
    kept: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def compile_once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, self.subdomain, self.host, repr(self.defaults), append_unknown)
        if key not in kept:
            kept[key] = real(self, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def fonts_conf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font configuration that knows the Chinese font of the Python package."""
    spec = find_spec("manimgx_fonts_cjk")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = tmp_path_factory.mktemp("fonts")
    written = folder / "fonts.conf"
    package = next(iter(spec.submodule_search_locations))
    written.write_text(FONTS.format(package=package, cache=folder / "cache"), encoding="utf-8")
    return written


@pytest.fixture(scope="session")
def browser(fonts_conf: Path) -> Iterator[Browser]:
    """A headless Chromium that shows Chinese and calls nobody."""
    program = find_chromium()
    if program is None:
        _lacking("Chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program,
            args=list(CHROMIUM_FLAGS),
            env={**os.environ, "FONTCONFIG_FILE": str(fonts_conf)},
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page in Chinese; the test fails on a script error or a request to another host."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    opened = context.new_page()
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(f"script error: {error.error}"))
    context.on(
        "request",
        lambda request: None if _stays(request.url) else complaints.append(f"left: {request.url}"),
    )
    yield opened
    context.close()
    assert complaints == []


def _stays(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("data", "blob", "about") or parts.hostname in ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL that lives in a temporary folder as long as the tests run."""
    programs = find_postgresql()
    if programs is None:
        _lacking("PostgreSQL")
    # The server refuses root, so root starts it as somebody else.
    owner = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="minsheng-pg-"))
    if owner:
        shutil.chown(folder, owner)
    data, log = folder / "data", folder / "log"
    initdb = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=tests"]
    settings = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=200"
    start: list[str | Path] = [
        programs / "pg_ctl",
        "start",
        "-w",
        "-D",
        data,
        "-l",
        log,
        "-o",
        settings,
    ]
    stop: list[str | Path] = [programs / "pg_ctl", "stop", "-w", "-D", data, "-m", "immediate"]
    _quietly([programs / "initdb", "-D", data, *initdb], folder, owner)
    _quietly(start, folder, owner)
    try:
        yield f"postgresql+psycopg://tests@/postgres?host={folder}"
    finally:
        _quietly(stop, folder, owner)
        shutil.rmtree(folder)


def _quietly(command: list[str | Path], folder: Path, owner: str | None) -> None:
    # Output goes nowhere: the server would hold a pipe open that somebody waits on.
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=owner,
    )


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The address of a new, empty database in that PostgreSQL, gone after the test."""
    name = f"test_{next(_database_numbers)}"
    plain = postgres_url.replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        yield postgres_url.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
