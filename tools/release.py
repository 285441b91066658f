"""Build the wheel and the source archive, look through them, and list what browsers will run."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
# What an installation needs beside Python files, as the beginnings of paths in the wheel.
NEEDED = (
    "ballots/verify.py",
    "voting/app.py",
    "voting/static/dist/manifest.json",
    "voting/templates/base/",
    "voting/translations/zh_Hans/LC_MESSAGES/messages.mo",
    "voting/demo/",
    "voting/migrations/",
)
NEEDED_SOURCES = ("hatch_build.py", "web/package-lock.json", "web/build.mjs", "templates/base/")
UNWANTED = ("node_modules", ".venv", "__pycache__", "web/generated", ".key")


def main() -> int:
    """Build both, name what is missing or too much, and print what was built."""
    shutil.rmtree(DIST, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "hatchling", "build"], cwd=ROOT, check=True)
    wheel = next(DIST.glob("*.whl"))
    source = next(DIST.glob("*.tar.gz"))
    with zipfile.ZipFile(wheel) as archive:
        problems = faults(archive.namelist(), NEEDED)
    with tarfile.open(source) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    problems += faults(names, NEEDED_SOURCES)
    for problem in problems:
        print(problem, file=sys.stderr)
    listed = bundle_digests((ROOT / "voting/static/dist/manifest.json").read_bytes())
    (DIST / "BUNDLE.sha256").write_text(listed, encoding="ascii")
    print(listed, end="")
    for built in (wheel, source):
        digest = hashlib.sha256(built.read_bytes()).hexdigest()
        print(f"{digest}  {built.relative_to(ROOT)}  {built.stat().st_size:,} bytes")
    return 1 if problems else 0


def bundle_digests(manifest: bytes) -> str:
    """List what browsers run, as `sha256sum` does, under the names that the tablet shows."""
    entries: dict[str, dict[str, str]] = json.loads(manifest)
    lines = {f"{entry['sha256']}  static/dist/{entry['file']}\n" for entry in entries.values()}
    return "".join(sorted(lines, key=lambda line: line.split()[1]))


def faults(names: list[str], needed: tuple[str, ...]) -> list[str]:
    """Say what an archive lacks, and what should not be in it."""
    lacking = [path for path in needed if not any(name.startswith(path) for name in names)]
    extra = [name for name in names if any(part in name for part in UNWANTED)]
    return [*(f"missing: {path}" for path in lacking), *(f"unwanted: {name}" for name in extra)]


if __name__ == "__main__":
    sys.exit(main())
