"""Damaged and senseless files: a finding or misuse, and never a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.congress import Congress
from tests.forge import LOG_KEY, forge, leaves, packed
from tests.manifests import choice
from tests.vector_files import vector
from tests.votes import PROJECTS, open_vote

LOG = vector("log.json")
VKEY: str = LOG["vkey"]
TURNOUT = {"N": 9, "P": 9, "issued": 9, "ballots": 9}
OUTCOME = {"manifest": msgspec.to_builtins(choice(2)), "counts": [6, 3, 0], **TURNOUT}

Run = Callable[..., tuple[int, str, str]]


def test_damaged_record_never_ends_in_a_traceback(run: Run, tmp_path: Path) -> None:
    luck = random.Random(11)  # noqa: S311  # it makes damage, not keys
    vote = open_vote(Congress(trustees=1, threshold=1))
    vote.congress.cast(vote.election, 1, [(PROJECTS, "p1")])
    data = packed(forge(leaves(vote.congress.log)))
    path = tmp_path / "record.zip"
    statuses = []
    for _ in range(60):
        spoilt = bytearray(data)
        for _ in range(luck.choice((1, 3, 20))):
            spoilt[luck.randrange(len(spoilt))] = luck.randrange(256)
        path.write_bytes(spoilt[: luck.choice((len(spoilt), luck.randrange(len(spoilt))))])

        status, _, err = run("verify", str(path), "--vkey", str(LOG_KEY), "--workers", "1")

        statuses.append(status)
        assert err == ""
    assert set(statuses) <= {0, 1}
    assert statuses.count(1) > 50


@pytest.mark.parametrize("command", ["verify", "receipt", "outcome"])
def test_any_file_is_a_finding_or_misuse(run: Run, tmp_path: Path, command: str) -> None:
    luck = random.Random(command)  # noqa: S311  # it makes noise, not keys
    path = tmp_path / "file"
    sources = [b"", b"\0", json.dumps(OUTCOME).encode(), LOG["receipts"][0]["text"].encode()]
    key = () if command == "outcome" else ("--vkey", VKEY)
    for _ in range(80):
        data = bytearray(luck.choice(sources) or luck.randbytes(200))
        data[luck.randrange(len(data))] = luck.randrange(256)
        path.write_bytes(data[: luck.randrange(len(data) + 1)])

        assert run(command, str(path), *key)[0] in (1, 2)
