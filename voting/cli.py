"""The command `voting`: each sub-command is a small module that registers itself.

A module has `register(commands)`, which adds a parser and sets `run`, a function from the parsed
arguments to an exit code: 0 done, 1 something was found or failed, 2 misuse.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from types import ModuleType
from typing import Final

from voting.commands import (
    archive,
    backup,
    cards,
    certificate,
    doctor,
    imports,
    init,
    log,
    release,
    restore,
    serve,
    tidy,
)
from voting.demo import command as demo

MODULES: Final[tuple[ModuleType, ...]] = (
    init,
    serve,
    demo,
    imports,
    cards,
    log,
    certificate,
    doctor,
    backup,
    restore,
    tidy,
    archive,
    release,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parsed = parser().parse_args(arguments)
    code: int = parsed.run(parsed)
    return code


def parser() -> argparse.ArgumentParser:
    """Describe all commands."""
    top = argparse.ArgumentParser(
        prog="voting",
        description="Deputies decide the yearly livelihood projects; anyone checks the count.",
        epilog="Settings are read from the environment, see docs/operating.md.",
    )
    top.add_argument("--version", action="version", version=version("minsheng-vote"))
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in MODULES:
        module.register(commands)
    return top


def entry() -> None:
    """Stand behind the name `voting` on the command line."""
    # What commands write is for the account that runs them alone.
    os.umask(0o077)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
