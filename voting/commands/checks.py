"""What `voting doctor` looks at: each check gives findings in words, and touches nothing."""

from __future__ import annotations

import importlib
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask
from sqlalchemy import func, select, text

from voting import clock, fonts, ledger, migrations
from voting.config import Settings
from voting.db import MOST_CONNECTIONS, db, reading
from voting.errors import Message, msg
from voting.models.journal import JournalEntry
from voting.models.people import Congress
from voting.rules.access import Actor
from voting.rules.roles import Role
from voting.services import journal
from voting.views.assets import damaged_files

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_SECRET: Final = 32
SHORTEST_TOKEN: Final = 16
SHORTEST_KEEPING: Final = 183
CHEAPEST_PASSWORD: Final = 19456
LONGEST_SESSION: Final = 24
LITTLE_SPACE: Final = 2 * 1024**3
NO_SPACE: Final = 256 * 1024**2
MOST_DRIFT: Final = timedelta(seconds=30)
# Before this program was written it can't have run.
WRITTEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or, where it is no fault, that could be better."""

    what: Message
    now: Message
    is_fault: bool = True


Findings: TypeAlias = Iterator[Finding]


def check_settings(settings: Settings) -> Findings:
    """Look for settings that weaken what the program promises."""
    if settings.testing:
        yield Finding(
            msg("VOTING_TESTING is set: faults are shown to everybody."), msg("Take it away.")
        )
    if len(settings.secret) < SHORTEST_SECRET:
        yield Finding(
            msg("VOTING_SECRET is shorter than {least} characters.", least=SHORTEST_SECRET),
            msg("Leave it out: a good one is made and kept in app.key."),
        )
    if 0 < len(settings.metrics_token) < SHORTEST_TOKEN:
        yield Finding(
            msg("VOTING_METRICS_TOKEN is shorter than {least} characters.", least=SHORTEST_TOKEN),
            msg("Take a longer one."),
        )
    yield from _check_reach(settings)
    yield from _check_weak_numbers(settings)


def _check_reach(settings: Settings) -> Findings:
    if not settings.is_https and settings.hostname not in LOCAL:
        yield Finding(
            msg("People reach the site without encryption: {address}", address=settings.base_url),
            msg("Make a certificate with `voting certificate`, or put a proxy with TLS in front."),
        )
    if settings.host not in LOCAL and settings.certificate is None and not settings.proxies:
        yield Finding(
            msg("The server listens at {host} without a certificate.", host=settings.host),
            msg("Set VOTING_CERTIFICATE and VOTING_PRIVATE_KEY, or VOTING_PROXIES for a proxy."),
        )
    if (settings.certificate is None) != (settings.private_key is None):
        yield Finding(
            msg("Of certificate and private key only one is named."),
            msg("Set VOTING_CERTIFICATE and VOTING_PRIVATE_KEY together."),
        )


def _check_weak_numbers(settings: Settings) -> Findings:
    weak = (
        ("VOTING_PASSWORD_COST", settings.password_cost < CHEAPEST_PASSWORD),
        ("VOTING_SESSION_HOURS", settings.session_hours > LONGEST_SESSION),
        ("VOTING_SIGN_IN_DAYS", settings.sign_in_days < SHORTEST_KEEPING),
    )
    for name, is_weak in weak:
        if is_weak:
            yield Finding(
                msg("{name} is outside of what is advised.", name=name),
                msg("See docs/operating.md, section 2."),
                is_fault=False,
            )


def check_certificate(settings: Settings) -> Findings:
    """See whether the server's certificate is good for its name, its key and today."""
    if settings.certificate is None or settings.private_key is None:
        return
    advice = msg("Make a new one with `voting certificate`.")
    try:
        certificate = x509.load_pem_x509_certificate(settings.certificate.read_bytes())
        key = load_pem_private_key(settings.private_key.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        yield Finding(msg("Certificate or private key can't be read."), advice)
        return
    if certificate.public_key() != key.public_key():
        yield Finding(msg("The private key is not that of the certificate."), advice)
    if settings.hostname not in _names(certificate):
        name = settings.hostname
        yield Finding(msg("The certificate is not for {name}.", name=name), advice)
    now = clock.now()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        yield Finding(msg("The certificate is not valid today."), advice)
    elif certificate.not_valid_after_utc - now < SOON:
        yield Finding(msg("The certificate ends within a month."), advice, is_fault=False)


def _names(certificate: x509.Certificate) -> set[str]:
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    addresses = named.get_values_for_type(x509.IPAddress)
    return {*named.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)}


def check_files(settings: Settings) -> Findings:
    """See who can read what only the server may."""
    keys = sorted(settings.keys_dir.glob("*.log.key"))
    tls = [settings.private_key] if settings.private_key else []
    for path in (settings.data_dir / "app.key", *keys, *tls):
        if path.is_file() and path.stat().st_mode & 0o077:
            yield Finding(
                msg("{path} can be read by others on this machine.", path=str(path)),
                msg("Take the rights away with chmod 600 and find out who has read it."),
            )
    for path in (settings.data_dir, settings.data_dir / "voting.db"):
        if path.exists() and path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            yield Finding(
                msg("{path} is open to every account of this machine.", path=str(path)),
                msg("Take the rights away with chmod o-rwx."),
                is_fault=False,
            )


