"""Write a revision of the schema from the difference between models and history.

`python -m tools.schema "Add photos to proposals"` adds one; `--anew` replaces the whole history by
one revision, which is right only as long as nothing has been released.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import flask_migrate

from voting.app import create_app
from voting.config import Settings
from voting.migrations import FOLDER, upgrade


def main() -> int:
    """Write the revision and format it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("message", help="what changes, in a few words")
    parser.add_argument("--anew", action="store_true", help="replace the history by one revision")
    arguments = parser.parse_args()
    versions = FOLDER / "versions"
    if arguments.anew:
        for old in versions.glob("*.py"):
            old.unlink()
    number = f"{len(list(versions.glob('*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"VOTING_DATA": str(Path(folder))}))
        upgrade(app)
        with app.app_context():
            flask_migrate.revision(
                directory=str(FOLDER), message=arguments.message, autogenerate=True, rev_id=number
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
