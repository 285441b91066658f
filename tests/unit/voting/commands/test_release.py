"""`voting release`: what browsers run is signed, and any server can be compared with the note."""

from __future__ import annotations

import hashlib
import stat
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ballots.errors import BallotError
from ballots.log import make_verifier_key, parse_verifier_key
from tools.release import bundle_digests
from voting import cli
from voting.commands import release
from voting.commands.release import Release, check_release, sign_release
from voting.views import assets

NAME = "releases.example.cn"
SEED = bytes(range(32))
SCRIPT = b"console.log('tablet')"
LISTED = Release("2026.1", {"static/dist/booth/page-A.js": hashlib.sha256(SCRIPT).hexdigest()})


class Quiet(SimpleHTTPRequestHandler):
    """A server that writes no log."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server of one script: its address, and where the script lies."""
    script = tmp_path / "served/static/dist/booth/page-A.js"
    script.parent.mkdir(parents=True)
    script.write_bytes(SCRIPT)
    handler = partial(Quiet, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", script
        running.shutdown()
        thread.join()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "RELEASE.note"
    path.write_text(sign_release(LISTED, NAME, SEED), encoding="utf-8")
    return path


def check(note: Path, *arguments: str, vkey: str = str(make_verifier_key(NAME, SEED))) -> int:
    return cli.main(["release", "check", str(note), "--vkey", vkey, "--language", "en", *arguments])


def test_what_was_built_is_signed_and_found_installed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = (assets._FOLDER / "dist/manifest.json").read_bytes()
    listed = tmp_path / "BUNDLE.sha256"
    listed.write_text(bundle_digests(manifest), encoding="ascii")
    key = tmp_path / "office.key"

    assert cli.main(["release", "key", str(key), NAME, "--language", "en"]) == 0
    vkey = capsys.readouterr().out.splitlines()[-1]
    assert cli.main(["release", "sign", str(listed), "--key", str(key), "--language", "en"]) == 0
    signed = tmp_path / "RELEASE.note"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert parse_verifier_key(vkey).name == NAME
    assert check(signed, vkey=vkey) == 0
    assert f"signed by {NAME}" in capsys.readouterr().out


def test_a_key_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "office.key"
    key.write_text("precious", encoding="ascii")

    assert cli.main(["release", "key", str(key), NAME]) == 1
    assert key.read_text(encoding="ascii") == "precious"
    assert "office.key" in capsys.readouterr().err
    assert cli.main(["release", "key", str(tmp_path / "b.key"), "with space"]) == 2


def test_a_server_that_hands_out_the_release_agrees(
    note: Path, server: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(note, "--server", server[0]) == 0
    assert "All 1 files are those listed." in capsys.readouterr().out


def test_a_server_with_another_script_is_told(
    note: Path, server: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    address, script = server
    script.write_bytes(SCRIPT + b";")

    assert check(note, "--server", address) == 1
    assert "another file: static/dist/booth/page-A.js" in capsys.readouterr().out
    script.unlink()
    assert check(note, "--server", address) == 1
    assert "missing: static/dist/booth/page-A.js" in capsys.readouterr().out


def test_a_server_that_is_away_is_no_agreement(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(note, "--server", "http://127.0.0.1:9") == 1
    assert "http://127.0.0.1:9" in capsys.readouterr().err
    assert check(note, "--server", "ftp://vote.hall") == 2


def test_an_installation_with_other_files_is_told(
    note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(note) == 1
    assert "missing: static/dist/booth/page-A.js" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("2026.1", "2026.2"),
        lambda text: text.replace("page-A", "page-B"),
        lambda text: text.replace("minsheng-vote", "minsheng-note"),
        lambda text: text.replace("static/dist/", "static/dist/../"),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text.replace(NAME, "somebody.example.cn"),
        lambda text: text.split("\n\n")[0] + "\n\n",
    ],
)
def test_a_changed_note_is_refused(
    note: Path, change: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(change)
    changed = change(note.read_text(encoding="utf-8"))
    assert changed != note.read_text(encoding="utf-8")
    note.write_text(changed, encoding="utf-8")

    assert check(note) == 1
    assert "no note of a release" in capsys.readouterr().err
    with pytest.raises((ValueError, BallotError)):
        check_release(changed, make_verifier_key(NAME, SEED))


def test_another_key_does_not_do(note: Path) -> None:
    assert check(note, vkey=str(make_verifier_key(NAME, bytes(32)))) == 1
    assert check(note, vkey="nonsense") == 1


def test_only_a_list_is_signed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed, key = tmp_path / "list", tmp_path / "key"
    listed.write_text("anything\n", encoding="ascii")
    key.write_text(f"{NAME} {SEED.hex()}\n", encoding="ascii")

    assert cli.main(["release", "sign", str(listed), "--key", str(key), "--language", "en"]) == 2
    assert "a list of `make release`" in capsys.readouterr().err
    assert not (tmp_path / "RELEASE.note").exists()
    assert release.parse_list(f"{'0' * 64}  static/dist/a.js\n") == {"static/dist/a.js": "0" * 64}
