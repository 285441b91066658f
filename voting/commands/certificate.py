"""`voting certificate`: HTTPS for a hall's LAN, by an authority made for this hall alone.

The authority may sign for the names and addresses given at first and for nothing else, so tablets
that trust it can't be deceived about any other site with it.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from voting import clock
from voting.config import Settings
from voting.i18n import LANGUAGES, speaking, t

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
DONE: Final = 0
FAILED: Final = 1
MISUSE: Final = 2
YEARS_OF_AUTHORITY: Final = 10
# Browsers refuse certificates that are good for longer.
MOST_DAYS: Final = 397
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs: its certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to `voting`."""
    command = commands.add_parser("certificate", help="make HTTPS for a hall without internet")
    command.add_argument(
        "names", nargs="+", metavar="NAME", help="names and addresses of the server"
    )
    command.add_argument("--folder", type=Path, metavar="FOLDER", help="default: tls beside data")
    command.add_argument("--days", type=int, default=MOST_DAYS, help="how long it is good")
    command.add_argument("--language", choices=tuple(LANGUAGES), default=next(iter(LANGUAGES)))
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the authority at the first run, and a new certificate for the server at every one."""
    folder: Path = arguments.folder or Settings.from_environment().data_dir / "tls"
    with speaking(arguments.language):
        try:
            names = [_general_name(name) for name in arguments.names]
        except ValueError:
            print(t("Give names like vote.hall or addresses like 192.168.1.10."), file=sys.stderr)
            return MISUSE
        if not 1 <= arguments.days <= MOST_DAYS:
            print(t("A certificate is good for 1 to {most} days.", most=MOST_DAYS), file=sys.stderr)
            return MISUSE
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            authority = _load(folder) or _make_authority(folder, names)
            if not _may_sign(authority, names):
                print(
                    t("The authority in {folder} is for other names.", folder=str(folder)),
                    t("Take another folder; tablets must then trust the new authority."),
                    file=sys.stderr,
                )
                return FAILED
            _make_server(folder, authority, names, arguments.days)
        except OSError as error:
            print(f"voting certificate: {error.filename}: {error.strerror}", file=sys.stderr)
            return FAILED
        _tell(folder, authority, arguments.names[0])
    return DONE


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        labels = name.removesuffix(".").split(".")
        if not all(label.replace("-", "a").isalnum() and label.isascii() for label in labels):
            raise
        return x509.DNSName(name.lower())


def _permitted(name: x509.GeneralName) -> x509.GeneralName:
    if isinstance(name, x509.IPAddress):
        return x509.IPAddress(ipaddress.ip_network(str(name.value)))
    return name


def _load(folder: Path) -> Authority | None:
    if not (folder / "authority.crt").is_file():
        return None
    key = load_pem_private_key((folder / "authority.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise OSError(0, "not a key of this command", str(folder / "authority.key"))
    return Authority(x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes()), key)


def _make_authority(folder: Path, names: Sequence[x509.GeneralName]) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"Voting hall {names[0].value}")
    now = clock.now()
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + YEARS_OF_AUTHORITY * 365 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints([_permitted(name) for name in names], None), True)  # noqa: FBT003 - it is critical
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / "authority.key", _pem(key), 0o600)
    _write(folder / "authority.crt", certificate.public_bytes(Encoding.PEM), 0o644)
    return Authority(certificate, key)


def _may_sign(authority: Authority, names: Sequence[x509.GeneralName]) -> bool:
    found = authority.certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = found.value.permitted_subtrees or []
    return all(_permitted(name) in permitted for name in names)


def _make_server(
    folder: Path, authority: Authority, names: Sequence[x509.GeneralName], days: int
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now = clock.now()
    issuer = authority.certificate.subject
    certificate = (
        x509.CertificateBuilder(
            issuer, _subject(str(names[0].value)), key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - _DAY)
        .not_valid_after(now + (days - 1) * _DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()),
            critical=False,
        )
        .sign(authority.key, hashes.SHA256())
    )
    chain = (certificate, authority.certificate)
    _write(folder / "server.key", _pem(key), 0o600)
    _write(folder / "server.crt", b"".join(c.public_bytes(Encoding.PEM) for c in chain), 0o644)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, data: bytes, rights: int) -> None:
    """Put a file in the place of an older one in one step, with its rights from the beginning."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, rights)
        file.write(data)
    fresh.replace(path)


def _tell(folder: Path, authority: Authority, name: str) -> None:
    digest = authority.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    print(t("Set these before `voting serve`:"))
    print(f"  VOTING_CERTIFICATE={folder / 'server.crt'}")
    print(f"  VOTING_PRIVATE_KEY={folder / 'server.key'}")
    print(f"  VOTING_BASE_URL=https://{f'[{name}]' if ':' in name else name}:8000")
    print(t("Let every tablet trust this file: {file}", file=str(folder / "authority.crt")))
    print(t("Its SHA-256, to compare on the tablet: {digest}", digest=digest))
    print(t("Keep {file} away from the server, for the next certificate.", file="authority.key"))
