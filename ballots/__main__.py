"""Runs the command `ballots` as `python -m ballots`."""

from ballots.cli import entry

entry()
