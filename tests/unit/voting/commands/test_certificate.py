"""`voting certificate` makes HTTPS that tablets with its authority trust, for these names only."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from voting import cli


def make(folder: Path, *names: str) -> int:
    """Run the command."""
    return cli.main(["certificate", *names, "--folder", str(folder), "--language", "en"])


def shake_hands(folder: Path, authority: Path, name: str) -> str:
    """Have a client that trusts an authority open a connection, and say who is at the other end."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.crt", folder / "server.key")
    client = ssl.create_default_context(cafile=authority)
    near, far = socket.socketpair()

    def answer() -> None:
        try:
            with server.wrap_socket(far, server_side=True) as spoken:
                spoken.sendall(b"HTTP/1.0 204 \r\n\r\n")
        except OSError:
            far.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=name) as spoken:
            reply = http.client.HTTPResponse(spoken)
            reply.begin()
            return str(reply.status)
    except ssl.SSLCertVerificationError as refused:
        return str(refused.verify_message)
    finally:
        near.close()
        thread.join()


def test_tablets_that_trust_the_authority_reach_the_server(tmp_path: Path) -> None:
    assert make(tmp_path, "vote.hall", "192.168.1.10", "fd00::1") == 0

    authority = tmp_path / "authority.crt"
    assert shake_hands(tmp_path, authority, "vote.hall") == "204"
    assert shake_hands(tmp_path, authority, "192.168.1.10") == "204"
    assert "match" in shake_hands(tmp_path, authority, "other.hall")


def test_nobody_else_trusts_it(tmp_path: Path) -> None:
    make(tmp_path / "a", "vote.hall")
    make(tmp_path / "b", "vote.hall")

    assert shake_hands(tmp_path / "a", tmp_path / "b" / "authority.crt", "vote.hall") != "204"


def test_a_second_run_renews_the_server_under_the_same_authority(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "vote.hall", "192.168.1.10")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    told = capsys.readouterr().out

    assert make(tmp_path, "vote.hall") == 0

    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name for name in after if after[name] == before[name]} == {
        "authority.crt",
        "authority.key",
    }
    assert shake_hands(tmp_path, tmp_path / "authority.crt", "vote.hall") == "204"
    assert f"VOTING_CERTIFICATE={tmp_path / 'server.crt'}" in told


def test_the_authority_can_speak_for_no_other_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, "vote.hall")

    assert make(tmp_path, "bank.example") == 1
    assert "is for other names" in capsys.readouterr().err
    certificate = x509.load_pem_x509_certificate((tmp_path / "authority.crt").read_bytes())
    bounds = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert bounds.critical
    assert bounds.value.permitted_subtrees == [x509.DNSName("vote.hall")]


def test_keys_are_the_servers_alone(tmp_path: Path) -> None:
    make(tmp_path, "vote.hall")

    rights = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert rights["server.key"] == rights["authority.key"] == 0o600
    assert rights["authority.crt"] == 0o644


@pytest.mark.parametrize("name", ["a b", "http://x", "*.hall", "滨江"])
def test_other_names_are_misuse(tmp_path: Path, name: str) -> None:
    assert make(tmp_path / "tls", name) == 2
    assert not (tmp_path / "tls").exists()


def test_a_certificate_is_not_good_for_ever(tmp_path: Path) -> None:
    assert cli.main(["certificate", "vote.hall", "--folder", str(tmp_path), "--days", "999"]) == 2
