"""Holds a plenary of 327 against a real server: 314 tablets cast within a minute on two cores."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PATIENCE = 60.0


def test_a_plenary_casts_within_a_minute(tmp_path: Path) -> None:
    record = tmp_path / "record.zip"
    command = [sys.executable, "-m", "voting", "demo", "--no-serve", "--language", "en"]

    done = subprocess.run(
        [*command, "--record", str(record)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    cast = re.search(r"(\d+) tablets cast in ([\d.]+) s", done.stdout)
    assert cast is not None, done.stdout
    assert int(cast[1]) == 314
    assert float(cast[2]) <= PATIENCE
