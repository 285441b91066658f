"""A cluster checks a record as docs/operating.md shows it, and finds what one machine finds."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_STORED

import pytest
from distributed import LocalCluster

from ballots.record import FilesReader
from ballots.verify import CHUNK, Report, check_record
from tests.congress import Congress
from tests.forge import LOG_KEY, changed, forge, leaves, packed
from tests.manifests import choice
from tests.votes import PROJECTS

OPERATING = Path(__file__).resolve().parent.parent / "docs/operating.md"
SHOWN = re.compile(r"```python\n(.*?distributed.*?)```", re.DOTALL)
SCHEDULER = "tcp://scheduler:8786"
CARDS = 2 * CHUNK + 1


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """A scheduler and two worker processes."""
    made = LocalCluster(  # type: ignore[no-untyped-call]  # the package has no types
        n_workers=2, threads_per_worker=1, dashboard_address=None
    )
    with made:
        yield made


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A record of so many ballots that each worker has some, one of them with a false signature."""
    congress = Congress(trustees=1, threshold=1, cards=CARDS, deputies=CARDS)
    election = congress.elect(choice(2))
    congress.open(election)
    for number in range(1, CARDS + 1):
        congress.cast(election, number, [(PROJECTS, "p1")])
    log = leaves(congress.log)
    log[-2] = changed(log[-2], signature="A" * 86)
    return forge(log)


def test_a_cluster_reports_what_one_machine_reports(
    cluster: LocalCluster,
    files: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = SHOWN.search(OPERATING.read_text(encoding="utf-8"))
    assert shown is not None
    assert SCHEDULER in shown[1]
    script = shown[1].replace(SCHEDULER, cluster.scheduler_address)
    (tmp_path / "check.py").write_text(script, encoding="utf-8")
    (tmp_path / "log.vkey").write_text(f"{LOG_KEY}\n", encoding="utf-8")
    (tmp_path / "record.zip").write_bytes(packed(files, ZIP_STORED))
    monkeypatch.chdir(tmp_path)

    found: Report = runpy.run_path("check.py")["report"]

    assert found == check_record(FilesReader(files), LOG_KEY)
    assert found.checked["ballot"] == CARDS - 1
    assert [finding.rule for finding in found.findings] == ["object.signature"]
    assert cluster.scheduler is not None
    tasks = cluster.scheduler.task_prefixes["judge_ballots"].state_counts
    assert tasks["memory"] == -(-CARDS // CHUNK)