def check_space(settings: Settings) -> Findings:
    """See whether the disk has room for a sitting."""
    free = shutil.disk_usage(settings.data_dir).free
    if free < LITTLE_SPACE:
        yield Finding(
            msg("Only {free} MB are free on the disk of the data.", free=free // 1024**2),
            msg("Make room: a sitting of 3,000 writes about 100 MB, a backup as much again."),
            is_fault=free < NO_SPACE,
        )


def check_clock(_settings: Settings) -> Findings:
    """Compare the machine's clock with what was written before, and with the database's."""
    advice = msg("Set the clock. No ballot is at risk; only times that are shown are wrong.")
    now = clock.now()
    with reading() as tx:
        latest = tx.scalar(select(func.max(JournalEntry.at)))
        theirs = tx.scalar(text("select now()")) if _is_postgresql() else now
    if now < WRITTEN:
        yield Finding(msg("The clock stands at {year}.", year=now.year), advice)
    if latest is not None and latest - now > MOST_DRIFT:
        yield Finding(msg("The clock is behind the last line of the journal."), advice)
    if theirs is not None and abs(theirs - now) > MOST_DRIFT:
        yield Finding(msg("This machine and that of the database differ in time."), advice)


def check_schema(app: Flask) -> Findings:
    """See whether the database is the one that this program was written for."""
    stands = migrations.current(app)
    if stands != migrations.newest():
        yield Finding(
            msg("The database stands at revision {revision}.", revision=stands or "-"),
            msg("Bring it up to date with `voting init`; make a backup before."),
        )


def check_database(settings: Settings) -> Findings:
    """Ask the database whether it is whole, and whether what it confirms is on the disk."""
    with db.engine.connect() as connection:
        if _is_postgresql():
            names = ("fsync", "synchronous_commit", "full_page_writes")
            off = [name for name in names if connection.scalar(text(f"show {name}")) == "off"]
            for name in off:
                yield Finding(
                    msg("PostgreSQL is set to {name} = off.", name=name),
                    msg("Turn it on: a receipt must outlive a power cut."),
                )
            allowed = int(connection.scalar(text("show max_connections")) or 0)
            wanted = settings.workers * MOST_CONNECTIONS
            if allowed < wanted:
                yield Finding(
                    msg(
                        "PostgreSQL allows {allowed} connections; this server may open {wanted}.",
                        allowed=allowed,
                        wanted=wanted,
                    ),
                    msg("Raise max_connections, for all servers together, or take fewer workers."),
                    is_fault=False,
                )
        elif connection.scalar(text("pragma quick_check(1)")) != "ok":
            yield Finding(
                msg("The database file is damaged."),
                msg("Stop the server and bring back the last backup."),
            )


def check_logs(_settings: Settings) -> Findings:
    """Read every congress's log over."""
    with reading() as tx:
        slugs = list(tx.scalars(select(Congress.slug).order_by(Congress.id)))
    for slug in slugs:
        with reading() as tx:
            for what in ledger.examine(tx, slug):
                yield Finding(
                    msg("The log of {slug}: {what}", slug=slug, what=what),
                    msg("Don't go on voting. See docs/operating.md, section 7."),
                )


def check_journal(_settings: Settings) -> Findings:
    """Walk along the chain of what officials did."""
    auditor = Actor(None, "command line", frozenset({(None, Role.AUDIT_ADMIN)}))
    with reading() as tx:
        broken = journal.check_chain(tx, auditor).broken_at
    if broken is not None:
        yield Finding(
            msg("The journal was changed at line {line}.", line=broken),
            msg("Compare it with an export or a backup, and find out who had access."),
        )


def check_program(_settings: Settings) -> Findings:
    """See whether fonts, printer, curve and bundle are there."""
    for path in (fonts.SERIF, fonts.SANS):
        if not Path(path).is_file():
            yield Finding(
                msg("The font {name} is missing.", name=Path(path).name),
                msg("Install the program again with all its packages."),
            )
    for name in ("typst", "rbcl"):
        try:
            importlib.import_module(name)
        except ImportError:
            yield Finding(
                msg("The package {name} can't be loaded.", name=name),
                msg("Install the program again with all its packages."),
            )
    for name in damaged_files():
        yield Finding(
            msg("The browser's file {name} is missing or changed.", name=name),
            msg("Build it again with `make web`, or install the program again."),
        )


def _is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


ALONE: Final[tuple[tuple[Message, Callable[[Settings], Findings]], ...]] = (
    (msg("Settings"), check_settings),
    (msg("Certificate"), check_certificate),
    (msg("Rights of files"), check_files),
    (msg("Room on the disk"), check_space),
    (msg("Program, fonts and bundle"), check_program),
)
"""Checks that need no database."""

INSIDE: Final[tuple[tuple[Message, Callable[[Settings], Findings]], ...]] = (
    (msg("Database"), check_database),
    (msg("Clock"), check_clock),
    (msg("Logs"), check_logs),
    (msg("Journal"), check_journal),
)
"""Checks of a database whose schema is the right one."""
